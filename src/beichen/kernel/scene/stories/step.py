"""The words of stories. A room registers its own in ``steps.py``; an unknown word is a mistake.

A step is a mapping whose first key is the word: ``{object: manhole, code: MH-1}``. The words of *given*
are those of a demo too: a demo is the beginning of a story that stays.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from beichen.kernel.scene.catalogue import discover
from beichen.kernel.scene.document import Document, Path
from beichen.kernel.scene.section import Package
from beichen.kernel.scene.stories.stage import Stage
from beichen.kernel.scene.vocabulary import Schema
from beichen.problem import Problem

Check = Callable[[Package, Document, Path, dict[str, Any]], list[Problem]]


class Clause(StrEnum):
    """Where a word may stand."""

    GIVEN = "given"
    WHEN = "when"
    THEN = "then"


def _nothing_more(
    _package: Package, _document: Document, _path: Path, _step: dict[str, Any]
) -> list[Problem]:
    return []


@dataclass(frozen=True, slots=True)
class Step:
    """A word: where it may stand, the schema of its mapping, what it does, in both languages.

    ``run`` does it on a stage through an open protocol, or checks it with ``stage.expect``. It must be
    idempotent when it may stand in *given*. ``check`` says what the schema cannot, without a database.
    """

    word: str
    clauses: frozenset[Clause]
    schema: Schema
    run: Callable[[Stage, dict[str, Any]], None]
    zh: str
    en: str
    check: Check = field(default=_nothing_more)


_registered: dict[str, Step] = {}


def register_step(step: Step) -> None:
    """Add a word. Raises ValueError when another step has it."""
    if _registered.setdefault(step.word, step) != step:
        raise ValueError(f"the story word {step.word!r} is registered twice")


def steps(clause: Clause) -> dict[str, Step]:
    """The words that may stand in ``clause``."""
    discover()
    return {word: step for word, step in sorted(_registered.items()) if clause in step.clauses}
