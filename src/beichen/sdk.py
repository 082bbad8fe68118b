"""What a scene's Python stands on: the only module of Beichen that a `model.py` may import.

A model is a function of what is known now (:class:`Inputs`) that answers what will be and what somebody must
know (:class:`Answer`). It runs in a process of its own without a database, a network or secrets, and is ended
at its limits. Everything here is a value; times have an offset; values of measures are in the units that
`objects.yaml` states for them.

    @model
    def level_in_an_hour(inputs: Inputs) -> Answer:
        return Answer([Forecast(one.code, "level_m", inputs.now + HOUR, one.latest["level_m"].value)
                       for one in inputs.of("manhole") if "level_m" in one.latest])
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

__all__ = [
    "Answer",
    "Finding",
    "Forecast",
    "Function",
    "Inputs",
    "NotEnough",
    "Reading",
    "Thing",
    "is_model",
    "model",
]


class Reading(NamedTuple):
    """A value that was measured at a time. A truth is 0 or 1."""

    at: datetime
    value: float


@dataclass(frozen=True, slots=True)
class Thing:
    """An object of the registry: ``fields`` as its type declares them, ``relations`` with codes of other
    objects, ``latest`` its newest values by measure, ``series`` past readings in the order of their times.

    ``longitude`` and ``latitude`` are WGS 84, None for a thing that has no point.
    """

    code: str
    type: str
    name: str = ""
    longitude: float | None = None
    latitude: float | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    relations: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    latest: Mapping[str, Reading] = field(default_factory=dict)
    series: Mapping[str, tuple[Reading, ...]] = field(default_factory=dict)

    def related(self, relation: str) -> str:
        """The code of the first object that the relation names; empty for none."""
        return next(iter(self.relations.get(relation, ())), "")

    def number(self, name: str, otherwise: float) -> float:
        """A field as a number, or ``otherwise`` where it says none."""
        value = self.fields.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return otherwise
        return float(value)

    def fresh(self, measure: str, now: datetime, within: timedelta) -> float | None:
        """The newest value of a measure that is no older than ``within``, or None."""
        found = self.latest.get(measure)
        return found.value if found is not None and now - found.at <= within else None


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a run is given. ``now`` is the time for which it is asked; no reading is newer.

    ``folder`` is empty, the run's own, and gone after it: for engines that read and write files.
    """

    now: datetime
    horizon: timedelta
    things: tuple[Thing, ...]
    folder: Path
    parameters: Mapping[str, float] = field(default_factory=dict)

    def of(self, kind: str) -> Iterator[Thing]:
        """The things of a type, by code."""
        return (one for one in self.things if one.type == kind)

    def by_code(self) -> dict[str, Thing]:
        """All things by their code."""
        return {one.code: one for one in self.things}


@dataclass(frozen=True, slots=True)
class Forecast:
    """The expected ``value`` of a thing's measure ``at`` a time after now; four of five values are expected
    between ``low`` and ``high`` where they are said."""

    thing: str
    measure: str
    at: datetime
    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that somebody must know of a thing: an event of a type that `models.yaml` declares.

    It stands as long as runs name it and is over when two in a row do not. ``values`` are told with it, each
    under its name, so that a kind of event that asks for one is answered.
    """

    thing: str
    type: str
    zh: str
    en: str
    values: Mapping[str, float | str | bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a run says. ``figures`` are numbers about the run itself, such as an error of continuity."""

    forecasts: Sequence[Forecast] = ()
    findings: Sequence[Finding] = ()
    figures: Mapping[str, float] = field(default_factory=dict)


class NotEnough(Exception):  # noqa: N818 - it is no error of the model
    """Raised by a model that cannot compute from what it is given; both texts are shown to people."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


Function = Callable[[Inputs], Answer]


def model(function: Function) -> Function:
    """Mark a function as one that `models.yaml` may name."""
    function.__is_model__ = True  # type: ignore[attr-defined]
    return function


def is_model(function: Any) -> bool:
    """Whether a function was marked so."""
    return callable(function) and getattr(function, "__is_model__", False) is True
