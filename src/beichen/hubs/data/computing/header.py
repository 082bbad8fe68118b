"""The head of an indicator's file: the `--` lines above its SELECT, each entry `key: value`.

Entries stand on lines of their own or two spaces apart. A line `--` with nothing behind it ends the head;
what follows is a comment for whoever reads the SQL.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from beichen.hubs.data.computing import codes
from beichen.hubs.data.computing.periods import WORDS, Unit
from beichen.hubs.data.models import Direction
from beichen.hubs.data.units import is_unit
from beichen.problem import Problem, Where, nearest, said, shorten

KEYS = (
    "zh", "en", "unit", "better", "every", "by", "target", "decimals", "level", "about-zh", "about-en",
)  # fmt: skip
REQUIRED = ("zh", "en", "better", "every")
LEVELS = ("L1", "L2", "L3", "L4")
DECIMALS = tuple("0123456")  # what the column holds
_ENTRY = re.compile(r"(?:(?<=\s\s)|^)\s*(?P<key>[a-z][a-z-]*):(?=\s|$)")
_TARGET = re.compile(r"(?P<sign>>=|<=|>|<|=)\s*(?P<number>-?\d+(\.\d+)?)\Z")
_GROUPING = re.compile(
    r"(?P<names>[a-z_][a-z0-9_]*(?:\s*\+\s*[a-z_][a-z0-9_]*)*)\s*(?:\((?P<every>[^()]*)\))?\Z"
)
_SIGNS: dict[str, Callable[[Decimal, Decimal], bool]] = {
    ">=": Decimal.__ge__, "<=": Decimal.__le__, ">": Decimal.__gt__, "<": Decimal.__lt__, "=": Decimal.__eq__,
}  # fmt: skip
Place = Callable[[int], Where]


@dataclass(frozen=True, slots=True)
class Target:
    """What the city wants of every period: ``>= 95``."""

    sign: str
    number: Decimal

    def is_met(self, value: Decimal) -> bool:
        """Whether ``value`` is as wanted."""
        return _SIGNS[self.sign](value, self.number)

    def __str__(self) -> str:
        return f"{self.sign} {self.number}"


@dataclass(frozen=True, slots=True)
class Grouping:
    """A set of dimensions for which values are computed, and the periods; ``at`` is its place in the file."""

    names: tuple[str, ...]
    every: tuple[Unit, ...]
    at: int = 0

    @property
    def dimension(self) -> str:
        """The dimensions beside the region, as values keep them: ``body``, ``body+event``, or nothing."""
        return "+".join(sorted(name for name in self.names if name != "region"))

    @property
    def is_regional(self) -> bool:
        """Whether each region has values of its own."""
        return "region" in self.names


@dataclass(frozen=True, slots=True)
class Header:
    """What the head says."""

    zh: str
    en: str
    unit: str
    better: Direction
    every: tuple[Unit, ...]
    by: tuple[Grouping, ...]
    target: Target | None = None
    decimals: int = 2
    level: int = 1
    about_zh: str = ""
    about_en: str = ""


def read_target(text: str) -> Target | None:
    """The target that ``text`` says; None when it says none."""
    found = _TARGET.match(text.strip())
    return Target(found["sign"], Decimal(found["number"])) if found else None


class _Reading:
    """One head being read: its entries, and what is wrong with them."""

    def __init__(self, text: str, where: Place) -> None:
        self.where = where
        self.problems: list[Problem] = []
        self.entries: dict[str, tuple[str, int]] = {}
        self.named: set[str] = set()
        for line, start in _lines(text):
            self._line(line, start)

    def fault(self, message: str, at: int, hint: str = "") -> None:
        """Note what is wrong at an offset."""
        self.problems.append(Problem(codes.BAD_HEADER, shorten(message), self.where(at), hint))

    def _line(self, line: str, start: int) -> None:
        found = list(_ENTRY.finditer(line))
        if not found or line[: found[0].start()].strip():
            self.fault(said("the head holds {text!r}", text=line.strip()), start, said("key: value"))
            return
        for number, match in enumerate(found):
            end = found[number + 1].start() if number + 1 < len(found) else len(line)
            self._entry(match["key"], line[match.end() : end].strip(), start + match.start("key"))

    def _entry(self, key: str, value: str, at: int) -> None:
        if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
            value = value[1:-1].strip()
        if key not in KEYS:
            self.fault(said("the head knows no {key}", key=key), at, nearest(key, KEYS))
            return
        if key in self.named:
            self.fault(said("{key} stands twice", key=key), at)
        elif not value:
            self.fault(said("{key} says nothing", key=key), at)
        else:
            self.entries[key] = (value, at)
        self.named.add(key)

    def text(self, key: str, limit: int, default: str = "") -> str:
        """The entry's words."""
        value, at = self.entries.get(key, (default, 0))
        if len(value) > limit:
            self.fault(said("{key} is longer than {limit} characters", key=key, limit=limit), at)
        return value

    def choice(self, key: str, possible: tuple[str, ...], default: str) -> str:
        """The entry's word, one of ``possible``."""
        value, at = self.entries.get(key, (default, 0))
        if value not in possible:
            self.fault(said("{key} is {value!r}", key=key, value=value), at, nearest(value, possible))
            return default
        return value

    def units(self, text: str, at: int) -> tuple[Unit, ...]:
        """Lengths of periods, separated by commas, the shortest first."""
        words = [word.strip() for word in text.split(",")]
        for word in words:
            if word not in WORDS:
                self.fault(said("{word!r} is no length of a period", word=word), at, nearest(word, WORDS))
        return tuple(unit for unit in Unit if unit in words)

    def groupings(self, every: tuple[Unit, ...]) -> tuple[Grouping, ...]:
        """``region, body, region+event (month, year)``; without any, the city as a whole."""
        text, at = self.entries.get("by", ("", 0))
        if not text:
            return (Grouping((), every),)
        found: list[Grouping] = []
        for item in re.split(r",(?![^(]*\))", text):
            match = _GROUPING.match(item.strip())
            if match is None:
                hint = said("such as {example}", example="region, body, region+event (month, year)")
                self.fault(said("{text!r} is no grouping", text=item.strip()), at, hint)
                continue
            names = tuple(name.strip() for name in match["names"].split("+"))
            own = self.units(match["every"], at) if match["every"] is not None else every
            if len(set(names)) < len(names) or any(set(names) == set(one.names) for one in found):
                self.fault(said("{text!r} stands twice", text=item.strip()), at)
            elif not set(own) <= set(every):
                self.fault(said("{text!r} has a period that every: lacks", text=item.strip()), at)
            else:
                found.append(Grouping(names, own, at))
        return tuple(found)


def read_header(text: str, where: Place) -> tuple[Header | None, list[Problem]]:
    """What the head of ``text`` says, or None with everything that is wrong; ``where`` places an offset."""
    reading = _Reading(text, where)
    for key in REQUIRED:
        if key not in reading.named:
            reading.fault(said("the head says no {key}", key=key), 0, f"-- {key}: …")
    unit = reading.text("unit", 30)
    unit = "" if unit == "1" else unit
    if not is_unit(unit):
        hint = said("a unit of units.txt, such as %, 件 or 小时; none for a plain number")
        reading.fault(said("{unit!r} is no unit", unit=unit), reading.entries["unit"][1], hint)
    every = reading.units(*reading.entries["every"]) if "every" in reading.entries else ()
    target = reading.text("target", 40)
    if target and read_target(target) is None:
        hint = said("such as {example}", example=">= 95")
        reading.fault(said("{text!r} is no target", text=target), reading.entries["target"][1], hint)
    header = Header(
        zh=reading.text("zh", 200),
        en=reading.text("en", 300),
        unit=unit,
        better=Direction(reading.choice("better", tuple(Direction.values), "neutral")),
        every=every,
        by=reading.groupings(every),
        target=read_target(target),
        decimals=int(reading.choice("decimals", DECIMALS, "2")),
        level=LEVELS.index(reading.choice("level", LEVELS, "L1")) + 1,
        about_zh=reading.text("about-zh", 2000),
        about_en=reading.text("about-en", 2000),
    )
    return (None if reading.problems else header), reading.problems


def _lines(text: str) -> Iterator[tuple[str, int]]:
    """The lines of the head without their dashes, with their offsets."""
    at = 0
    for line in text.splitlines(keepends=True):
        bare = line.strip()
        if bare and (not bare.startswith("--") or not bare.strip("-").strip()):
            return
        if bare:
            start = line.index("--") + 2
            yield line[start:].rstrip(), at + start
        at += len(line)
