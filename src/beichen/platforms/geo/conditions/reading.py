"""Reads CQL2 text and CQL2-JSON; both become CQL2-JSON, not yet checked against anything.

Text is read by an LALR(1) parser (`grammar.lark`): its time is linear in the text, and nesting costs it no
recursion. What is longer than 8,000 characters or nested deeper than 32 is refused.
"""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import orjson
from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedInput, UnexpectedToken

from beichen.platforms.geo.conditions.codes import TOO_MUCH, UNREADABLE, refused
from beichen.platforms.geo.conditions.words import FOLDS, MAX_CHARACTERS, MAX_DEPTH, SPATIAL, TEMPORAL
from beichen.platforms.geo.source import Condition
from beichen.problem import Where, said

__all__ = ["read_json", "read_text"]

_GRAMMAR = Path(__file__).with_name("grammar.lark")
_SHAPES = {
    name.lower(): name
    for name in ("Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon")
}
_FILTER = Where(field="filter")


def read_text(text: str) -> Condition:
    """The condition that CQL2 text states. Raises ProblemError GEO-601 with the place, or GEO-602."""
    if len(text) > MAX_CHARACTERS:
        message = said("{count:,} characters, at most {most:,}", count=len(text), most=MAX_CHARACTERS)
        raise refused(TOO_MUCH, message, _FILTER)
    return _read(text)


@lru_cache(maxsize=256)
def _read(text: str) -> Condition:
    try:
        found: Any = _parser().parse(text)
    except UnexpectedInput as error:
        is_end = isinstance(error, UnexpectedToken) and error.token.type == "$END"
        at = len(text) if is_end else error.pos_in_stream or 0
        place = Where(field="filter", start=at, column=at + 1)
        rest = text[at : at + 20]
        message = (
            said("{rest!r} was not expected here", rest=rest) if rest else said("the filter ends too soon")
        )
        raise refused(UNREADABLE, message, place) from None
    _check_depth(found)
    if isinstance(found, bool):
        found = {"op": "and", "args": [found, found]}
    if not isinstance(found, dict):
        raise refused(UNREADABLE, said("the filter is a value, not a condition"), _FILTER)
    return found


def read_json(document: bytes | str | dict[str, Any]) -> Condition:
    """The condition of CQL2-JSON. Raises ProblemError GEO-601 or GEO-602."""
    if not isinstance(document, dict):
        if len(document) > MAX_CHARACTERS:
            message = said("{count:,} characters, at most {most:,}", count=len(document), most=MAX_CHARACTERS)
            raise refused(TOO_MUCH, message, _FILTER)
        try:
            document = orjson.loads(document)
        except orjson.JSONDecodeError as error:
            raise refused(UNREADABLE, str(error), Where(field="filter", start=error.pos)) from None
    _check_depth(document)
    if not isinstance(document, dict):
        raise refused(UNREADABLE, said("expected an object with op and args"), Where(pointer="/"))
    return document


def _check_depth(document: Any) -> None:
    """Raises ProblemError GEO-602; goes through the document level by level, so that none is too deep."""
    level, depth = [document], 0
    while level:
        if depth > 3 * MAX_DEPTH:  # an operation is two levels of JSON, coordinates are some more
            raise refused(TOO_MUCH, said("nested deeper than {most}", most=MAX_DEPTH), _FILTER)
        depth += 1
        below: list[Any] = []
        for one in level:
            if isinstance(one, dict):
                below.extend(one.values())
            elif isinstance(one, list):
                below.extend(one)
        level = below


@cache
def _parser() -> Lark:
    return Lark(
        _GRAMMAR.read_text(encoding="utf-8"),
        parser="lalr",
        transformer=_Building(),
        maybe_placeholders=True,
        propagate_positions=False,
    )


def _operation(name: str, *arguments: Any) -> dict[str, Any]:
    return {"op": name, "args": list(arguments)}


def _perhaps_not(negated: Any, found: dict[str, Any]) -> dict[str, Any]:
    return found if negated is None else _operation("not", found)


def _folded(name: str, items: list[Any]) -> Any:
    operands = items[::2]
    return operands[0] if len(operands) == 1 else _operation(name, *operands)


def _chained(items: list[Any]) -> Any:
    found = items[0]
    for sign, operand in zip(items[1::2], items[2::2], strict=True):
        found = _operation(str(sign).lower(), found, operand)
    return found


class _Building(Transformer[Token, Any]):
    """Makes CQL2-JSON while the text is read, from the leaves up."""

    def start(self, items: list[Any]) -> Any:
        return items[0]

    def group(self, items: list[Any]) -> Any:
        return items[0]

    def either(self, items: list[Any]) -> Any:
        return _folded("or", items)

    def both(self, items: list[Any]) -> Any:
        return _folded("and", items)

    def negation(self, items: list[Any]) -> Any:
        return _operation("not", items[1])

    def compared(self, items: list[Any]) -> Any:
        return _operation(str(items[1]), items[0], items[2])

    def liked(self, items: list[Any]) -> Any:
        return _perhaps_not(items[1], _operation("like", items[0], items[3]))

    def ranged(self, items: list[Any]) -> Any:
        return _perhaps_not(items[1], _operation("between", items[0], items[3], items[5]))

    def listed(self, items: list[Any]) -> Any:
        return _perhaps_not(items[1], _operation("in", items[0], items[3:]))

    def emptied(self, items: list[Any]) -> Any:
        return _perhaps_not(items[2], _operation("isNull", items[0]))

    def sum(self, items: list[Any]) -> Any:
        return _chained(items)

    def product(self, items: list[Any]) -> Any:
        return _chained(items)

    def minus(self, items: list[Any]) -> Any:
        value = items[1]
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return -value if is_number else _operation("*", -1, value)

    def power(self, items: list[Any]) -> Any:
        return items[0] if len(items) == 1 else _operation("^", *items)

    def property(self, items: list[Any]) -> Any:
        return {"property": str(items[0])}

    def call(self, items: list[Any]) -> Any:
        name, *arguments = items
        return _called(str(name).lower(), arguments)

    def shape(self, items: list[Any]) -> Any:
        word, _zed, parts = items
        if word.lower() == "geometrycollection":
            return {"type": "GeometryCollection", "geometries": parts}
        name = _SHAPES[word.lower()]
        return {"type": name, "coordinates": _coordinates(name, parts)}

    def parts(self, items: list[Any]) -> Any:
        return items

    def position(self, items: list[Any]) -> Any:
        return [one for one in items if one is not None]

    def signed(self, items: list[Any]) -> Any:
        return -items[1] if items[0] == "-" else items[1]

    def NUMBER(self, token: Token) -> Any:  # noqa: N802 - terminals are named so
        return int(token) if token.isdecimal() and len(token) < 19 else float(token)

    def TEXT(self, token: Token) -> Any:  # noqa: N802
        return token[1:-1].replace("''", "'")

    def QUOTED(self, token: Token) -> Any:  # noqa: N802
        return token[1:-1].replace('""', '"')

    def TRUE(self, _token: Token) -> Any:  # noqa: N802
        return True

    def FALSE(self, _token: Token) -> Any:  # noqa: N802
        return False


def _called(name: str, arguments: list[Any]) -> Any:
    if name in ("date", "timestamp") and len(arguments) == 1 and isinstance(arguments[0], str):
        return {name: arguments[0]}
    if name == "interval" and len(arguments) == 2:
        return {"interval": arguments}
    if name == "bbox":
        return {"bbox": arguments}
    known = name if name in SPATIAL | FOLDS else TEMPORAL.get(name, name)
    return _operation(known, *arguments)


def _coordinates(name: str, parts: list[Any]) -> Any:
    """As GeoJSON nests them: a point's position stands alone, and so may those of a multi-point."""
    if name == "Point":
        return parts[0] if len(parts) == 1 else parts
    if name == "MultiPoint":
        return [one[0] if one and isinstance(one[0], list) else one for one in parts]
    return parts
