"""Reads a request's parameters into a question for a source; says which one is wrong, and why."""

from __future__ import annotations

import base64
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from functools import lru_cache
from typing import Any

import numpy as np
import orjson
from django.http import HttpRequest, QueryDict

from beichen.platforms.geo.conditions import box_of, checked, read_json, read_text
from beichen.platforms.geo.ogc.codes import PARAMETER, refused
from beichen.platforms.geo.ogc.systems import PLAIN, System, system_of
from beichen.platforms.geo.source import KEY, Asked, Box, Condition, Field, FieldKind
from beichen.problem import nearest, said

DEFAULT_LIMIT, MAX_LIMIT = 100, 10_000
FARTHEST = 1e8
"""No coordinate of a box is greater, in whatever system; nor is it a number that is none."""
TRAIL = 20
"""Pages that a cursor remembers, so that one can go back."""

During = tuple[datetime | None, datetime | None]
_FILTER = ("filter", "filter-lang", "filter-crs")
KNOWN = frozenset(("f", "bbox", "bbox-crs", "datetime", "limit", "cursor", "crs", "properties", *_FILTER))


@dataclass(frozen=True, slots=True)
class Question:
    """What a request for items asks: of the source, and in which form."""

    asked: Asked
    system: System
    trail: tuple[str, ...]
    """The marks of this page and of those before it, the first page's being empty and left out."""


def only_known(query: Mapping[str, Any], known: Iterable[str]) -> None:
    """Raises ProblemError GEO-610 for a parameter that is none of ``known`` (Part 1, clause 7.14)."""
    for name in query:
        if name not in known:
            raise refused(
                PARAMETER,
                said("{name} is no parameter here", name=name[:40]),
                name[:40],
                nearest(name[:60], known),
            )


def question_of(request: HttpRequest, fields: tuple[Field, ...]) -> Question:
    """The question of a request for items. Raises ProblemError GEO-601 to GEO-611."""
    return _question(str(request.META.get("QUERY_STRING", "")), fields)


def query_of(text: str) -> QueryDict:
    """The parameters of a query as the server handed it over: its bytes as characters (PEP 3333)."""
    return QueryDict(text.encode("iso-8859-1", "replace"))


@lru_cache(maxsize=512)
def _question(text: str, fields: tuple[Field, ...]) -> Question:
    """Read once: clients come again with the same questions, and nothing in one is ever changed."""
    query = query_of(text)
    if not query:
        return Question(Asked(DEFAULT_LIMIT), PLAIN, ())
    kinds = {one.name: one.kind for one in fields}
    only_known(query, KNOWN | kinds.keys())
    trail = trail_of(query.get("cursor", ""))
    asked = Asked(
        limit=limit_of(query.get("limit", "")),
        after=trail[-1] if trail else "",
        box=box_in(query.get("bbox", ""), query.get("bbox-crs", "")),
        during=during_of(query.get("datetime", "")),
        condition=condition_of(query, fields),
        names=names_of(query.get("properties", ""), kinds),
    )
    return Question(within(asked), system_of(query.get("crs", "")) if "crs" in query else PLAIN, trail)


def within(asked: Asked) -> Asked:
    """The same question, its box said where its condition has one: what lies elsewhere is not looked at."""
    if asked.box is not None or asked.condition is None:
        return asked
    return replace(asked, box=box_of(asked.condition))


def limit_of(text: str) -> int:
    """How many features a page holds; more than 10,000 are 10,000 (Part 1, requirement 21)."""
    if not text:
        return DEFAULT_LIMIT
    if not text.isascii() or not text.isdigit() or int(text[:9]) < 1:
        message = said("{text!r} is no number from 1 to {most}", text=text[:20], most=MAX_LIMIT)
        raise refused(PARAMETER, message, "limit")
    return min(int(text[:9]), MAX_LIMIT)


def box_in(text: str, system: str = "") -> Box | None:
    """A box of four or six numbers as west, south, east, north; over the antimeridian west is greater."""
    if not text:
        if system:
            system_of(system, "bbox-crs")
        return None
    try:
        numbers = [float(one) for one in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) not in (4, 6) or not all(abs(one) <= FARTHEST for one in numbers):
        hint = said("west,south,east,north in degrees, or in the system of bbox-crs")
        raise refused(PARAMETER, said("a box has four or six numbers"), "bbox", hint)
    half = len(numbers) // 2
    box = (numbers[0], numbers[1], numbers[half], numbers[half + 1])
    found = box if not system else _degrees(box, system_of(system, "bbox-crs"))
    west, south, east, north = found
    if not all(math.isfinite(one) for one in found) or abs(south) > 90 or abs(north) > 90 or south > north:
        raise refused(PARAMETER, said("the box lies outside the world"), "bbox")
    if abs(west) > 180 or abs(east) > 180:
        raise refused(PARAMETER, said("the box lies outside the world"), "bbox")
    return found


def _degrees(box: Box, system: System) -> Box:
    """The box around a box of another system: its edges are no straight lines in degrees."""
    if system.is_plain:
        return box
    first, second, third, fourth = box
    if system.name in ("EPSG:4326", "EPSG:4490"):
        return (second, first, fourth, third)
    steps = np.linspace(0, 1, 17)
    ones, twos = first + (third - first) * steps, second + (fourth - second) * steps
    edges = [
        *((one, end) for one in ones for end in (second, fourth)),
        *((end, two) for two in twos for end in (first, third)),
    ]
    turned = system.to_degrees(np.array(edges))
    west, south = turned.min(axis=0).tolist()
    east, north = turned.max(axis=0).tolist()
    return (west, south, east, north)


def during_of(text: str) -> During | None:
    """An instant or an interval of RFC 3339, either end of which may be open; None for all times."""
    if not text:
        return None
    start, slash, end = text.partition("/")
    if not slash:
        return (_moment(start, False), _moment(start, True))
    found = (_open_or(start, False), _open_or(end, True))
    if found == (None, None):
        return None
    if found[0] is not None and found[1] is not None and found[0] > found[1]:
        raise refused(PARAMETER, said("the interval ends before it begins"), "datetime")
    return found


def _open_or(text: str, is_end: bool) -> datetime | None:
    return None if text in ("", "..") else _moment(text, is_end)


def _moment(text: str, is_end: bool) -> datetime:
    """A moment in UTC; a date begins at its midnight and ends with its last microsecond."""
    try:
        found = datetime.fromisoformat(text.replace(" ", "+"))
        if len(text) <= 10:
            found = datetime.combine(found.date(), time.max if is_end else time.min)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        message = said("{text!r} is no date and no timestamp", text=text[:30])
        hint = "2026-07-21T18:00:00Z, 2026-07-21/2026-07-22, 2026-07-21/.."
        raise refused(PARAMETER, message, "datetime", hint) from None


def names_of(text: str, kinds: Mapping[str, Any]) -> tuple[str, ...]:
    """Fields that are wanted, by commas."""
    if not text:
        return ()
    names = tuple(dict.fromkeys(text.split(",")))
    for name in names:
        if name not in kinds:
            message = said("there is no property {name}", name=name[:40])
            raise refused(PARAMETER, message, "properties", nearest(name[:60], kinds))
    return names


def condition_of(query: QueryDict, fields: tuple[Field, ...]) -> Condition | None:
    """What ``filter`` and the parameters that are named like properties ask, together."""
    parts = []
    if text := query.get("filter", ""):
        parts.append(_filtered(text, query.get("filter-lang", ""), query.get("filter-crs", ""), fields))
    elif language := query.get("filter-lang", ""):
        _is_json(language)
    named = (one for one in fields if one.name in query and one.name not in KNOWN)
    parts.extend(_equal(one, str(query[one.name]), fields) for one in named)
    if len(parts) < 2:
        return parts[0] if parts else None
    return {"op": "and", "args": parts}


def _is_json(language: str) -> bool:
    if language not in ("", "cql2-text", "cql2-json"):
        hint = nearest(language[:40], ("cql2-text", "cql2-json"))
        raise refused(PARAMETER, said("{name!r} is not spoken", name=language[:40]), "filter-lang", hint)
    return language == "cql2-json"


@lru_cache(maxsize=512)
def _filtered(text: str, language: str, system: str, fields: tuple[Field, ...]) -> Condition:
    is_json = _is_json(language) or (not language and text.lstrip().startswith("{"))
    found = read_json(text) if is_json else read_text(text)
    spoken = system_of(system, "filter-crs") if system else PLAIN
    return checked(found, fields, None if spoken.is_plain else spoken.to_degrees)


def _equal(one: Field, text: str, fields: tuple[Field, ...]) -> Condition:
    """A property's parameter: its value as the property's kind reads it."""
    value: Any = text
    try:
        if one.kind in (FieldKind.INTEGER, FieldKind.NUMBER):
            value = int(text) if text.lstrip("-").isdecimal() and len(text) < 19 else float(text)
        elif one.kind == FieldKind.BOOLEAN:
            value = {"true": True, "false": False}[text.lower()]
    except (ValueError, KeyError):
        message = said("{text!r} is no {kind}", text=text[:30], kind=str(one.kind))
        raise refused(PARAMETER, message, one.name) from None
    return checked({"op": "=", "args": [{"property": one.name}, value]}, fields)


def trail_of(cursor: str) -> tuple[str, ...]:
    """The marks in a cursor. Raises ProblemError GEO-610 for one that was not handed out."""
    if not cursor:
        return ()
    try:
        if len(cursor) > 8_000:
            raise ValueError(cursor)
        found = orjson.loads(base64.urlsafe_b64decode(cursor.encode("ascii") + b"=="))
        if not isinstance(found, list) or not found or not all(isinstance(one, str) for one in found):
            raise ValueError(cursor)
    except (ValueError, UnicodeError):
        message = said("the cursor was not handed out here")
        raise refused(PARAMETER, message, "cursor", said("begin without one")) from None
    return tuple(found)


def cursor_of(trail: tuple[str, ...]) -> str:
    """A cursor of marks; the oldest are forgotten, so that addresses stay short."""
    return base64.urlsafe_b64encode(orjson.dumps(trail[-TRAIL:])).decode().rstrip("=")


def queryable(fields: tuple[Field, ...]) -> dict[str, FieldKind]:
    """What a filter may name, but for the geometry."""
    return {KEY: FieldKind.TEXT, **{one.name: one.kind for one in fields}}
