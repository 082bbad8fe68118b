"""Markdown of reference pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def table(titles: Sequence[str], rows: Iterable[Iterable[object]]) -> str:
    """A table of ``rows`` under ``titles``; empty when there are none."""
    told = ["| " + " | ".join(map(str, row)) + " |" for row in rows]
    head = ["| " + " | ".join(titles) + " |", "|" + "---|" * len(titles)]
    return "\n".join([*head, *told]) if told else ""
