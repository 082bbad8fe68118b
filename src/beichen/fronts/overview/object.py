"""One object of the city with all that may be told of it: what it is, what it measured, what became of it.

Everything is asked with the reader's own rights through the rooms' services; a look at personal fields (L3,
L4) is recorded, as it is in NGSI-LD. What the reader may not see of the object does not exist here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import h3.api.basic_int as h3
import orjson
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from shapely.geometry import shape

from beichen.hubs.events import service as events
from beichen.hubs.events.models import Case
from beichen.kernel.access.service import decide, visible
from beichen.kernel.actor import Actor
from beichen.platforms.iot import service as iot
from beichen.registry import service as registry
from beichen.registry.models import Object
from beichen.web.charts import Chart, Series
from beichen.web.numbers import figure

DAYS = (1, 7, 30)
DRAWN = 300  # points of a chart; of more, means are drawn
MOST_CHANGES, MOST_RELATED, MOST_CASES = 500, 50, 20
CELL_RESOLUTION = 10  # of a case's cell, about 130 m across
LONGEST = 200
_OWN = ("id", "type", "scope", "@context", "createdAt", "modifiedAt")


@dataclass(frozen=True, slots=True)
class Fact:
    """A field with its value in words; ``href`` leads to the object that it names."""

    name: str
    shown: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Measure:
    """The latest value of a measure, and which device said it."""

    name: str
    shown: str
    at: datetime
    source: str


@dataclass(frozen=True, slots=True)
class Step:
    """A value that a field took, and when."""

    at: datetime
    key: str
    field: str
    shown: str


@dataclass(frozen=True, slots=True)
class Kin:
    """Another object that is related to it, and how."""

    how: str
    row: Object


@dataclass(slots=True)
class Dossier:
    """All that a reader is told of one object."""

    row: Object
    kind: str
    facts: list[Fact] = field(default_factory=list)
    measures: list[Measure] = field(default_factory=list)
    charts: list[Chart] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    kin: list[Kin] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    place: tuple[float, float] | None = None
    is_cut: bool = False
    is_demo: bool = False


def dossier(code: str, *, by: Actor, language: str, days: int, now: datetime) -> Dossier:
    """The object of this code. Raises ProblemError REG-104 where there is none that ``by`` may see."""
    row = registry.object_by_code(code, by=by)
    words = Words(row, language)
    reader = registry.TimelineReader(by)
    window = registry.Window("observedAt", start=now - timedelta(days=days))
    timeline = reader.read([row.urn], window).get(row.urn)
    document = row.parsed()
    names = {*document, *row.type.measures, *(timeline.points if timeline else ())}
    hidden = reader.disclosure.withheld(row, [row.type.key], names)
    reader.disclosure.record()
    shown = {name: one for name, one in document.items() if name not in hidden and name not in _OWN}
    found = Dossier(row, words.kind, is_demo=row.pk in iot.demo_things([row.pk]))
    found.facts = words.facts(shown, _targets(shown, by))
    found.place = _place(shown.get("location"))
    found.measures = [
        Measure(words.label(one.name), words.said(one.name, one.value), one.at, one.source)
        for one in registry.measurements_of(row)
        if one.name not in hidden
    ]
    if timeline is not None:
        points = {name: several for name, several in timeline.points.items() if name not in hidden}
        found.charts = _charts(points, words)
        found.steps = _steps(points, words)
        found.is_cut = timeline.is_cut
    found.kin = _kin(row, by)
    found.cases = _cases(row, found.place, by)
    return found


class Words:
    """How an object's type calls its fields and measures, in one language."""

    def __init__(self, row: Object, language: str) -> None:
        self._type, self._language = row.type, language
        self.kind = str((row.type.name_en if language == "en" else row.type.name) or row.type.key)

    def label(self, name: str) -> str:
        """What a field, measure or relation is called."""
        kind = self._type
        declared = kind.measures.get(name) or kind.labels.get(name) or kind.relations.get(name) or {}
        known = {"location": _("Place"), "name": _("Name")}
        return str(declared.get(self._language) or declared.get("zh") or known.get(name) or name)

    def unit(self, name: str) -> str:
        """A measure's unit; what is merely counted has none."""
        unit = str(self._type.measures.get(name, {}).get("unit", ""))
        return "" if unit == "1" else unit

    def said(self, name: str, value: Any) -> str:
        """A value in words, with its unit."""
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(value, int | float):
            return f"{figure(value, 3)} {self.unit(name)}".rstrip()
        if isinstance(value, str):
            return value[:LONGEST]
        return orjson.dumps(value).decode()[:LONGEST] if value is not None else ""

    def facts(self, document: dict[str, Any], targets: dict[str, Object]) -> list[Fact]:
        """The fields of a document, those that lead to objects that may be seen with their addresses."""
        found = []
        for name in sorted(document, key=lambda one: (one not in self._type.fields, one)):
            for instance in _instances(document[name]):
                found += self._facts(name, instance, targets)
        return found

    def _facts(self, name: str, instance: dict[str, Any], targets: dict[str, Object]) -> list[Fact]:
        if instance.get("type") != "Relationship":
            return [Fact(self.label(name), self.value(name, instance))]
        return [
            Fact(self.label(name), called(targets[urn]), address_of(targets[urn].code))
            for urn in _named(instance)
            if urn in targets  # one that the reader may not see is not named either
        ]

    def value(self, name: str, instance: dict[str, Any]) -> str:
        """The value of one instance of an attribute, whatever its form."""
        form = instance.get("type")
        if form == "GeoProperty":
            at = _place(instance)
            return f"{at[1]:.5f}, {at[0]:.5f}" if at else ""
        if form == "LanguageProperty":
            words = instance.get("languageMap", {})
            return self.said(name, words.get(self._language) or next(iter(words.values()), ""))
        if form == "Relationship":
            return _("%(count)s related") % {"count": len(_named(instance))}
        return self.said(name, instance.get("value", instance.get("vocab", instance.get("json"))))


def called(row: Object) -> str:
    """An object's name, or its code where it has none."""
    return str(row.name or row.code)


def address_of(code: str) -> str:
    """The page of an object."""
    return reverse("overview:object", args=[code])


def _instances(attribute: Any) -> list[dict[str, Any]]:
    several = attribute if isinstance(attribute, list) else [attribute]
    return [one for one in several if isinstance(one, dict)]


def _named(instance: dict[str, Any]) -> list[str]:
    named = instance.get("object", [])
    return [str(one) for one in (named if isinstance(named, list) else [named])]


def _targets(document: dict[str, Any], by: Actor) -> dict[str, Object]:
    """The objects that relationships name and the reader may see: one query."""
    urns = {
        urn
        for attribute in document.values()
        for instance in _instances(attribute)
        if instance.get("type") == "Relationship"
        for urn in _named(instance)
    }
    if not urns:
        return {}
    rows = Object.objects.filter(removed_at=None, urn__in=sorted(urns)[:MOST_RELATED])
    return {row.urn: row for row in visible(by, registry.READ, rows)}


def _place(attribute: Any) -> tuple[float, float] | None:
    """The point of a GeoProperty, or one inside of its shape."""
    for instance in _instances(attribute):
        geometry = instance.get("value")
        if isinstance(geometry, dict) and geometry.get("type") == "Point":
            return float(geometry["coordinates"][0]), float(geometry["coordinates"][1])
        if isinstance(geometry, dict):
            inside = shape(geometry).representative_point()
            return float(inside.x), float(inside.y)
    return None


def _charts(points: dict[str, list[registry.Point]], words: Words) -> list[Chart]:
    """Of each measure that has numbers its course, the oldest first."""
    found = []
    for name, several in sorted(points.items()):
        values = sorted((at, float(number)) for at, number in _numbers(several))
        if len(values) < 2:
            continue
        drawn = list(thinned(values))
        label = words.label(name)
        times = [f"{timezone.localtime(at):%m-%d %H:%M}" for at, _number in drawn]
        series = Series(label, [round(number, 4) for _at, number in drawn])
        found.append(Chart(label, words.unit(name), _("Measured at"), times, [series]))
    return found


def _numbers(points: Iterable[registry.Point]) -> Iterable[tuple[datetime, float]]:
    for point in points:
        at, value = point.at("observedAt"), point.document.get("value")
        if at is not None and isinstance(value, int | float) and not isinstance(value, bool):
            yield at, value


def thinned(values: list[tuple[datetime, float]]) -> Iterable[tuple[datetime, float]]:
    """At most :data:`DRAWN` points: of neighbours the mean, at the time of the last of them."""
    size = max(1, -(-len(values) // DRAWN))
    for start in range(0, len(values), size):
        part = values[start : start + size]
        yield part[-1][0], sum(number for _at, number in part) / len(part)


def _steps(points: dict[str, list[registry.Point]], words: Words) -> list[Step]:
    """What its fields became, the newest first; what it measured is in the charts."""
    steps = [
        Step(point.modified_at, name, words.label(name), words.value(name, point.document))
        for name, several in points.items()
        for point in several
        if point.document.get("observedAt") is None
    ]
    return sorted(steps, key=lambda one: (one.at, one.key), reverse=True)[:MOST_CHANGES]


def _kin(row: Object, by: Actor) -> list[Kin]:
    """Objects that name it."""
    return [Kin(one.name, one.source) for one in registry.related(row, by=by, limit=MOST_RELATED)]


def _cases(row: Object, place: tuple[float, float] | None, by: Actor) -> list[Case]:
    """Cases whose titles name its code, then open ones in its cell of the map; the newest first."""
    if not decide(by, events.READ):
        return []
    rows = events.cases(by=by)
    found = list(events.titled(rows, row.code).order_by("-opened_at", "-id")[:MOST_CASES])
    if place is not None and len(found) < MOST_CASES:
        cell = int(h3.latlng_to_cell(place[1], place[0], CELL_RESOLUTION))
        near = rows.filter(is_open=True, cell=cell).exclude(pk__in=[one.pk for one in found])
        found += list(near.order_by("-opened_at", "-id")[: MOST_CASES - len(found)])
    return found
