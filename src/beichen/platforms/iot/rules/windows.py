"""Windows: numbers over the past of a thing or a group, kept as sums of buckets and never rescanned.

A window is cut into sixty buckets; at a reading it holds the bucket of that reading and the fifty-nine
before, so it reaches back between 59/60 and all of its time. A reading that comes late goes into its own
bucket while that is still held. Memory: sixty buckets of 16 to 40 bytes for each thing and window.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from beichen.platforms.iot.rules.declaration import Window

BUCKETS = 60
HOUR = 3_600_000_000
NEVER = np.iinfo(np.int64).min // 2


class Part(NamedTuple):
    """What the table says of one bucket."""

    number: int
    total: float
    low: float
    high: float
    first_at: int
    first: float
    last_at: int
    last: float


class Buckets:
    """The buckets of one window for many keys (things, or groups), which are numbered from zero."""

    def __init__(self, window: Window) -> None:
        self.window = window
        self.width = max(1, window.over // BUCKETS)
        self._size = 0
        self._arrays: dict[str, Any] = {}
        self._grow(64)

    def _grow(self, size: int) -> None:
        """Make room for ``size`` keys."""
        before, self._size = self._size, size
        take = self.window.take
        fresh: dict[str, Any] = {"stamp": np.full((size, BUCKETS), NEVER, np.int64)}
        if take in ("avg", "count"):
            fresh["count"] = np.zeros((size, BUCKETS), np.int64)
        if take == "avg":
            fresh["sum"] = np.zeros((size, BUCKETS))
        if take in ("min", "max"):
            fresh["edge"] = np.full((size, BUCKETS), np.inf if take == "min" else -np.inf)
        if take == "rate":
            for name in ("first_at", "last_at"):
                fresh[name] = np.zeros((size, BUCKETS), np.int64)
            for name in ("first", "last"):
                fresh[name] = np.zeros((size, BUCKETS))
        for name, array in fresh.items():
            if before:
                array[:before] = self._arrays[name]
        self._arrays = fresh

    def add(self, key: int, at: int, value: float) -> None:
        """Count a reading; one whose bucket is no longer held counts nothing."""
        while key >= self._size:
            self._grow(self._size * 2)
        number = at // self.width
        slot = number % BUCKETS
        held = self._arrays["stamp"]
        if held[key, slot] > number:
            return
        is_fresh = held[key, slot] != number
        held[key, slot] = number
        _ADD[self.window.take](self._arrays, key, slot, at, value, is_fresh)

    def merge(self, key: int, number: int, part: Part) -> None:
        """Count what a question to the table found in the bucket ``number``."""
        while key >= self._size:
            self._grow(self._size * 2)
        slot = number % BUCKETS
        stamps = self._arrays["stamp"]
        if stamps[key, slot] > number:
            return
        is_fresh = stamps[key, slot] != number
        stamps[key, slot] = number
        arrays, take = self._arrays, self.window.take
        if take in ("avg", "count"):
            arrays["count"][key, slot] = part.number + (0 if is_fresh else arrays["count"][key, slot])
        if take == "avg":
            arrays["sum"][key, slot] = part.total + (0 if is_fresh else arrays["sum"][key, slot])
        elif take in ("min", "max"):
            _ADD[take](arrays, key, slot, 0, part.low if take == "min" else part.high, is_fresh)
        elif take == "rate":
            _add_rate(arrays, key, slot, part.first_at, part.first, is_fresh)
            _add_rate(arrays, key, slot, part.last_at, part.last, False)

    def value(self, key: int, at: int) -> float | None:
        """What the window says at a time; None where it holds nothing (a count is then 0)."""
        if key >= self._size:
            return 0.0 if self.window.take == "count" else None
        number = at // self.width
        stamps = self._arrays["stamp"][key]
        held = (stamps > number - BUCKETS) & (stamps <= number)
        if not held.any():
            return 0.0 if self.window.take == "count" else None
        found: float | None = _SAY[self.window.take](self._arrays, key, held)
        return found


def _add_count(arrays: Any, key: int, slot: int, _at: int, _value: float, is_fresh: bool) -> None:
    arrays["count"][key, slot] = 1 if is_fresh else arrays["count"][key, slot] + 1


def _add_avg(arrays: Any, key: int, slot: int, at: int, value: float, is_fresh: bool) -> None:
    _add_count(arrays, key, slot, at, value, is_fresh)
    arrays["sum"][key, slot] = value if is_fresh else arrays["sum"][key, slot] + value


def _add_min(arrays: Any, key: int, slot: int, _at: int, value: float, is_fresh: bool) -> None:
    arrays["edge"][key, slot] = value if is_fresh else min(value, arrays["edge"][key, slot])


def _add_max(arrays: Any, key: int, slot: int, _at: int, value: float, is_fresh: bool) -> None:
    arrays["edge"][key, slot] = value if is_fresh else max(value, arrays["edge"][key, slot])


def _add_rate(arrays: Any, key: int, slot: int, at: int, value: float, is_fresh: bool) -> None:
    if is_fresh or at < arrays["first_at"][key, slot]:
        arrays["first_at"][key, slot], arrays["first"][key, slot] = at, value
    if is_fresh or at >= arrays["last_at"][key, slot]:
        arrays["last_at"][key, slot], arrays["last"][key, slot] = at, value


def _say_avg(arrays: Any, key: int, held: Any) -> float:
    return float(arrays["sum"][key][held].sum() / arrays["count"][key][held].sum())


def _say_rate(arrays: Any, key: int, held: Any) -> float | None:
    """The change in an hour between the oldest and the newest reading; None where they are one."""
    first_at, last_at = (np.where(held, arrays[name][key], 0) for name in ("first_at", "last_at"))
    oldest = int(np.where(held, first_at, np.iinfo(np.int64).max).argmin())
    newest = int(np.where(held, last_at, np.iinfo(np.int64).min).argmax())
    passed = int(last_at[newest] - first_at[oldest])
    if passed <= 0:
        return None
    return float((arrays["last"][key, newest] - arrays["first"][key, oldest]) * HOUR / passed)


_ADD: dict[str, Any] = {
    "avg": _add_avg, "count": _add_count, "min": _add_min, "max": _add_max, "rate": _add_rate,
}  # fmt: skip
_SAY: dict[str, Any] = {
    "avg": _say_avg,
    "rate": _say_rate,
    "count": lambda arrays, key, held: float(arrays["count"][key][held].sum()),
    "min": lambda arrays, key, held: float(arrays["edge"][key][held].min()),
    "max": lambda arrays, key, held: float(arrays["edge"][key][held].max()),
}
