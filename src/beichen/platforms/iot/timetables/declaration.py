"""A timetable as its entry of `timetables.yaml` says it: the file's schema, and one entry read into a value.

by-sun:
  of: lighting-cabinet
  entries:
    - {at: sunset + 10m, order: light, parameters: {mode: "on", level_pct: 100}, wait: 4h}
    - {at: "23:30", order: light, parameters: {mode: "on", level_pct: 50}, days: workdays}
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from typing import Any

from beichen.kernel.scene import vocabulary
from beichen.kernel.scene.durations import DURATION, duration
from beichen.problem import said

SUNRISE, SUNSET = "sunrise", "sunset"
WORKDAYS, REST_DAYS = "workdays", "rest-days"
MOST_ENTRIES = 24
MOST_ASIDE = timedelta(hours=6)  # of the sun
MOST_WAIT = timedelta(hours=24)
_AT = re.compile(r"(?:(\d\d):(\d\d)|(sunrise|sunset)(?: ?([+-]) ?(\d{1,3}[mh]))?)\Z")
_PARAMETER: dict[str, Any] = {"type": ["string", "number", "boolean"]}
ENTRY = vocabulary.record(
    {
        "at": {
            "type": "string",
            "pattern": r"^(([01]\d|2[0-3]):[0-5]\d|(sunrise|sunset)( ?[+-] ?\d{1,3}[mh])?)$",
            "x-form": "a time such as 23:30, sunset or sunrise - 20m",
        },
        "order": vocabulary.KEY,
    },
    {
        "parameters": vocabulary.mapping_of(_PARAMETER, vocabulary.FIELD),
        "days": {"enum": [WORKDAYS, REST_DAYS]},
        "wait": DURATION,
    },
)
TIMETABLES = vocabulary.mapping_of(
    vocabulary.record(
        {
            "name": vocabulary.TEXT,
            "of": vocabulary.KEY,
            "entries": {"type": "array", "minItems": 1, "maxItems": MOST_ENTRIES, "items": ENTRY},
        }
    )
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A command of a timetable: at a time of the clock, or ``aside`` of the sun's rising or setting.

    ``wait`` is how long a device that is away may still answer; None: as long as the command says.
    """

    at: str
    order: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    clock: time | None = None
    sun: str = ""
    aside: timedelta = timedelta()
    days: str = ""
    wait: timedelta | None = None


def read_entry(declared: Mapping[str, Any]) -> Entry:
    """One entry. Raises ValueError for a time, a wait or a distance from the sun that cannot be."""
    text = " ".join(str(declared["at"]).split())
    found = _AT.match(text)
    if found is None:
        raise ValueError(said("{value!r} is no time such as 23:30, sunset or sunrise - 20m", value=text))
    hour, minute, sun, sign, length = found.groups()
    aside = duration(length) if length else timedelta()
    wait = _wait(str(declared.get("wait", "")))
    if aside > MOST_ASIDE:
        raise ValueError(said("at most six hours from the sun's rising or setting"))
    return Entry(
        at=text,
        order=declared["order"],
        parameters=declared.get("parameters", {}),
        clock=time(int(hour), int(minute)) if hour else None,
        sun=sun or "",
        aside=-aside if sign == "-" else aside,
        days=declared.get("days", ""),
        wait=wait,
    )


def _wait(text: str) -> timedelta | None:
    if not text:
        return None
    try:
        wait = duration(text)
    except ValueError:
        wait = timedelta()
    if not timedelta() < wait <= MOST_WAIT:
        raise ValueError(said("a command waits between a second and a day, such as 4h"))
    return wait
