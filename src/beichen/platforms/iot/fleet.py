"""What the gateway knows of devices: read by the batch, kept until the fleet or a type changes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, Subquery, Sum, Value

from beichen.platforms.iot.models import Channel, Device, Fleet
from beichen.platforms.iot.words import SPEAKING
from beichen.registry.models import Measurement, Object, ObjectType
from beichen.settings import settings

CHUNK = 5_000
NEVER = -1
BURST = 100  # seconds of its rate that a device may send at once


@dataclass(slots=True)
class Newest:
    """The newest time of a measure of a thing, in microseconds; shared by all that feed it."""

    at: int = NEVER


@dataclass(slots=True)
class Target:
    """Where a name of a device's messages goes, and what fits there.

    ``kin`` is what may be told of it to whoever may see such things: its type, region's path and level.
    """

    object: int
    thing: str
    region: str | None
    measure: str
    form: str
    low: float
    high: float
    factor: float
    offset: float
    newest: Newest
    kin: tuple[str, str, int] = ("", "", 4)


@dataclass(slots=True)
class Speaker:
    """A device as readings meet it; ``tokens`` are the readings that it may still send at once, ``kept_seq``
    the last number of its own that the database knows."""

    id: int
    code: str
    speaks: bool
    every: int
    rate: int
    is_online: bool
    is_active: bool
    seen: int
    last_seq: int
    type: dict[str, Any]
    thing: Object | None
    channels: dict[str, Channel]
    targets: dict[str, Target | None] = field(default_factory=dict)
    tokens: float = 0.0
    refilled: int = NEVER
    kept_seq: int = NEVER
    is_demo: bool = False
    region: str | None = None

    def takes(self, now: int) -> bool:
        """Take one reading out of the bucket at ``now`` (microseconds); False when it is empty."""
        if now > self.refilled:
            self._refill(now)
        if self.tokens < 1.0:
            return False
        self.tokens -= 1.0
        return True

    def affords(self, now: int, number: int) -> bool:
        """Whether the bucket holds so many readings at ``now``."""
        if now > self.refilled:
            self._refill(now)
        return self.tokens >= number

    def takes_of(self, now: int, number: int) -> int:
        """Take so many readings out of the bucket at once; returns how many it held of them."""
        if now > self.refilled:
            self._refill(now)
        granted = min(number, int(self.tokens))
        self.tokens -= granted
        return granted

    def _refill(self, now: int) -> None:
        if self.refilled == NEVER:
            self.tokens = float(self.rate * BURST)
        else:
            grown = self.tokens + (now - self.refilled) * self.rate / 1e6
            self.tokens = min(float(self.rate * BURST), grown)
        self.refilled = now


def micros(moment: datetime | None) -> int:
    """A time in microseconds since 1970; NEVER for none."""
    return NEVER if moment is None else round(moment.timestamp() * 1e6)


def _of_types(number: Any) -> Subquery:
    """An aggregate of all types, beside a row of something else."""
    rows = ObjectType.objects.order_by().annotate(all=Value(1)).values("all").annotate(number=number)
    return Subquery(rows.values("number"))


_TYPES = (_of_types(Sum("version")), _of_types(Count("pk")))


class Devices:
    """Speakers by code, and the newest time of each measure."""

    def __init__(self) -> None:
        self._known: dict[str, Speaker | None] = {}
        self._newest: dict[tuple[int, str], Newest] = {}
        self._seen: Any = None
        self._spoken_of: dict[int, int] = {}  # of each thing the device that was known first to speak of it
        self._shared: set[int] = set()

    def __len__(self) -> int:
        """How many codes are known, also of those that no device has."""
        return len(self._known)

    def _forget_changed(self) -> None:
        stamps = Fleet.objects.filter(pk=1).order_by().values_list("stamp", *_TYPES)
        seen = stamps.first()
        if self._seen != seen:
            buckets = {key: one for key, one in self._known.items() if one is not None}
            self._known, self._spoken_of, self._shared = {}, {}, set()
            self._seen = seen
            self._buckets = buckets

    _buckets: dict[str, Speaker] = {}  # noqa: RUF012 - replaced, never changed

    def learn(self, codes: Iterable[str]) -> None:
        """Read the devices of these codes that are not known; those that do not exist are known as such."""
        self._forget_changed()
        missing = sorted(set(codes) - self._known.keys())
        for start in range(0, len(missing), CHUNK):
            self._read(missing[start : start + CHUNK])

    def _read(self, codes: list[str]) -> None:
        rows = list(
            Device.objects.filter(code__in=codes).select_related("thing__type", "thing__region", "region")
        )
        channels: dict[int, dict[str, Channel]] = {}
        found = Channel.objects.filter(device__in=rows).select_related("thing__type", "thing__region")
        for channel in found:
            channels.setdefault(channel.device_id, {})[channel.name] = channel
        self._known.update(dict.fromkeys(codes))
        things: set[int] = {channel.thing_id for named in channels.values() for channel in named.values()}
        for row in rows:
            self._known[row.code] = self._speaker(row, channels.get(row.pk, {}))
            if row.thing_id:
                things.add(row.thing_id)
            own = {channel.thing_id for channel in channels.get(row.pk, {}).values()} | {row.thing_id}
            self._shared |= {key for key in own if key and self._spoken_of.setdefault(key, row.pk) != row.pk}
        known = {key for key, _measure in self._newest}
        for key, name, at in Measurement.objects.filter(object__in=things - known).values_list(
            "object_id", "name", "at"
        ):
            self._newest[(key, name)] = Newest(micros(at))

    def _speaker(self, row: Device, channels: dict[str, Channel]) -> Speaker:
        speaker = Speaker(
            row.pk,
            row.code,
            row.state in SPEAKING,
            row.every,
            row.rate or settings().device_rate,
            row.is_online,
            row.state == "active",
            micros(row.last_seen_at),
            NEVER if row.last_seq is None else row.last_seq,
            row.thing.type.measures if row.thing else {},
            row.thing,
            channels,
            kept_seq=NEVER if row.last_seq is None else row.last_seq,
            is_demo=row.is_demo,
            region=row.region.code if row.region else None,
        )
        before = self._buckets.get(row.code)
        if before is not None:  # a change of the fleet fills nobody's bucket, and a write may be on its way
            speaker.tokens, speaker.refilled = before.tokens, before.refilled
            speaker.seen, speaker.last_seq = (
                max(before.seen, speaker.seen),
                max(before.last_seq, speaker.last_seq),
            )
        return speaker

    def speaker(self, code: str) -> Speaker | None:
        """A device that was learned; None when there is none."""
        return self._known.get(code)

    def is_alone(self, speaker: Speaker) -> bool:
        """Whether no other device that was learned speaks of its things."""
        if not self._shared:
            return True
        own = {channel.thing_id for channel in speaker.channels.values()}
        return own.isdisjoint(self._shared) and (
            speaker.thing is None or speaker.thing.pk not in self._shared
        )

    def target(self, speaker: Speaker, name: str) -> Target | None:
        """Where a name of its messages goes; None when it measures nothing."""
        try:
            return speaker.targets[name]
        except KeyError:
            made = self._target(speaker, name)
            if made is not None or len(speaker.targets) < 1_000:  # a device may invent names without end
                speaker.targets[name] = made
            return made

    def _target(self, speaker: Speaker, name: str) -> Target | None:
        channel = speaker.channels.get(name)
        thing = channel.thing if channel else speaker.thing
        measure = channel.measure if channel else name
        if thing is None or thing.removed_at is not None:
            return None
        declared = thing.type.measures.get(measure)
        if declared is None:
            return None
        low, high = declared.get("range", (float("-inf"), float("inf")))
        return Target(
            thing.pk,
            thing.code,
            thing.region.code if thing.region else speaker.region,
            measure,
            declared.get("type", "number"),
            float(low),
            float(high),
            channel.factor if channel else 1.0,
            channel.offset if channel else 0.0,
            self._newest.setdefault((thing.pk, measure), Newest()),
            (
                thing.type.key,
                thing.region.path if thing.region else "",
                max(thing.level, thing.type.levels.get(measure, 1)),
            ),
        )
