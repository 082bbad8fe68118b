"""Every type of event that a room publishes has a name that people can read, in both languages."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

from beichen.kernel.bus.event_types import event_type_names, name_event_types
from beichen.problem import ProblemError

pytestmark = pytest.mark.django_db  # what scenes raise is named by their kinds
SOURCE = Path(__file__).resolve().parents[1] / "src/beichen"
PUBLISHING = {"publish", "Draft"}


def _published() -> Iterator[tuple[str, str]]:
    """(file, type) of every call that publishes; of a type that is put together, what it begins with."""
    for file in SOURCE.rglob("*.py"):
        if "tests" in file.parts:
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            first = node.args[0]
            if isinstance(first, ast.JoinedStr):
                first = first.values[0]
            if called in PUBLISHING and isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield str(file.relative_to(SOURCE)), first.value


def test_every_published_type_has_a_name() -> None:
    names = event_type_names()
    found = list(_published())
    assert ("plan/adjustments/decisions.py", "plan.adjustment.moved") in found
    without = [
        (file, kind)
        for file, kind in found
        if "." in kind and not any(name.startswith(kind) for name in names)
    ]
    assert without == []


def test_names_are_said_in_the_readers_language() -> None:
    with translation.override("en"):
        assert event_type_names()["plan.indicator.warned"] == "An indicator was warned of"
    with translation.override("zh-hans"):
        chinese = event_type_names()
    assert chinese["plan.indicator.warned"] == "指标预警"
    assert all(not words.isascii() for words in chinese.values()), chinese


def test_a_type_has_one_name() -> None:
    with pytest.raises(ValueError, match="two names"):
        name_event_types({"plan.indicator.warned": "Something else"})
    with pytest.raises(ProblemError, match="BUS-105"):
        name_event_types({"not a type": "Nothing"})
