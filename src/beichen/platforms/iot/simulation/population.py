"""Which devices play: one on each invented thing, and more such things where more devices are wanted.

A thing is invented when its code begins with DEMO: nothing real is ever spoken for. Devices are called
``SIM-`` and the thing's code. Tokens lie in a file of the owner's alone, so that a second run goes on as
the same devices.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, islice, zip_longest
from pathlib import Path
from random import Random
from typing import Any

import orjson

from beichen.platforms.iot.codes import NOTHING_TO_PLAY
from beichen.platforms.iot.simulation.house import House
from beichen.problem import Problem, ProblemError

KEY_FILE = "simulator.key"  # in the data folder of a demonstration
INVENTED, PLAYED = "DEMO", "SIM-"
SPREAD = 0.03  # degrees by which a further thing lies beside the one that it is like
LEAST_EVERY = 1


@dataclass(frozen=True, slots=True)
class Thing:
    """An invented object: its code, its place (longitude, latitude) or None, its fields."""

    kind: str
    code: str
    at: tuple[float, float] | None
    fields: Mapping[str, Any]
    entity: Mapping[str, Any]

    @property
    def device(self) -> str:
        """The code of the device that plays it."""
        return PLAYED + "".join(sign if sign.isalnum() or sign in "-_" else "-" for sign in self.code)


def _thing(kind: str, entity: Mapping[str, Any]) -> Thing:
    place = entity.get("location") or {}
    at = tuple(place["coordinates"]) if place.get("type") == "Point" else None
    left_out = ("id", "type", "location", "@context")
    fields = {name: value for name, value in entity.items() if name not in left_out}
    return Thing(kind, entity["id"].rpartition(":")[2], at, fields, entity)


def invented(house: House, declared: Mapping[str, Any]) -> dict[str, list[Thing]]:
    """The invented things of each type that scenes declare, in the order of their codes."""
    found = {}
    for kind in sorted(declared["devices"]):
        rows = (_thing(kind, entity) for entity in house.things(kind))
        found[kind] = sorted((one for one in rows if one.code.startswith(INVENTED)), key=lambda one: one.code)
    return found


def _like(thing: Thing, number: int, dice: Random, measured: set[str]) -> Thing:
    """One more thing, somewhere near; what a thing measures is not said of the new one."""
    code = f"{thing.code[:40]}-X{number:05d}"
    entity: dict[str, Any] = {"id": f"urn:ngsi-ld:{thing.kind}:{code}", "type": thing.kind}
    for name, value in thing.fields.items():
        if name not in measured and not (isinstance(value, str) and value.startswith("urn:")):
            entity[name] = {"type": "Property", "value": value}
    at = thing.at
    if at is not None:
        at = (at[0] + dice.uniform(-SPREAD, SPREAD), at[1] + dice.uniform(-SPREAD, SPREAD))
        entity["location"] = {"type": "GeoProperty", "value": {"type": "Point", "coordinates": list(at)}}
    return Thing(thing.kind, code, at, thing.fields, entity)


def choose(
    things: Mapping[str, list[Thing]], number: int | None, declared: Mapping[str, Any], seed: int
) -> tuple[list[Thing], list[Thing]]:
    """As many things as devices are wanted, all types in turn, and those among them that are new.

    Raises ProblemError IOT-144 when there is not one.
    """
    turns = [one for one in chain.from_iterable(zip_longest(*things.values())) if one is not None]
    if not turns:
        hint = "start with `beichen up --demo`, or install scenes with the setting demo"
        raise ProblemError(
            Problem(NOTHING_TO_PLAY, "there is no thing whose code begins with DEMO", hint=hint)
        )
    models = [one for one in turns if "-X" not in one.code]
    known, dice, wanted = {one.code for one in turns}, Random(seed), number or len(models)  # noqa: S311

    def more() -> Iterator[Thing]:
        count = 0
        while models:
            for one in models:
                yield _like(one, count, dice, set(declared["devices"][one.kind]["measures"]))
            count += 1

    chosen = models[:wanted]
    chosen += islice(more(), wanted - len(chosen))
    return chosen, [one for one in chosen if one.code not in known]


@dataclass(slots=True)
class Memory:
    """What a run leaves to the next: tokens by device, and until when things were played."""

    file: Path
    tokens: dict[str, str] = field(default_factory=dict)
    until: float = 0.0

    @classmethod
    def at(cls, file: Path) -> Memory:
        """What stands in the file; nothing when there is none, or it is broken."""
        try:
            kept = orjson.loads(file.read_bytes())
            return cls(file, dict(kept["tokens"]), float(kept["until"]))
        except (OSError, orjson.JSONDecodeError, KeyError, TypeError, ValueError):
            return cls(file)

    def keep(self) -> None:
        """Write it, for the owner alone."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        new = self.file.with_suffix(".new")
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            out.write(orjson.dumps({"tokens": self.tokens, "until": self.until}))
        new.replace(self.file)


def enrol(
    house: House, declared: Mapping[str, Any], things: list[Thing], every: Mapping[str, float], memory: Memory
) -> None:
    """Register the devices that have no token yet, each in its region and under its scene's owner.

    Each gets a token.
    """
    new = [one for one in things if one.device not in memory.tokens]
    placed = [one for one in new if one.at is not None]
    found = house.regions([one.at or () for one in placed])
    regions = {one.code: region for one, region in zip(placed, found, strict=True)}
    facts = [
        {
            "code": one.device,
            "name": one.fields.get("name") or "",
            "thing": one.entity["id"],
            "region": regions.get(one.code, ""),
            "body": declared["devices"][one.kind]["owner"],
            "group": declared["devices"][one.kind].get("group", ""),
            "every": max(LEAST_EVERY, round(every[one.device])),
        }
        for one in new
    ]
    if facts:
        house.register(facts)
        memory.tokens |= house.tokens([one.device for one in new])
        memory.keep()
