"""Conditions: what SQL says of NULL and types, what is not allowed, and names that must be known."""

from __future__ import annotations

import pytest

from beichen.kernel.scene import codes
from beichen.kernel.scene.expressions import check_condition, condition
from beichen.problem import ProblemError


@pytest.mark.parametrize(
    ("text", "values", "holds"),
    [
        ("a > 3 and b in ('x', 'y')", {"a": 4, "b": "x"}, True),
        ("a > 3 or b = 'x'", {"b": "x"}, True),
        ("a > 3 and b = 'x'", {"b": "x"}, False),
        ("not (a between 1 and 3)", {"a": 5}, True),
        ("not a > 3", {}, False),
        ("a is null", {}, True),
        ("a is not null", {"a": 0}, True),
        ("t like '%井盖%'", {"t": "路边井盖破损"}, True),
        ("t like '_盖'", {"t": "井盖"}, True),
        ("a / b > 2", {"a": 9, "b": 3}, True),
        ("a / b > 2", {"a": 9, "b": 0}, False),
        ("a = -1.5", {"a": -1.5}, True),
        ("a > 3", {"a": "four"}, False),
        ("is_open = true", {"is_open": True}, True),
        ("a in (1, null)", {"a": 2}, False),
    ],
)
def test_conditions_are_those_of_sql(text: str, values: dict[str, object], holds: bool) -> None:
    assert condition(text).holds(values) is holds


@pytest.mark.parametrize(
    "text",
    ["select 1", "a >", "f(a) > 1", "a; drop table x", "(select 1) = 1", "a = b'1'", "x" * 600, "(" * 400],
)
def test_a_condition_asks_nothing_but_values(text: str) -> None:
    with pytest.raises(ProblemError) as error:
        condition(text)
    assert error.value.problems[0].code == codes.BAD_CONDITION


def test_a_condition_names_what_is_known() -> None:
    with pytest.raises(ProblemError) as error:
        check_condition("heigth > 3", ["height", "width"])
    problem = error.value.problems[0]
    assert (problem.code, problem.hint) == (codes.UNKNOWN_NAME, "did you mean 'height'?")
