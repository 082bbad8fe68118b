"""What rules know of things: fields, groups, and the latest value of each measure; read by the batch."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from beichen.platforms.iot.fleet import NEVER, micros
from beichen.platforms.iot.models import Channel, Device
from beichen.registry.models import Measurement, Object

CHUNK = 5_000


@dataclass(slots=True)
class Thing:
    """A thing as rules see it; ``values`` holds its fields and its measures' latest values."""

    object: int
    code: str
    kind: str
    place: int  # its number among the things of its type
    version: int
    region: str  # its own, else that of a device that speaks of it, as of its readings
    values: dict[str, Any] = field(default_factory=dict)
    at: dict[str, int] = field(default_factory=dict)  # of each measure's latest value
    heard: dict[str, int] = field(default_factory=dict)  # when that came
    is_demo: bool = False  # whether what it last said was made up


class Things:
    """The things of types with rules, by their object's row. ``names`` is what rules use of each type."""

    def __init__(self, names: Mapping[str, Collection[str]], *, with_latest: bool = True) -> None:
        self._names = names
        self._with_latest = with_latest
        self._known: dict[int, Thing | None] = {}
        self.of_kind: dict[str, list[Thing]] = {kind: [] for kind in names}

    def get(self, key: int) -> Thing | None:
        """A thing that was learned; None for one whose type has no rules."""
        return self._known.get(key)

    def learn(self, keys: Iterable[int]) -> None:
        """Read those that are not known or were changed since: two questions a few thousand things."""
        wanted = sorted(set(keys))
        for start in range(0, len(wanted), CHUNK):
            part = wanted[start : start + CHUNK]
            versions = dict(Object.objects.filter(pk__in=part).values_list("pk", "version"))
            stale = [
                key
                for key, version in versions.items()
                if key not in self._known
                or ((known := self._known[key]) is not None and known.version != version)
            ]
            if stale:
                self._read(stale)

    def _read(self, keys: list[int]) -> None:
        rows = list(
            Object.objects.filter(pk__in=keys).values_list(
                "pk", "code", "type__key", "version", "region__code", "document"
            )
        )
        lent = _regions_of_devices([row[0] for row in rows if not row[4] and row[2] in self._names])
        fresh: list[Thing] = []
        for key, code, kind, version, region, document in rows:
            names, lies_in = self._names.get(kind), region or lent.get(key, "")
            if names is None:
                self._known[key] = None
                continue
            fields = {name: value for name, value in _plain(orjson.loads(document)).items() if name in names}
            known = self._known.get(key)
            if known is None:
                known = Thing(key, code, kind, len(self.of_kind[kind]), version, lies_in)
                self.of_kind[kind].append(known)
                self._known[key] = known
                fresh.append(known)
            measured = {name: known.values[name] for name in known.at if name in known.values}
            known.version, known.region = version, lies_in
            known.values = {**fields, **measured}
        if self._with_latest:
            self._read_latest(fresh)

    def _read_latest(self, fresh: list[Thing]) -> None:
        by_key = {one.object: one for one in fresh}
        rows = Measurement.objects.filter(object__in=by_key).order_by("object", "received_at")
        spoke: dict[str, list[Thing]] = {}
        for row in rows.iterator(chunk_size=CHUNK) if by_key else ():
            thing = by_key[row.object_id]
            thing.at[row.name], thing.heard[row.name] = micros(row.at), micros(row.received_at)
            thing.values[row.name] = plain(row.value)
            spoke.setdefault(row.source, []).append(thing)
        devices = sorted(spoke)
        for start in range(0, len(devices), CHUNK):
            made_up = Device.objects.filter(code__in=devices[start : start + CHUNK], is_demo=True)
            for code in made_up.values_list("code", flat=True):
                for thing in spoke[code]:
                    thing.is_demo = True

    def learn_measured(self, kind: str, measure: str) -> None:
        """Read every present thing of a type of which the measure was ever read."""
        rows = Measurement.objects.filter(
            name=measure, object__type__key=kind, object__removed_at=None
        ).values_list("object_id", flat=True)
        self.learn(list(rows))


def _regions_of_devices(keys: list[int]) -> dict[int, str]:
    """Where devices stand that speak of things, by the thing."""
    if not keys:
        return {}
    spoken = Channel.objects.filter(thing__in=keys, device__region__isnull=False)
    own = Device.objects.filter(thing__in=keys, region__isnull=False)
    return {
        **dict(spoken.order_by("-pk").values_list("thing_id", "device__region__code")),
        **dict(own.order_by("-pk").values_list("thing_id", "region__code")),
    }


def plain(value: Any) -> Any:
    """A value as conditions compare it: numbers are floats."""
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _plain(document: Mapping[str, Any]) -> dict[str, Any]:
    """The plain values among an entity's properties."""
    found: dict[str, Any] = {}
    for name, attribute in document.items():
        value = attribute.get("value") if isinstance(attribute, dict) else None
        if isinstance(value, str | bool | int | float):
            found[name] = plain(value)
    return found


__all__ = ["NEVER", "Thing", "Things", "plain"]
