"""Screens as `views.yaml`: read from a text with every mistake told where it stands, put together by a form,
and written again. One validator for all: the schema and :func:`.vocabulary.faults_of_screens`.
"""

from __future__ import annotations

from collections.abc import Iterable
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from beichen.fronts.overview.models import Screen, ScreenVersion
from beichen.fronts.overview.screens.vocabulary import SCREENS, faults_of_screens
from beichen.kernel.scene import service as scenes
from beichen.kernel.scene.vocabulary import record
from beichen.problem import Problem, ProblemError, Where

FILE = "views.yaml"
WIDTH = 150  # columns of a written line
_SCHEMA = record({"screens": SCREENS})
_HOLDS_NOTHING = [{"kind": "feed"}]  # what stands for no widget while the rest is checked


def read_screens(content: bytes) -> list[dict[str, Any]]:
    """The screens that a text declares. Raises ProblemError with every mistake, by line and column."""
    document, problems = scenes.read_text(content, _SCHEMA, name=FILE)
    if document is None or problems:
        raise ProblemError(*problems)
    if problems := list(faults_of_screens(document)):
        raise ProblemError(*problems)
    screens: list[dict[str, Any]] = document.value["screens"]
    return screens


def check_screen(declared: dict[str, Any]) -> None:
    """The same of a screen that was put together by a form; it may hold nothing yet.

    Raises ProblemError; each problem names the key that it concerns as its field.
    """
    value = {"screens": [{**declared, "widgets": declared["widgets"] or _HOLDS_NOTHING}]}
    document, problems = scenes.check_value(value, _SCHEMA, name=FILE)
    if problems := problems or list(faults_of_screens(document)):
        raise ProblemError(*(_beside_its_field(one) for one in problems))


def _beside_its_field(problem: Problem) -> Problem:
    pointer = problem.where.pointer or ""
    parts = [part for part in pointer.split("/") if part and not part.isdecimal()]
    field = next((part for part in reversed(parts) if part not in ("zh", "en")), "")
    return Problem(problem.code, problem.message, Where(pointer=pointer, field=field), problem.hint)


def declared(screen: Screen | ScreenVersion, key: str, owner: str = "") -> dict[str, Any]:
    """A screen as it would be declared; ``owner`` is the key of its body."""
    found: dict[str, Any] = {"key": key, "name": {"zh": screen.name, "en": screen.name_en}}
    if screen.level > 1:
        found["level"] = f"L{screen.level}"
    if owner:
        found["owner"] = owner
    if screen.theme != "auto":
        found["theme"] = screen.theme
    return {**found, "widgets": [dict(widget) for widget in screen.widgets]}


def write_screens(screens: Iterable[dict[str, Any]]) -> str:
    """The text that declares these screens: a widget on a line."""
    yaml = YAML()
    yaml.width = WIDTH
    yaml.indent(mapping=2, sequence=4, offset=2)
    written = StringIO()
    yaml.dump({"screens": [_laid_out(one) for one in screens]}, written)
    return written.getvalue()


def _laid_out(screen: dict[str, Any]) -> CommentedMap:
    laid_out = CommentedMap(screen)
    laid_out["name"] = _in_a_line(screen["name"])
    laid_out["widgets"] = CommentedSeq([_in_a_line(widget) for widget in screen["widgets"]])
    return laid_out


def _in_a_line(value: dict[str, Any]) -> CommentedMap:
    found = CommentedMap(value)
    found.fa.set_flow_style()
    return found
