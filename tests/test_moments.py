"""What people read says the city's day and hour; a row's moment is kept in UTC, where they are others."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import beichen

SOURCE = Path(beichen.__file__).parent
SKIPPED = {"tests", "migrations", "static"}
PARTS = ("%Y", "%m", "%d", "%H", "%M")


def is_kept(node: ast.expr) -> bool:
    """Whether it is a moment as a row has it: ``row.at``, ``row.filed_at``, ``one["raised_at"]``."""
    name: object = None
    if isinstance(node, ast.Attribute):
        name = node.attr
    elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        name = node.slice.value
    return isinstance(name, str) and (name == "at" or name.endswith("_at"))


def written(node: ast.AST) -> ast.expr | None:
    """The expression of which the node writes the day or the hour, or takes the day."""
    if isinstance(node, ast.FormattedValue) and node.format_spec is not None:
        return node.value if any(part in ast.unparse(node.format_spec) for part in PARTS) else None
    called = node.func if isinstance(node, ast.Call) else None
    return called.value if isinstance(called, ast.Attribute) and called.attr in {"date", "strftime"} else None


def slips(text: str) -> Iterator[int]:
    """The lines that say the day or the hour of a kept moment in UTC; ``__str__`` is read by programmers."""
    tree = ast.parse(text)
    own = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name == "__str__"
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        said = written(node)
        if said is not None and is_kept(said) and node not in own:
            yield said.lineno


def test_no_page_and_no_command_says_the_day_in_utc() -> None:
    files = [file for file in SOURCE.rglob("*.py") if not SKIPPED & set(file.relative_to(SOURCE).parts)]
    found = [
        f"{file.relative_to(SOURCE)}:{line}"
        for file in files
        for line in slips(file.read_text(encoding="utf-8"))
    ]
    assert found == [], "through timezone.localtime, or timezone.localdate"


@pytest.mark.parametrize(
    "text",
    [
        'f"{row.filed_at:%Y-%m-%d}"',
        "f\"{one['raised_at']:%H:%M}\"",
        "row.at.date()",
        "row.since_at.strftime('%Y')",
    ],
)
def test_a_moment_as_it_is_kept_is_found(text: str) -> None:
    assert list(slips(text)) == [1]


@pytest.mark.parametrize(
    "text",
    ['f"{localtime(row.filed_at):%Y-%m-%d}"', "localdate(row.at)", 'f"{row.at}"', "row.day.strftime('%Y')"],
)
def test_a_moment_in_the_city_s_zone_is_not(text: str) -> None:
    assert list(slips(text)) == []
