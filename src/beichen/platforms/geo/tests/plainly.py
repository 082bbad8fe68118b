"""Conditions asked of one row at a time in plain Python: what the columns' answer is compared with."""

from __future__ import annotations

import math
import operator
import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import orjson
import shapely

from beichen.platforms.geo.source import GEOMETRY

Row = dict[str, Any]
COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}
RECKONED: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "%": math.fmod,
    "div": lambda left, right: math.trunc(left / right),
    "^": operator.pow,
}


def matches(node: Any, row: Row) -> bool | None:
    """True, false or unknown."""
    if isinstance(node, bool):
        return node
    if "property" in node:
        found: bool | None = row[node["property"]]
        return found
    name, arguments = node["op"], node["args"]
    if name in ("and", "or"):
        return _joined(name, [matches(one, row) for one in arguments])
    if name == "not":
        found = matches(arguments[0], row)
        return None if found is None else not found
    if name == "isNull":
        return value(arguments[0], row) is None
    if name.startswith("s_"):
        sides = [_shape(one, row) for one in arguments]
        return None if None in sides else bool(getattr(shapely, name[2:])(*sides))
    if name.startswith("t_"):
        return _allen(name, *(_span(one, row) for one in arguments))
    return _plain(name, arguments, row)


def _joined(name: str, found: list[bool | None]) -> bool | None:
    decisive = name == "or"
    if decisive in found:
        return decisive
    return None if None in found else not decisive


def _plain(name: str, arguments: list[Any], row: Row) -> bool | None:
    if name == "in":
        return _joined("or", [_plain("=", [arguments[0], one], row) for one in arguments[1]])
    found = [value(one, row) for one in arguments]
    if name == "between":
        return _joined(
            "and", [_plain(">=", arguments[:2], row), _plain("<=", [arguments[0], arguments[2]], row)]
        )
    if None in found:
        return None
    if name == "like":
        parts = [{"%": ".*", "_": "."}.get(one, re.escape(one)) for one in found[1]]
        return re.fullmatch("".join(parts), found[0], re.DOTALL) is not None
    if any(isinstance(one, datetime) for one in found):
        found = [
            one if isinstance(one, datetime) else datetime.combine(one, time(), tzinfo=UTC) for one in found
        ]
    return COMPARED[name](*found)


def value(node: Any, row: Row) -> Any:
    """The value of an operand, None where it is missing."""
    if not isinstance(node, dict):
        return node
    if "property" in node:
        return row[node["property"]]
    if "date" in node:
        return date.fromisoformat(node["date"])
    if "timestamp" in node:
        return datetime.fromisoformat(node["timestamp"])
    found = [value(one, row) for one in node["args"]]
    if None in found:
        return None
    if node["op"] == "casei":
        return found[0].lower()
    if node["op"] == "accenti":
        apart = unicodedata.normalize("NFD", found[0])
        return unicodedata.normalize(
            "NFC", "".join(one for one in apart if unicodedata.category(one) != "Mn")
        )
    try:
        number = RECKONED[node["op"]](float(found[0]), float(found[1]))
    except (ZeroDivisionError, OverflowError, ValueError):
        return None
    return number if isinstance(number, float | int) and math.isfinite(number) else None


def _shape(node: Any, row: Row) -> Any:
    found = row[GEOMETRY] if "property" in node else orjson.dumps(node)
    if isinstance(found, str | bytes):
        return shapely.from_geojson(found)
    return found


FIRST, LAST = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)


def _ends(found: Any) -> tuple[Any, Any]:
    if isinstance(found, datetime) or found is None:
        return found, found
    start = datetime.combine(found, time(), tzinfo=UTC)
    return start, start + timedelta(days=1, microseconds=-1)


def _span(node: Any, row: Row) -> tuple[Any, Any]:
    if "interval" not in node:
        return _ends(value(node, row))
    start, end = node["interval"]
    return (
        FIRST if start == ".." else _ends(value(start, row))[0],
        LAST if end == ".." else _ends(value(end, row))[1],
    )


def _allen(name: str, a: tuple[Any, Any], b: tuple[Any, Any]) -> bool | None:
    """For the relations that hold or fail by whichever ends are known, the others are told to be unknown."""
    if None in (*a, *b):
        return None
    tests = {
        "t_after": a[0] > b[1],
        "t_before": a[1] < b[0],
        "t_contains": a[0] < b[0] and a[1] > b[1],
        "t_disjoint": a[1] < b[0] or a[0] > b[1],
        "t_during": a[0] > b[0] and a[1] < b[1],
        "t_equals": a == b,
        "t_finishedBy": a[0] < b[0] and a[1] == b[1],
        "t_finishes": a[0] > b[0] and a[1] == b[1],
        "t_intersects": not (a[1] < b[0] or a[0] > b[1]),
        "t_overlappedBy": b[0] < a[0] < b[1] < a[1],
        "t_overlaps": a[0] < b[0] < a[1] < b[1],
        "t_startedBy": a[0] == b[0] and a[1] > b[1],
        "t_starts": a[0] == b[0] and a[1] < b[1],
    }
    found: bool = tests[name]
    return found
