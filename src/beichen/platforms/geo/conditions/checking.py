"""Checks a condition against the fields of a source, and brings its literals into one form.

What comes out names only fields that there are, has operands that fit, moments in UTC, and geometries as
GeoJSON in WGS 84, longitude first, valid. What it costs a row is bounded. Mistakes carry a JSON pointer.

It is long because each group of operators has operands of its own, and all share one walk.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from beichen.platforms.geo.conditions.codes import NO_PROPERTY, TOO_MUCH, UNFIT, refused
from beichen.platforms.geo.conditions.moments import OPEN, is_moment, read_moment, read_timestamp
from beichen.platforms.geo.conditions.shapes import Project, read_shape
from beichen.platforms.geo.conditions.words import (
    ARITHMETIC,
    COMPARISONS,
    COSTS,
    FOLDS,
    MAX_COST,
    MAX_DEPTH,
    OPERATORS,
    SPATIAL,
    TEMPORAL,
)
from beichen.platforms.geo.source import GEOMETRY, KEY, Condition, Field, FieldKind
from beichen.problem import Where, nearest, said

__all__ = ["Project", "checked"]

MOMENTS = (FieldKind.DATE, FieldKind.TIME)


class Operand(NamedTuple):
    """A checked operand: its JSON and what it holds."""

    node: Any
    kind: FieldKind
    is_literal: bool


def checked(condition: Condition, fields: Sequence[Field], project: Project | None = None) -> Condition:
    """``condition`` ready to be asked; ``project`` brings its coordinates to longitude and latitude.

    Raises ProblemError GEO-601 to GEO-604.
    """
    kinds = {KEY: FieldKind.TEXT, **{one.name: one.kind for one in fields}}
    found = _Checking(kinds, project).truth(condition, "")
    return found if isinstance(found, dict) else {"op": "and", "args": [found, found]}


def _kind(kind: FieldKind) -> FieldKind:
    return FieldKind.NUMBER if kind == FieldKind.INTEGER else kind


class _Checking:
    def __init__(self, kinds: dict[str, FieldKind], project: Project | None) -> None:
        self._kinds, self._project = kinds, project
        self._cost = 0
        self._depth = 0
        self._truths: dict[str, Callable[[str, list[Any], str], Any]] = {
            "and": self._joined,
            "or": self._joined,
            "not": self._negated,
            "between": self._ranged,
            "in": self._listed,
            "like": self._liked,
            "isNull": self._emptied,
            **dict.fromkeys(COMPARISONS, self._compared),
            **dict.fromkeys(SPATIAL, self._spatial),
            **dict.fromkeys(TEMPORAL.values(), self._temporal),
        }

    def truth(self, node: Any, at: str) -> Any:
        """A checked node that is true, false or unknown for each row."""
        if isinstance(node, bool):
            return node
        if isinstance(node, dict) and "property" in node:
            found = self._property(node, at)
            if found.kind != FieldKind.BOOLEAN:
                raise refused(
                    UNFIT, said("{name} is not true or false", name=node["property"]), Where(pointer=at)
                )
            return found.node
        name, arguments = self._operation(node, at)
        check = self._truths.get(name)
        if check is None:
            raise refused(UNFIT, said("{name} gives a value, no answer", name=name), Where(pointer=at))
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise refused(TOO_MUCH, said("nested deeper than {most}", most=MAX_DEPTH), Where(field="filter"))
        found = check(name, arguments, f"{at}/args")
        self._depth -= 1
        return {"op": name, "args": found}

    def _operation(self, node: Any, at: str) -> tuple[str, list[Any]]:
        if not isinstance(node, dict) or not isinstance(node.get("op"), str):
            raise refused(UNFIT, said("expected an operation with op and args"), Where(pointer=at or "/"))
        name, arguments = node["op"], node.get("args")
        if name not in OPERATORS:
            hint = nearest(name, OPERATORS)
            message = said("{name} is no operator that is answered", name=name[:40])
            raise refused(UNFIT, message, Where(pointer=f"{at}/op"), hint)
        if not isinstance(arguments, list):
            raise refused(UNFIT, said("expected a list of arguments"), Where(pointer=f"{at}/args"))
        self._pay(COSTS.get(name, 1))
        return name, arguments

    def _pay(self, cost: int) -> None:
        self._cost += cost
        if self._cost > MAX_COST:
            raise refused(
                TOO_MUCH,
                said("the filter asks too much of every feature"),
                Where(field="filter"),
                said("fewer operations, geometries and patterns"),
            )

    def _joined(self, _name: str, arguments: list[Any], at: str) -> list[Any]:
        _count(arguments, at, 2, 500)
        return [self.truth(one, f"{at}/{place}") for place, one in enumerate(arguments)]

    def _negated(self, _name: str, arguments: list[Any], at: str) -> list[Any]:
        _count(arguments, at, 1)
        return [self.truth(arguments[0], f"{at}/0")]

    def _compared(self, name: str, arguments: list[Any], at: str) -> list[Any]:
        _count(arguments, at, 2)
        left, right = self._alike(
            [self._value(one, f"{at}/{place}") for place, one in enumerate(arguments)], at
        )
        if left.kind == FieldKind.BOOLEAN and name not in ("=", "<>"):
            raise refused(UNFIT, said("true and false have no order"), Where(pointer=at))
        return [left.node, right.node]

    def _ranged(self, _name: str, arguments: list[Any], at: str) -> list[Any]:
        _count(arguments, at, 3)
        found = self._alike([self._value(one, f"{at}/{place}") for place, one in enumerate(arguments)], at)
        if found[0].kind == FieldKind.BOOLEAN:
            raise refused(UNFIT, said("true and false have no order"), Where(pointer=at))
        return [one.node for one in found]

    def _listed(self, _name: str, arguments: list[Any], at: str) -> list[Any]:
        _count(arguments, at, 2)
        value, among = arguments
        if not isinstance(among, list) or not among:
            raise refused(UNFIT, said("expected a list of values"), Where(pointer=f"{at}/1"))
        self._pay(len(among) // 16)
        first = self._value(value, f"{at}/0")
        others = [self._value(one, f"{at}/1/{place}") for place, one in enumerate(among)]
        for place, one in enumerate(others):
            if not one.is_literal:
                raise refused(UNFIT, said("expected a literal"), Where(pointer=f"{at}/1/{place}"))
        found = self._alike([first, *others], at)
        return [found[0].node, [one.node for one in found[1:]]]

    def _liked(self, _name: str, arguments: list[Any], at: str) -> list[Any]:
        _count(arguments, at, 2)
        value, pattern = (self._value(one, f"{at}/{place}") for place, one in enumerate(arguments))
        for place, one in enumerate((value, pattern)):
            if one.kind != FieldKind.TEXT:
                raise refused(UNFIT, said("expected text"), Where(pointer=f"{at}/{place}"))
        if not pattern.is_literal:
            raise refused(UNFIT, said("expected a pattern as a literal"), Where(pointer=f"{at}/1"))
        return [value.node, pattern.node]

    def _emptied(self, _name: str, arguments: list[Any], at: str) -> list[Any]:
        _count(arguments, at, 1)
        if arguments[0] == {"property": GEOMETRY}:
            return [arguments[0]]
        return [self._value(arguments[0], f"{at}/0").node]

    def _spatial(self, _name: str, arguments: list[Any], at: str) -> list[Any]:
        _count(arguments, at, 2)
        return [self._shape(one, f"{at}/{place}") for place, one in enumerate(arguments)]

    def _shape(self, node: Any, at: str) -> Any:
        if isinstance(node, dict) and "property" in node:
            if node["property"] != GEOMETRY:
                hint = said("the geometry's name is {name}", name=GEOMETRY)
                raise refused(NO_PROPERTY, said("this is no geometry"), Where(pointer=at), hint)
            return {"property": GEOMETRY}
        found, vertices = read_shape(node, at, self._project)
        self._pay(vertices // 20)
        return found

    def _temporal(self, _name: str, arguments: list[Any], at: str) -> list[Any]:
        _count(arguments, at, 2)
        return [self._span(one, f"{at}/{place}") for place, one in enumerate(arguments)]

    def _span(self, node: Any, at: str) -> Any:
        if isinstance(node, dict) and "interval" in node:
            ends = node["interval"]
            if not isinstance(ends, list) or len(ends) != 2:
                raise refused(UNFIT, said("an interval has two ends"), Where(pointer=at))
            return {"interval": [self._end(one, f"{at}/interval/{place}") for place, one in enumerate(ends)]}
        found = self._moment(node, at)
        if found == OPEN:
            raise refused(UNFIT, said("expected a date, a timestamp or an interval"), Where(pointer=at))
        return found

    def _end(self, node: Any, at: str) -> Any:
        return OPEN if node in (OPEN, "") else self._moment(node, at)

    def _moment(self, node: Any, at: str) -> Any:
        found = self._value(node, at)
        if found.kind == FieldKind.TEXT and found.is_literal and isinstance(found.node, str):
            return _moment_of(found.node, at)
        if found.kind not in MOMENTS:
            raise refused(UNFIT, said("expected a date or a timestamp"), Where(pointer=at))
        return found.node

    def _value(self, node: Any, at: str) -> Operand:
        """A scalar: a literal, a property, a number that is computed, text that is folded."""
        if isinstance(node, dict):
            return self._composed(node, at)
        if isinstance(node, bool):
            return Operand(node, FieldKind.BOOLEAN, True)
        if isinstance(node, str):
            return Operand(node, FieldKind.TEXT, True)
        if isinstance(node, int | float):
            return Operand(_number(node, at), FieldKind.NUMBER, True)
        raise refused(UNFIT, said("expected a value"), Where(pointer=at))

    def _composed(self, node: dict[str, Any], at: str) -> Operand:
        if "property" in node:
            return self._property(node, at)
        if is_moment(node):
            return _literal_moment(node, at)
        name, arguments = self._operation(node, at)
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise refused(TOO_MUCH, said("nested deeper than {most}", most=MAX_DEPTH), Where(field="filter"))
        found = self._computed(name, arguments, at)
        self._depth -= 1
        return found

    def _computed(self, name: str, arguments: list[Any], at: str) -> Operand:
        if name in ARITHMETIC:
            _count(arguments, f"{at}/args", 2)
            kind = FieldKind.NUMBER
        elif name in FOLDS:
            _count(arguments, f"{at}/args", 1)
            kind = FieldKind.TEXT
        else:
            hint = said("conditions are joined by and, or, not")
            raise refused(UNFIT, said("expected a value, not {name}", name=name), Where(pointer=at), hint)
        operands = [self._value(one, f"{at}/args/{place}") for place, one in enumerate(arguments)]
        for place, one in enumerate(operands):
            if _kind(one.kind) != kind:
                message = said("expected a number") if kind == FieldKind.NUMBER else said("expected text")
                raise refused(UNFIT, message, Where(pointer=f"{at}/args/{place}"))
        node = {"op": name, "args": [one.node for one in operands]}
        return Operand(node, kind, all(one.is_literal for one in operands))

    def _property(self, node: dict[str, Any], at: str) -> Operand:
        name = node["property"]
        kind = self._kinds.get(name) if isinstance(name, str) else None
        if kind is None:
            message = said("there is no property {name}", name=str(name)[:40])
            raise refused(
                NO_PROPERTY, message, Where(pointer=f"{at}/property"), nearest(str(name)[:60], self._kinds)
            )
        return Operand({"property": name}, kind, False)

    def _alike(self, found: list[Operand], at: str) -> list[Operand]:
        """Operands that can be compared; text that stands for a moment beside one becomes it."""
        kinds = {_kind(one.kind) for one in found}
        if kinds & set(MOMENTS):
            found = [
                _literal_moment(_moment_of(one.node, f"{at}/{place}"), f"{at}/{place}")
                if one.kind == FieldKind.TEXT and isinstance(one.node, str)
                else one
                for place, one in enumerate(found)
            ]
            kinds = {one.kind for one in found}
            if kinds <= set(MOMENTS):
                return found
        if len(kinds) > 1:
            names = " / ".join(sorted(kinds))
            raise refused(UNFIT, said("{kinds} cannot be compared", kinds=names), Where(pointer=at))
        return found


def _count(arguments: list[Any], at: str, least: int, most: int = 0) -> None:
    if not least <= len(arguments) <= (most or least):
        message = said("{count} arguments where {least} are expected", count=len(arguments), least=least)
        raise refused(UNFIT, message, Where(pointer=at))


def _number(value: float, at: str) -> float:
    if isinstance(value, int):
        if abs(value) < 2**63:
            return value
        value = float(value) if abs(value) < 2**1000 else float("inf")
    if value != value or abs(value) == float("inf"):
        raise refused(UNFIT, said("the number is too large"), Where(pointer=at))
    return value


def _moment_of(text: str, at: str) -> dict[str, str]:
    try:
        return read_moment(text)
    except ValueError:
        message = said("{text!r} is no date and no timestamp", text=text[:30])
        raise refused(UNFIT, message, Where(pointer=at), "2026-07-21, 2026-07-21T18:00:00Z") from None


def _literal_moment(node: dict[str, Any], at: str) -> Operand:
    name = "date" if "date" in node else "timestamp"
    text = node[name]
    if not isinstance(text, str):
        raise refused(UNFIT, said("expected text"), Where(pointer=f"{at}/{name}"))
    try:
        if name == "timestamp":
            return Operand({"timestamp": read_timestamp(text)}, FieldKind.TIME, True)
        if len(text) != 10:
            raise ValueError(text)
        return Operand(read_moment(text), FieldKind.DATE, True)
    except ValueError:
        message = said("{text!r} is no {name}", text=text[:30], name=name)
        hint = "2026-07-21" if name == "date" else "2026-07-21T18:00:00Z"
        raise refused(UNFIT, message, Where(pointer=f"{at}/{name}"), hint) from None
