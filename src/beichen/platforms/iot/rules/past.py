"""The past that rules look at: windows as they grow, and what was usual at an hour of the week."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, tzinfo
from typing import Any

import numpy as np
from django.utils import timezone

from beichen.platforms.iot.rules.declaration import BASELINE, REGION, SECOND, Window
from beichen.platforms.iot.rules.things import Thing
from beichen.platforms.iot.rules.windows import Buckets, Part

HOURS = 168


class Past:
    """The windows of rules, by type and by what they are; a window's keys are things or groups of them."""

    def __init__(self, windows: Iterable[tuple[str, Window]]) -> None:
        self._zone: tzinfo = timezone.get_default_timezone()
        self._buckets: dict[tuple[str, str], Buckets] = {}
        self._usual: dict[tuple[str, str], Any] = {}
        self._groups: dict[tuple[str, str, str], int] = {}
        self._fed: dict[tuple[str, str], list[Buckets]] = {}
        self.windows: list[tuple[str, Window]] = []
        for kind, window in windows:
            key = (kind, window.column)
            if key in self._buckets or key in self._usual:
                continue
            self.windows.append((kind, window))
            if window.take == BASELINE:
                self._usual[key] = np.full((1_024, HOURS), np.nan, np.float32)
            else:
                self._buckets[key] = Buckets(window)
                self._fed.setdefault((kind, window.measure), []).append(self._buckets[key])

    def _key(self, thing: Thing, window: Window) -> int:
        """The number of whom a window is of: the thing, or its group."""
        if not window.by:
            return thing.place
        name = thing.region if window.by == REGION else str(thing.values.get(window.by, ""))
        return self._groups.setdefault((thing.kind, window.by, name), len(self._groups))

    def add(self, thing: Thing, measure: str, at: int, value: Any) -> None:
        """A reading, late or not, counts in every window of its measure."""
        for buckets in self._fed.get((thing.kind, measure), ()):
            number = value if isinstance(value, float) else 0.0
            buckets.add(self._key(thing, buckets.window), at, number)

    def counts(self, kind: str, measure: str) -> bool:
        """Whether some window counts readings of a type's measure."""
        return (kind, measure) in self._fed

    def merge(self, thing: Thing, window: Window, bucket: int, part: Part) -> None:
        """What the table says of a thing in one bucket of a window."""
        buckets = self._buckets[(thing.kind, window.column)]
        buckets.merge(self._key(thing, window), bucket, part)

    def width(self, kind: str, window: Window) -> int:
        """How wide the window's buckets are, in microseconds."""
        return self._buckets[(kind, window.column)].width

    def remember(self, thing: Thing, window: Window, hour: int, value: float) -> None:
        """What is usual of a thing at an hour of the week, from Monday, 0:00."""
        key = (thing.kind, window.column)
        known = self._usual[key]
        if len(known) <= thing.place:
            grown = np.full((thing.place * 2, HOURS), np.nan, np.float32)
            grown[: len(known)] = known
            self._usual[key] = known = grown
        known[thing.place, hour] = value

    def value(self, column: str, thing: Thing, at: int) -> float | None:
        """What the window says of the thing at a time; None where it knows nothing."""
        buckets = self._buckets.get((thing.kind, column))
        if buckets is not None:
            return buckets.value(self._key(thing, buckets.window), at)
        usual = self._usual[(thing.kind, column)]
        if thing.place >= len(usual):
            return None
        local = datetime.fromtimestamp(at / SECOND, self._zone)
        found = float(usual[thing.place, local.weekday() * 24 + local.hour])
        return None if np.isnan(found) else found
