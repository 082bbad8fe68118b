"""How well an address of the library answers what was written: part by part, with the reasons.

Each part that was written weighs; it agrees wholly, nearly or not. The score is the share that agrees, from
0 to 1. What the library says beyond what was asked costs a little, so that a compound is found before one
of its buildings.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from rapidfuzz.distance import Indel
from rapidfuzz.fuzz import partial_ratio

from beichen.platforms.geo.addresses.parts import Parts


class Known(NamedTuple):
    """An address of the library, as far as matching looks at it."""

    code: str
    text: str
    name: str
    region: str
    path: str
    road: str
    number: str
    first_number: int | None
    estate: str
    building: str
    unit: str
    room: str
    door: str
    longitude: float
    latitude: float


COLUMNS = (
    "code",
    "text",
    "name",
    "region__code",
    "region__path",
    "road",
    "number",
    "first_number",
    "estate",
    "building",
    "unit",
    "room",
    "door",
    "longitude",
    "latitude",
)


class Reason(NamedTuple):
    """How a part agrees: ``same``, ``like``, ``near``, ``missing`` in the library, or ``other``."""

    part: str
    how: str
    found: str = ""


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate with its score and why."""

    known: Known
    score: float
    reasons: tuple[Reason, ...]


_WEIGHTS = {
    "crossing": 7.0,
    "number": 4.0,
    "estate": 4.0,
    "road": 3.0,
    "building": 3.0,
    "room": 1.0,
    "county": 1.0,
}
_SHARES = {"same": 1.0, "like": 0.85, "near": 0.6, "missing": 0.35, "other": 0.0}
_EXTRA = 0.02
_BESIDE_AN_ESTATE = 2.0
_LIKE, _NEAR = 0.8, 0.6


def scored(parts: Parts, known: Known) -> Scored:
    """The score of one candidate."""
    asked, agreed, reasons = 0.0, 0.0, []
    for reason in _reasons(parts, known):
        weight = _WEIGHTS[reason.part]
        if reason.part == "crossing" and parts.estate:
            weight = _BESIDE_AN_ESTATE  # where a compound is named, the junction says only where to turn
        asked += weight
        agreed += weight * _SHARES[reason.how]
        reasons.append(reason)
    extra = sum(
        1 for name in ("building", "unit", "room") if getattr(known, name) and not getattr(parts, name)
    )
    extra += bool(known.name and known.name not in parts.text and not parts.estate)
    score = agreed / asked if asked else 0.0
    return Scored(known, max(0.0, score - _EXTRA * extra), tuple(reasons))


def _reasons(parts: Parts, known: Known) -> Iterator[Reason]:
    if parts.crossing and not parts.number:
        yield Reason("crossing", "same" if known.door == parts.door else "other", known.text)
    elif parts.road:
        yield from _road(parts, known)
    if parts.estate:
        yield Reason("estate", _name(parts.estate, known), known.name or known.estate)
    for name in ("building", "room"):
        wanted, has = getattr(parts, name), getattr(known, name)
        if wanted:
            yield Reason(name, _plain(wanted, has), has)
    if parts.county:
        yield Reason("county", "same" if f"/{parts.county}/" in known.path else "other", known.region)


def _road(parts: Parts, known: Known) -> Iterator[Reason]:
    if known.road == parts.road:
        how = "same"
    elif known.road in parts.within:
        how = "like"
    else:
        how = "other" if known.road else "missing"
    # A building is the same whichever of its streets was named, if the compound is.
    if how == "other" and parts.estate and _name(parts.estate, known) == "same":
        how = "near"
    yield Reason("road", how, known.road)
    if parts.number:
        yield Reason("number", _number(parts, known), known.number)


def _number(parts: Parts, known: Known) -> str:
    if known.number == parts.number:
        return "same"
    head = parts.number.partition("-")[0]
    return "near" if head and known.number.partition("-")[0] == head else "other"


def _name(asked: str, known: Known) -> str:
    """How a name of a compound or a place agrees with both that the library has."""
    names = [name for name in (known.estate, known.name) if name]
    if not names:
        return "missing"
    if asked in names:
        return "same"
    likeness = max(Indel.normalized_similarity(asked, name) for name in names)
    if likeness >= _LIKE or any(_holds(asked, name) for name in names):
        return "like"
    return "near" if likeness >= _NEAR else "other"


def _holds(asked: str, name: str) -> bool:
    """Whether one is written within the other, and long enough to mean it."""
    shorter = min(len(asked), len(name))
    return shorter >= 3 and partial_ratio(asked, name) >= 99


def _plain(wanted: str, has: str) -> str:
    return "same" if wanted == has else "missing" if not has else "other"


def known_of(row: tuple[Any, ...]) -> Known:
    """A row of :data:`COLUMNS`; addresses outside of every region have an empty one."""
    code, text, name, region, path, *rest = row
    return Known(code, text, name, region or "", path or "", *rest)
