"""Things on the map and in lists: how each stands, by the tones that its scene declares."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from beichen.fronts.overview.models import ThingLayer
from beichen.kernel.access.service import visible
from beichen.kernel.actor import Actor
from beichen.kernel.levels import Level
from beichen.kernel.scene.durations import duration
from beichen.kernel.scene.expressions import condition
from beichen.platforms.ai import service as ai
from beichen.platforms.iot import service as iot
from beichen.registry import service as registry
from beichen.registry.models import Object, ObjectType
from beichen.web.numbers import figure

Box = tuple[float, float, float, float]
MOST_DRAWN = 2_000
MOST_LISTED = 5_000
MISSED_REPORTS = 3  # a value this many times older than things report is none any more
UNKNOWN, NO_VALUE = -1, gettext_lazy("No current value")
RANKS = {"unknown": 0, "on-course": 1, "ahead": 2, "behind": 3, "missed": 4}


@dataclass(frozen=True, slots=True)
class Thing:
    """A thing as it is shown: ``number`` is its tone's place in the layer, or UNKNOWN."""

    code: str
    name: str
    region: str
    region_code: str
    number: int
    tone: str
    standing: str
    shown: str
    value: Any
    at: str
    longitude: float | None
    latitude: float | None
    foretold: str = ""
    is_demo: bool = False

    @property
    def demo(self) -> str:
        """`yes` for what the demonstration made, as a filter asks."""
        return "yes" if self.is_demo else "no"


class Layer:
    """A layer for one reader at one time: what its things are called and how they stand."""

    def __init__(self, row: ThingLayer, kind: ObjectType, *, language: str, now: datetime) -> None:
        self.row, self.kind, self.language, self.now = row, kind, language, now
        self.title = row.named(language)
        shown = kind.measures.get(row.shows)
        facts = kind.labels.get(row.shows, {}) if shown is None else shown
        self.heading = str(facts.get(language) or facts.get("zh") or row.shows)
        self.unit = "" if (shown or {}).get("unit", "1") == "1" else str((shown or {}).get("unit", ""))
        every = next((one["every"] for one in kind.measures.values() if "every" in one), "")
        self._oldest = (now - MISSED_REPORTS * duration(every)).isoformat()[:19] if shown and every else ""
        self._clock = registry.clock_values(now)
        self._conditions = [condition(tone["when"]) if tone["when"] else None for tone in row.tones]

    def thing(
        self, seen: registry.Sighting, outlook: ai.Outlook | None = None, *, is_demo: bool = False
    ) -> Thing:
        """A sighting in this layer's words, with what models foretell of it."""
        row = self.row
        at = seen.times.get(row.shows, "")
        value = seen.values.get(row.shows)
        is_known = value is not None and not (self._oldest and at[:19] < self._oldest)
        number = self._tone(seen.values) if is_known else UNKNOWN
        region = (seen.region_name_en or seen.region_name) if self.language == "en" else seen.region_name
        return Thing(
            code=seen.code,
            name=seen.name or seen.code,
            region=region,
            region_code=seen.region,
            number=number,
            tone="unknown" if number == UNKNOWN else row.tones[number]["tone"],
            standing=str(NO_VALUE) if number == UNKNOWN else row.tone_name(number, self.language),
            shown=self._said(value),
            value=value,
            at=at,
            longitude=seen.longitude,
            latitude=seen.latitude,
            foretold=self._foretold(outlook) if outlook else "",
            is_demo=is_demo,
        )

    def _foretold(self, outlook: ai.Outlook) -> str:
        """Between which values, until when: `0.8–1.9 m, until 17:30`."""
        ends = [figure(value, 2) for value in (outlook.lowest, outlook.highest)]
        values = f"{'–'.join(dict.fromkeys(ends))} {self.unit}".rstrip()
        until = timezone.localtime(outlook.until)
        return _("%(values)s, until %(until)s") % {"values": values, "until": f"{until:%m-%d %H:%M}"}

    def _tone(self, values: dict[str, Any]) -> int:
        for number, wanted in enumerate(self._conditions):
            if wanted is None or wanted.holds({**self._clock, **values}):
                return number
        return UNKNOWN

    def _said(self, value: Any) -> str:
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(value, (int, float)):
            return f"{figure(value, 2)} {self.unit}".rstrip()
        return "" if value is None else str(value)

    def legend(self, things: Sequence[Thing] = ()) -> list[dict[str, Any]]:
        """Each tone with its name and how many of ``things`` have it; without current value comes last."""
        counts = Counter(thing.number for thing in things)
        entries = [
            {"number": number, "tone": tone["tone"], "name": self.row.tone_name(number, self.language)}
            for number, tone in enumerate(self.row.tones)
        ]
        entries.append({"number": UNKNOWN, "tone": "unknown", "name": str(NO_VALUE)})
        return [{**one, "count": counts[one["number"]]} for one in entries]


def layers(*, by: Actor, language: str, now: datetime, scene: str = "", key: str = "") -> list[Layer]:
    """The layers of which ``by`` may see a thing: two queries."""
    rows = ThingLayer.objects.all()
    if scene:
        rows = rows.filter(owner=f"scene:{scene}")
    if key:
        rows = rows.filter(key=key)
    found = list(rows)
    things = visible(by, registry.READ, Object.objects.filter(removed_at=None, type=OuterRef("pk")))
    kinds = ObjectType.objects.filter(key__in=[row.type for row in found], level__lt=Level.L3)
    seen = {kind.key: kind for kind in kinds.filter(Exists(things))}
    return [Layer(row, seen[row.type], language=language, now=now) for row in found if row.type in seen]


def things_of(layer: Layer, *, by: Actor, box: Box | None = None, limit: int) -> tuple[list[Thing], bool]:
    """Up to ``limit`` things of a layer that ``by`` may see, and whether there are more."""
    found, has_more = registry.sightings(layer.kind, by=by, box=box, limit=limit)
    told = ai.outlooks(layer.kind.key, layer.row.shows, by=by, now=layer.now)
    demo = iot.demo_things(one.id for one in found)
    return [layer.thing(one, told.get(one.code), is_demo=one.id in demo) for one in found], has_more


def features(things: Sequence[Thing], layer: Layer) -> list[dict[str, Any]]:
    """Things as GeoJSON points for `<bc-map>`."""
    return [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [thing.longitude, thing.latitude]},
            "properties": {
                "name": thing.name,
                "tone": thing.tone,
                "rank": RANKS[thing.tone],
                "standing": thing.standing,
                "value": _valued(thing, layer),
                "code": thing.code,
            },
        }
        for thing in things
        if thing.longitude is not None
    ]


def _valued(thing: Thing, layer: Layer) -> str:
    """What is measured of a thing now, and what is foretold."""
    told = _("foretold %(values)s") % {"values": thing.foretold} if thing.foretold else ""
    return " · ".join(
        part for part in (f"{layer.heading} {thing.shown}" if thing.shown else "", told) if part
    )


def tone_choices(layer: Layer) -> list[tuple[str, str]]:
    """The tones of a layer as choices of a filter."""
    return [(str(one["number"]), one["name"]) for one in layer.legend()]
