"""The past that rules look at: windows as they grow, and what was usual at an hour of the week.

Readings that were made up make groups of their own: what a played city does moves no alarm of the real one.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, tzinfo
from typing import Any

import numpy as np
from django.utils import timezone

from beichen.platforms.iot.fleet import NEVER
from beichen.platforms.iot.rules.declaration import BASELINE, REGION, SECOND, Window
from beichen.platforms.iot.rules.things import Thing
from beichen.platforms.iot.rules.windows import STEPS, Buckets

HOURS = 168


class Past:
    """The windows of rules, by type and by what they are; a window's keys are things or groups of them."""

    def __init__(self, windows: Iterable[tuple[str, Window]]) -> None:
        self._zone: tzinfo = timezone.get_default_timezone()
        self._buckets: dict[tuple[str, str], Buckets] = {}
        self._usual: dict[tuple[str, str], Any] = {}
        self._groups: dict[tuple[str, str, str, bool], int] = {}
        self._fed: dict[tuple[str, str], list[Buckets]] = {}
        self.windows: list[tuple[str, Window]] = []
        self.baselines: list[tuple[str, Window]] = []
        for kind, window in windows:
            key = (kind, window.column)
            if key in self._buckets or key in self._usual:
                continue
            if window.take == BASELINE:
                self.baselines.append((kind, window))
                self._usual[key] = np.full((1_024, HOURS), np.nan, np.float32)
            else:
                self.windows.append((kind, window))
                self._buckets[key] = Buckets(window)
                self._fed.setdefault((kind, window.measure), []).append(self._buckets[key])

    def key(self, thing: Thing, window: Window, *, is_demo: bool) -> int | None:
        """The number of whom a window is of: the thing, or its group; None for a thing that is in none."""
        if not window.by:
            return thing.place
        name = thing.region if window.by == REGION else thing.values.get(window.by)
        if not name:
            return None
        return self._groups.setdefault((thing.kind, window.by, str(name), is_demo), len(self._groups))

    def add(self, thing: Thing, measure: str, at: int, value: Any, *, is_demo: bool = False) -> None:
        """A reading, late or not, counts in every window of its measure. ``thing`` does not know it yet."""
        for buckets in self._fed.get((thing.kind, measure), ()):
            key = self.key(thing, buckets.window, is_demo=is_demo)
            if key is None:
                continue
            number = value if isinstance(value, float) else 0.0
            if buckets.form != STEPS:
                buckets.add(key, at, number)
                continue
            before = thing.at.get(measure, NEVER)
            if before != NEVER and at - buckets.window.over < before < at:
                buckets.step(key, at, number - float(thing.values[measure]), at - before)

    def counts(self, kind: str, measure: str) -> bool:
        """Whether some window counts readings of a type's measure."""
        return (kind, measure) in self._fed

    def buckets(self, kind: str, window: Window) -> Buckets:
        """The window's buckets."""
        return self._buckets[(kind, window.column)]

    def remember(self, kind: str, window: Window, places: Any, hours: Any, values: Any) -> None:
        """What is usual of things (by their places) at hours of the week, counted from Monday, 0:00."""
        key = (kind, window.column)
        known = self._usual[key]
        most = int(places.max(initial=-1))
        if len(known) <= most:
            grown = np.full((most * 2, HOURS), np.nan, np.float32)
            grown[: len(known)] = known
            self._usual[key] = known = grown
        known[places, hours] = values

    def forget(self, kind: str, window: Window, weekday: int) -> None:
        """What was usual on a day of the week is to be said anew."""
        self._usual[(kind, window.column)][:, weekday * 24 : weekday * 24 + 24] = np.nan

    def value(self, column: str, thing: Thing, at: int, *, is_demo: bool = False) -> float | None:
        """What the window says of the thing at a time; None where it knows nothing."""
        buckets = self._buckets.get((thing.kind, column))
        if buckets is not None:
            key = self.key(thing, buckets.window, is_demo=is_demo)
            return None if key is None else buckets.value(key, at)
        usual = self._usual[(thing.kind, column)]
        if thing.place >= len(usual):
            return None
        local = datetime.fromtimestamp(at / SECOND, self._zone)
        found = float(usual[thing.place, local.weekday() * 24 + local.hour])
        return None if np.isnan(found) else found
