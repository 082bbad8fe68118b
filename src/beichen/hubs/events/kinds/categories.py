"""The tree of categories: a code's parent is the code without its last part (``01-03`` below ``01``)."""

from __future__ import annotations


def parent_of(code: str) -> str:
    """The code of the category above; empty at the top."""
    return code.rpartition("-")[0]


def covers(above: str, code: str) -> bool:
    """Whether ``code`` is ``above`` or lies below it."""
    return code == above or code.startswith(f"{above}-")
