"""Windows: numbers over the past of a thing or a group, kept as sums of buckets and never rescanned.

A window is cut into sixty buckets; at a reading it holds the bucket of that reading and the fifty-nine
before, so it reaches back between 59/60 and all of its time. A reading that comes late goes into its own
bucket while that is still held. Of a group more buckets are held, because the clocks of its things differ: it
is known as of any time up to ten minutes before its newest. Memory: sixty buckets of 16 to 40 bytes for each
thing and window.

The ``rate`` of a thing is its change between the oldest and the newest reading held, in an hour. That of a
group is the sum of its things' changes from reading to reading over the sum of the times between.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from beichen.platforms.iot.rules.declaration import SECOND, Window

BUCKETS = 60
HOUR = 3_600_000_000
NEVER = np.iinfo(np.int64).min // 2
APART = 600 * SECOND  # how far the clocks of a group's things may be apart: twice what treatment lets pass
STEPS = "steps"  # how a group's rate is kept
_FIRST, _LAST = np.iinfo(np.int64).max, np.iinfo(np.int64).min
_FRESH: dict[str, tuple[Any, Any]] = {
    "count": (np.int64, 0), "sum": (np.float64, 0.0),
    "low": (np.float64, np.inf), "high": (np.float64, -np.inf),
    "first_at": (np.int64, _FIRST), "last_at": (np.int64, _LAST), "first": (np.float64, 0.0),
    "last": (np.float64, 0.0), "change": (np.float64, 0.0), "span": (np.int64, 0),
}  # fmt: skip
_KEPT: dict[str, tuple[str, ...]] = {
    "avg": ("count", "sum"), "count": ("count",), "min": ("low",), "max": ("high",),
    "rate": ("first_at", "last_at", "first", "last"), STEPS: ("change", "span"),
}  # fmt: skip


class Buckets:
    """The buckets of one window for many keys (things, or groups), which are numbered from zero."""

    def __init__(self, window: Window) -> None:
        self.window = window
        self.width = max(1, window.over // BUCKETS)
        self.form = STEPS if window.take == "rate" and window.by else window.take
        self.held = BUCKETS + (APART // self.width + 2 if window.by else 0)
        self._size = 0
        self._arrays: dict[str, Any] = {}
        self._grow(64)

    def _grow(self, size: int) -> None:
        """Make room for ``size`` keys."""
        before, self._size = self._size, size
        fresh = {"stamp": np.full((size, self.held), NEVER, np.int64)}
        for name in _KEPT[self.form]:
            kind, start = _FRESH[name]
            fresh[name] = np.full((size, self.held), start, kind)
        for name, array in fresh.items():
            if before:
                array[:before] = self._arrays[name]
        self._arrays = fresh

    def _slot(self, key: int, number: int) -> int | None:
        """The slot of a bucket, emptied of what it held before; None for one that is no longer held."""
        while key >= self._size:
            self._grow(self._size * 2)
        slot = number % self.held
        stamps = self._arrays["stamp"]
        if stamps[key, slot] > number:
            return None
        if stamps[key, slot] != number:
            stamps[key, slot] = number
            for name in _KEPT[self.form]:
                self._arrays[name][key, slot] = _FRESH[name][1]
        return slot

    def add(self, key: int, at: int, value: float) -> None:
        """Count a reading; one whose bucket is no longer held counts nothing."""
        slot = self._slot(key, at // self.width)
        if slot is not None:
            _ADD[self.form](self._arrays, key, slot, at, value)

    def step(self, key: int, at: int, change: float, span: int) -> None:
        """Count a change that a thing of the group made up to ``at`` in ``span`` microseconds."""
        slot = self._slot(key, at // self.width)
        if slot is not None:
            self._arrays["change"][key, slot] += change
            self._arrays["span"][key, slot] += span

    def merge(self, keys: Any, numbers: Any, parts: Mapping[str, Any]) -> None:
        """Count what a question to the table found: of each row the key, the bucket's number, and arrays with
        what such buckets keep; a key and bucket may come in several rows."""
        if not len(keys):
            return
        while int(keys.max()) >= self._size:
            self._grow(self._size * 2)
        stamps = self._arrays["stamp"]
        newest = stamps.max(axis=1)
        np.maximum.at(newest, keys, numbers)
        # Of two buckets for one slot the newer is held; what is left of a slot's rows is one bucket's.
        is_held = numbers > newest[keys] - self.held
        keys, numbers = keys[is_held], numbers[is_held]
        cells = (keys, numbers % self.held)
        is_fresh = stamps[cells] != numbers
        stamps[cells] = numbers
        for name in _KEPT[self.form]:
            self._arrays[name][keys[is_fresh], cells[1][is_fresh]] = _FRESH[name][1]
        for name, unite in _MERGE[self.form].items():
            unite(self._arrays, name, cells, {each: array[is_held] for each, array in parts.items()})

    def value(self, key: int, at: int) -> float | None:
        """What the window says at a time; None where it holds nothing (a count is then 0), and where the
        time is so long past that what a group did then is held no more."""
        if key >= self._size:
            return 0.0 if self.form == "count" else None
        number = at // self.width
        stamps = self._arrays["stamp"][key]
        if self.window.by and number - BUCKETS < int(stamps.max()) - self.held:
            return None
        held = (stamps > number - BUCKETS) & (stamps <= number)
        if not held.any():
            return 0.0 if self.form == "count" else None
        found: float | None = _SAY[self.form](self._arrays, key, held)
        return found


def _add_count(arrays: Any, key: int, slot: int, _at: int, _value: float) -> None:
    arrays["count"][key, slot] += 1


def _add_avg(arrays: Any, key: int, slot: int, _at: int, value: float) -> None:
    arrays["count"][key, slot] += 1
    arrays["sum"][key, slot] += value


def _add_min(arrays: Any, key: int, slot: int, _at: int, value: float) -> None:
    arrays["low"][key, slot] = min(value, arrays["low"][key, slot])


def _add_max(arrays: Any, key: int, slot: int, _at: int, value: float) -> None:
    arrays["high"][key, slot] = max(value, arrays["high"][key, slot])


def _add_rate(arrays: Any, key: int, slot: int, at: int, value: float) -> None:
    if at < arrays["first_at"][key, slot]:
        arrays["first_at"][key, slot], arrays["first"][key, slot] = at, value
    if at >= arrays["last_at"][key, slot]:
        arrays["last_at"][key, slot], arrays["last"][key, slot] = at, value


def _sum(arrays: Any, name: str, cells: Any, parts: Mapping[str, Any]) -> None:
    np.add.at(arrays[name], cells, parts[name])


def _lowest(arrays: Any, name: str, cells: Any, parts: Mapping[str, Any]) -> None:
    np.minimum.at(arrays[name], cells, parts[name])


def _highest(arrays: Any, name: str, cells: Any, parts: Mapping[str, Any]) -> None:
    np.maximum.at(arrays[name], cells, parts[name])


def _end(arrays: Any, name: str, cells: Any, parts: Mapping[str, Any]) -> None:
    """The first or the last reading of buckets."""
    unite = _lowest if name == "first" else _highest
    unite(arrays, f"{name}_at", cells, parts)
    is_it = arrays[f"{name}_at"][cells] == parts[f"{name}_at"]
    arrays[name][cells[0][is_it], cells[1][is_it]] = parts[name][is_it]


def _say_avg(arrays: Any, key: int, held: Any) -> float:
    return float(arrays["sum"][key][held].sum() / arrays["count"][key][held].sum())


def _say_rate(arrays: Any, key: int, held: Any) -> float | None:
    """The change in an hour between the oldest and the newest reading; None where they are one."""
    oldest = int(np.where(held, arrays["first_at"][key], _FIRST).argmin())
    newest = int(np.where(held, arrays["last_at"][key], _LAST).argmax())
    passed = int(arrays["last_at"][key, newest] - arrays["first_at"][key, oldest])
    if passed <= 0:
        return None
    return float((arrays["last"][key, newest] - arrays["first"][key, oldest]) * HOUR / passed)


def _say_steps(arrays: Any, key: int, held: Any) -> float | None:
    span = int(arrays["span"][key][held].sum())
    return float(arrays["change"][key][held].sum() * HOUR / span) if span else None


_ADD: dict[str, Any] = {
    "avg": _add_avg, "count": _add_count, "min": _add_min, "max": _add_max, "rate": _add_rate,
}  # fmt: skip
_MERGE: dict[str, dict[str, Any]] = {
    "avg": {"count": _sum, "sum": _sum},
    "count": {"count": _sum},
    "min": {"low": _lowest},
    "max": {"high": _highest},
    "rate": {"first": _end, "last": _end},
    STEPS: {"change": _sum, "span": _sum},
}
_SAY: dict[str, Any] = {
    "avg": _say_avg,
    "rate": _say_rate,
    STEPS: _say_steps,
    "count": lambda arrays, key, held: float(arrays["count"][key][held].sum()),
    "min": lambda arrays, key, held: float(arrays["low"][key][held].min()),
    "max": lambda arrays, key, held: float(arrays["high"][key][held].max()),
}
