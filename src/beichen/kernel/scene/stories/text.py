"""Checking stories and demos: the shape of the file, the word of each step, the step's own schema."""

from __future__ import annotations

from typing import Any

from beichen.kernel.scene import codes
from beichen.kernel.scene.document import Document, Path
from beichen.kernel.scene.section import Package
from beichen.kernel.scene.stories.step import Clause, Step, steps
from beichen.kernel.scene.validation import validate
from beichen.kernel.scene.vocabulary import TEXT, Schema, record
from beichen.problem import Problem, nearest, shorten

_TITLE: Schema = {"anyOf": [{"type": "string", "minLength": 1, "maxLength": 300}, TEXT]}


def clause_schema(clause: Clause, *, least: int = 0) -> Schema:
    """A list of steps; for editors it also says the words, whose own schemas are checked one by one."""
    return {
        "type": "array",
        "minItems": least,
        "maxItems": 500,
        "items": {"type": "object", "minProperties": 1},
        "description": f"words: {', '.join(steps(clause))}",
    }


def story_schema() -> Schema:
    """A story: what it tells, what is given, what happens, what holds then."""
    return record(
        {
            "story": {**_TITLE, "description": "what the story tells"},
            "then": clause_schema(Clause.THEN, least=1),
        },
        {"given": clause_schema(Clause.GIVEN), "when": clause_schema(Clause.WHEN)},
    )


def word_of(step: dict[str, Any]) -> str:
    """The word of a step: its first key."""
    return next(iter(step))


def check_steps(package: Package, document: Document, path: Path, clause: Clause) -> list[Problem]:
    """What is wrong with the steps of one clause, which stand at ``path``."""
    value = document.value
    for part in path:
        value = value.get(part, [])
    problems: list[Problem] = []
    for number, step in enumerate(value):
        at = (*path, number)
        known = steps(clause)
        word = word_of(step)
        if word in known:
            problems += _check_step(package, document, at, known[word], step)
        else:
            message = shorten(f"no room understands {word!r} in {clause!s}")
            where = document.key_position((*at, word))
            problems.append(Problem(codes.UNKNOWN_STEP, message, where, nearest(word, known)))
    return problems


def _check_step(
    package: Package, document: Document, path: Path, step: Step, value: dict[str, Any]
) -> list[Problem]:
    wrong = validate(document, step.schema, path, value)
    return wrong or step.check(package, document, path, value)
