"""Rules of a decision table that hold at once: where UNIQUE promises that one at most does.

Told of entries that say plainly what they take: a value, a comparison, a list of values, a span
(`? > 1 && ? < 9`), or anything (`-`). Of an entry that says more (a function, another field) nothing is
known: it overlaps with itself and with anything, with nothing else for certain. What is told is so; what is
not told may be.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import floor, inf

Value = str | float | bool
_LITERAL = r"""(?:"[^"\\]*"|'[^'\\]*'|true|false|-?\d+(?:\.\d+)?)"""
_NUMBER = r"(-?\d+(?:\.\d+)?)"
_VALUE = re.compile(rf"(?:==\s*)?({_LITERAL})\Z")
_NOT = re.compile(rf"!=\s*({_LITERAL})\Z")
_LIST = re.compile(rf"(?:\?\s*)?in\s*\[\s*({_LITERAL}(?:\s*,\s*{_LITERAL})*)\s*\]\Z")
_BOUND = re.compile(rf"(?:\?\s*)?(<=|>=|<|>)\s*{_NUMBER}\Z")
_SPAN = re.compile(rf"\?\s*(>=|>)\s*{_NUMBER}\s*&&\s*\?\s*(<=|<)\s*{_NUMBER}\Z")


@dataclass(frozen=True, slots=True)
class _Span:
    """Numbers between two bounds, of which each may be one of them."""

    low: float = -inf
    high: float = inf
    has_low: bool = False
    has_high: bool = False

    def holds(self, value: Value) -> bool:
        if isinstance(value, bool | str):
            return False
        is_above = value > self.low or (self.has_low and value == self.low)
        return is_above and (value < self.high or (self.has_high and value == self.high))

    def meets(self, other: _Span) -> bool:
        """Whether some number lies in both: a whole one, since the field may have no others, or a bound."""
        low, high = max(self.low, other.low), min(self.high, other.high)
        if inf in (-low, high):
            return low < high
        return any(self.holds(one) and other.holds(one) for one in (low, high, floor(low) + 1))

    def leaves(self, values: frozenset[Value]) -> bool:
        """Whether it holds a whole number that is none of these."""
        if inf in (-self.low, self.high):
            return True
        near = range(floor(self.low), floor(self.low) + len(values) + 3)
        return any(self.holds(one) and one not in values for one in near)


@dataclass(frozen=True, slots=True)
class _Some:
    """The values named; with ``is_not`` all but these."""

    values: frozenset[Value]
    is_not: bool = False


Taken = _Span | _Some | str
"""What an entry takes; a text of which nothing is known as itself, the empty one for anything."""


def overlapping(rules: Sequence[Sequence[str]]) -> list[tuple[int, int]]:
    """The pairs of rules that hold at once for certain, by their places; each later rule once."""
    read = [[_read(text) for text in rule] for rule in rules]
    found: dict[int, int] = {}
    for first, later in combinations(range(len(read)), 2):
        if later not in found and all(map(_meet, read[first], read[later])):
            found[later] = first
    return [(first, later) for later, first in sorted(found.items())]


def _read(text: str) -> Taken:
    if text in ("", "-"):
        return ""
    if (one := _VALUE.match(text)) is not None:
        return _Some(frozenset({_literal(one[1])}))
    if (one := _NOT.match(text)) is not None:
        return _Some(frozenset({_literal(one[1])}), is_not=True)
    if (one := _LIST.match(text)) is not None:
        return _Some(frozenset(_literal(each) for each in re.findall(_LITERAL, one[1])))
    if (one := _SPAN.match(text)) is not None:
        return _Span(float(one[2]), float(one[4]), one[1] == ">=", one[3] == "<=")
    if (one := _BOUND.match(text)) is not None:
        number = float(one[2])
        if one[1] in ("<", "<="):
            return _Span(high=number, has_high=one[1] == "<=")
        return _Span(low=number, has_low=one[1] == ">=")
    return text


def _literal(text: str) -> Value:
    if text in ("true", "false"):
        return text == "true"
    return text[1:-1] if text[0] in "\"'" else float(text)


def _meet(one: Taken, other: Taken) -> bool:
    """Whether some value is taken by both, for certain."""
    match one, other:
        case str(), str():
            return one == other or not one or not other
        case str(), _:
            return not one
        case _, str():
            return not other
        case _Span(), _Span():
            return one.meets(other)
        case _Some(), _Some():
            return _share(one, other)
        case _Span(), _Some():
            return _among(one, other)
        case _Some(), _Span():
            return _among(other, one)
    return False


def _among(span: _Span, some: _Some) -> bool:
    if some.is_not:
        return span.leaves(some.values)
    return any(span.holds(value) for value in some.values)


def _share(one: _Some, other: _Some) -> bool:
    if one.is_not and other.is_not:
        # There are more values than two leave out, but where they are yes and no.
        return not any(isinstance(value, bool) for value in one.values | other.values) or one == other
    if one.is_not or other.is_not:
        left_out, named = (one, other) if one.is_not else (other, one)
        return bool(named.values - left_out.values)
    return bool(one.values & other.values)
