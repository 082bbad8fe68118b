"""One made-up device: what it measures at a moment, what it was told, and what is wrong with it.

The same seed, thing and moments give the same readings. Faults come by chance, each with its mean time
between: ``stuck`` repeats itself, ``drift`` creeps away, ``silent`` says nothing, ``spike`` is one value
far off, ``clock`` tells another time.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Any, NamedTuple

from beichen.platforms.iot.simulation.arithmetic import Worked, worked_out

FAULTS = ("stuck", "drift", "silent", "spike", "clock")
HOUR, MOST_CREEP = 3600.0, 0.3
TOLD = "told_"


@dataclass(frozen=True, slots=True)
class Measured:
    """A measure as a scene declares it: ``form`` of its values, range, formula, the noise beside it."""

    name: str
    form: str
    low: float
    high: float
    value: Worked
    noise: float
    decimals: int

    @classmethod
    def of(cls, name: str, told: Mapping[str, Any]) -> Measured:
        """From what `/api/simulation` says of it."""
        low, high = told["range"] or (-math.inf, math.inf)
        return cls(name, told["form"], low, high, worked_out(told["value"]), told["noise"], told["decimals"])

    @property
    def span(self) -> float:
        """How wide its values lie apart; 1 where nobody says."""
        return self.high - self.low if math.isfinite(self.high - self.low) else 1.0


class Said(NamedTuple):
    """A message: the device's own time (seconds since 1970), its number, its values."""

    at: float
    seq: int
    values: dict[str, Any]

    @property
    def document(self) -> dict[str, Any]:
        """The message as it is published."""
        moment = datetime.fromtimestamp(round(self.at, 3), UTC).isoformat(timespec="milliseconds")
        return {"ts": moment, "seq": self.seq, "values": self.values}


@dataclass(slots=True)
class Machine:
    """A device on a thing with ``fields``; ``faults`` are mean seconds between by kind."""

    code: str
    every: float
    measures: tuple[Measured, ...]
    fields: Mapping[str, Any]
    faults: Mapping[str, float]
    seed: int
    told: dict[str, Any] = field(default_factory=dict)
    _last: dict[str, Any] = field(default_factory=dict)
    _until: dict[str, tuple[float, float]] = field(default_factory=dict)  # fault → end, strength
    _at: float = 0.0
    _seq: int = 0
    _dice: Random = field(default_factory=Random)
    own: float = 0.0

    def __post_init__(self) -> None:
        self._dice = Random(f"{self.seed}:{self.code}")  # noqa: S311 - readings are no secret
        self.own = self._dice.random()

    def obey(self, parameters: Mapping[str, Any]) -> None:
        """Be told a command: its parameters are known to formulas from now on."""
        self.told |= {f"{TOLD}{name}": value for name, value in parameters.items()}

    def says(self, at: float, weather: Mapping[str, Any]) -> Said | None:
        """Its message at a time; None while it is silent."""
        elapsed = min(HOUR, at - self._at) if self._at else self.every
        self._at = at
        spiked = self._befall(at, elapsed)
        values = self._measured(weather, elapsed / HOUR)
        if "silent" in self._until:
            return None
        if "stuck" not in self._until:
            self._last = values
        shown = self._disturbed(dict(self._last), at, spiked)
        self._seq += 1
        skew = self._until["clock"][1] if "clock" in self._until else 0.0
        return Said(at + skew, self._seq, shown) if shown else None

    def _befall(self, at: float, elapsed: float) -> bool:
        """Let faults begin and end; whether this very message has a spike."""
        self._until = {kind: one for kind, one in self._until.items() if one[0] > at}
        spiked = False
        for kind in FAULTS:
            between = self.faults.get(kind, 0.0)
            chance, strength, length = (self._dice.random() for _each in range(3))
            if not between or chance > elapsed / between:
                continue
            if kind == "spike":
                spiked = True
            elif kind not in self._until:
                strength = strength * 400 - 200 if kind == "clock" else strength * 2 - 1
                self._until[kind] = (at + (0.5 + 5 * length) * HOUR, strength)
        return spiked

    def _measured(self, weather: Mapping[str, Any], hours: float) -> dict[str, Any]:
        known = {**weather, **self.fields, "own": self.own, "elapsed_h": hours, **self.told}
        values: dict[str, Any] = {}
        for one in self.measures:
            known["last"] = self._last.get(one.name, self.fields.get(one.name))
            value = one.value(known)
            noise = self._dice.gauss(0, one.noise) if one.noise else 0.0
            if value is None:
                continue
            values[one.name] = known[one.name] = _fitted(one, value, noise)
        return values

    def _disturbed(self, values: dict[str, Any], at: float, spiked: bool) -> dict[str, Any]:
        for one in self.measures:
            value = values.get(one.name)
            if one.form not in ("number", "integer") or value is None:
                continue
            if "drift" in self._until:
                end, strength = self._until["drift"]
                grown = 1 - min(1.0, (end - at) / (6 * HOUR))
                value += strength * grown * MOST_CREEP * min(one.span, abs(value) + 1)
                value = min(one.high, max(one.low, value))
            if spiked:
                value += one.span * 3
            values[one.name] = _plain(one, value)
        return values


def _plain(one: Measured, value: float) -> float | int:
    return round(value) if one.form == "integer" else round(float(value), one.decimals)


def _fitted(one: Measured, value: Any, noise: float) -> Any:
    """A value in its form and range."""
    if one.form == "boolean":
        return bool(value)
    if one.form == "text" or not isinstance(value, (int, float)):
        return str(value)
    return _plain(one, min(one.high, max(one.low, value + noise)))
