"""Formulas at work: a tree of nested lists becomes a function of named values. NULL behaves as in SQL.

A missing name is NULL; what cannot be counted (unlike types, a division by nought) is NULL too.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from typing import Any

Values = Mapping[str, Any]
Worked = Callable[[Values], Any]
DAY_HOURS = 24.0


def bell(hour: float, peak: float, width: float) -> float:
    """A hump of height one on the circle of the day: at ``peak`` o'clock, fallen to 0.37 ``width`` hours
    away."""
    away = abs((hour - peak + DAY_HOURS / 2) % DAY_HOURS - DAY_HOURS / 2)
    return math.exp(-((away / width) ** 2))


def _minus(*values: float) -> float:
    return -values[0] if len(values) == 1 else values[0] - values[1]


def _rounded(value: float, places: float = 0) -> float:
    return round(value, int(places))


OPERATIONS: dict[str, Callable[..., Any]] = {
    "+": operator.add, "-": _minus, "*": operator.mul, "/": operator.truediv, "%": operator.mod,
    "=": operator.eq, "<>": operator.ne, ">": operator.gt, ">=": operator.ge, "<": operator.lt,
    "<=": operator.le, "not": operator.not_, "abs": abs, "floor": math.floor, "round": _rounded,
    "least": min, "greatest": max, "bell": bell,
}  # fmt: skip


def _and(parts: list[Worked]) -> Worked:
    def worked(values: Values) -> Any:
        both = [part(values) for part in parts]
        return False if any(one is not None and not one for one in both) else None if None in both else True

    return worked


def _or(parts: list[Worked]) -> Worked:
    def worked(values: Values) -> Any:
        both = [part(values) for part in parts]
        return True if any(both) else None if None in both else False

    return worked


def _case(parts: list[Worked]) -> Worked:
    *whens, otherwise = parts

    def worked(values: Values) -> Any:
        for condition, then in zip(whens[::2], whens[1::2], strict=True):
            if condition(values):
                return then(values)
        return otherwise(values)

    return worked


def _coalesce(parts: list[Worked]) -> Worked:
    return lambda values: next((one for part in parts if (one := part(values)) is not None), None)


_OF_NULLS: dict[str, Callable[[list[Worked]], Worked]] = {
    "and": _and,
    "or": _or,
    "case": _case,
    "coalesce": _coalesce,
    "is null": lambda parts: lambda values: parts[0](values) is None,
}


def worked_out(tree: list[Any]) -> Worked:
    """The function that a tree says. Raises ValueError for a word that no formula has."""
    word, *rest = tree
    if word == "name":
        name = rest[0]
        return lambda values: values.get(name)
    if word == "value":
        constant = rest[0]
        return lambda _values: constant
    if word not in OPERATIONS and word not in _OF_NULLS:
        raise ValueError(f"no formula holds {word!r}")
    parts = [worked_out(part) for part in rest]
    return _OF_NULLS[word](parts) if word in _OF_NULLS else _strict(OPERATIONS[word], parts)


def _strict(function: Callable[..., Any], parts: list[Worked]) -> Worked:
    def worked(values: Values) -> Any:
        given = [part(values) for part in parts]
        if None in given:
            return None
        try:
            return function(*given)
        except (TypeError, ValueError, ArithmeticError):
            return None

    return worked
