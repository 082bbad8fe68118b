"""Looks at each feature of a file: what is repaired, what is refused, what is kept with a remark, and why."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import blake2b
from typing import Any

import numpy as np
import orjson
import shapely

from beichen.platforms.geo.models import GeometryKind
from beichen.platforms.geo.uploads.found import Piece, Shapes
from beichen.problem import said

Box = tuple[float, float, float, float]
MOST_PLACES = 1_000_000  # positions of one feature
_KINDS = {0: "point", 4: "point", 1: "line", 2: "line", 5: "line", 3: "polygon", 6: "polygon"}
GEOS_FAULTS = {
    str(one): one
    for one in (
        said("self-intersection"),
        said("ring self-intersection"),
        said("nested shells"),
        said("nested holes"),
        said("hole lies outside shell"),
        said("holes are nested"),
        said("interior is disconnected"),
        said("duplicate rings"),
        said("too few points in geometry component"),
        said("invalid coordinate"),
    )
}
"""What GEOS says of shapes that are not valid, in small letters."""
_PARTS = {"point": (0, 4), "line": (1, 2, 5), "polygon": (3, 6)}


class Verdict(StrEnum):
    """What became of a feature about which there is something to say."""

    REPAIRED = "repaired"
    REFUSED = "refused"
    NOTED = "noted"


@dataclass(slots=True)
class Examined:
    """A piece after it was looked at: shapes that stay, and what is said of features by their place."""

    piece: Piece
    said: list[tuple[int, Verdict, str]] = field(default_factory=list)

    def refuse(self, places: Any, reason: str) -> None:
        """Take these out, for one reason."""
        for place in np.flatnonzero(places).tolist():
            self.said.append((place, Verdict.REFUSED, reason))
        self.piece.shapes[places] = None

    def say(self, place: int, verdict: Verdict, reason: str) -> None:
        """Say something of one feature."""
        self.said.append((place, verdict, reason))

    @property
    def left(self) -> Any:
        """Which features have a shape still."""
        return ~shapely.is_missing(self.piece.shapes)


class Examiner:
    """Examines pieces one after another; remembers what it saw, to find what comes twice."""

    def __init__(self, city: Box | None) -> None:
        self._city = city
        self._seen: set[bytes] = set()
        self.kinds: Counter[str] = Counter()

    def examine(self, piece: Piece, brought: Shapes, outside: Any) -> Examined:
        """``brought`` are the piece's shapes in WGS 84; ``outside`` marks those that could not be brought."""
        piece.shapes = brought
        found = Examined(piece)
        for place, reason in piece.faults.items():
            found.say(place, Verdict.REFUSED, reason)
            piece.shapes[place] = None
        for place, reason in piece.mended.items():
            found.say(place, Verdict.REPAIRED, reason)
        known = np.zeros(len(piece.rows), bool)
        known[list(piece.faults)] = True
        found.refuse(~known & ~found.left, said("there is no geometry"))
        found.refuse(found.left & shapely.is_empty(piece.shapes), said("the geometry is empty"))
        found.refuse(found.left & outside, said("the coordinates have no place in WGS 84"))
        too_large = found.left & (shapely.get_num_coordinates(piece.shapes) > MOST_PLACES)
        found.refuse(too_large, said("more than {count} positions", count=MOST_PLACES))
        self._look_where(found)
        self._gather(found)
        self._repair(found)
        self._count(found)
        self._look_twice(found)
        return found

    def _look_where(self, found: Examined) -> None:
        with np.errstate(invalid="ignore"):
            west, south, east, north = shapely.bounds(found.piece.shapes).T
            on_globe = (west >= -180) & (east <= 180) & (south >= -90) & (north <= 90)
            swapped = (south >= -180) & (north <= 180) & (west >= -90) & (east <= 90)
            near = self._near(south, west, north, east)
        swapped_words = said("outside the globe: latitude and longitude look swapped")
        found.refuse(found.left & ~on_globe & swapped & near, swapped_words)
        found.refuse(found.left & ~on_globe, said("outside the globe"))
        if self._city is not None:
            with np.errstate(invalid="ignore"):
                inside = self._near(west, south, east, north)
            for place in np.flatnonzero(found.left & ~inside).tolist():
                found.say(place, Verdict.NOTED, _elsewhere(bool(near[place])))

    def _near(self, west: Any, south: Any, east: Any, north: Any) -> Any:
        """Whether boxes touch the city's; without a city, all do."""
        if self._city is None:
            return np.ones(len(west), bool)
        left, bottom, right, top = self._city
        return (west <= right) & (east >= left) & (south <= top) & (north >= bottom)

    def _gather(self, found: Examined) -> None:
        """Collections become the multi-form of their one kind."""
        shapes = found.piece.shapes
        for place in np.flatnonzero(shapely.get_type_id(shapes) == 7).tolist():
            parts = shapely.get_parts(shapes[place])
            kinds = {_KINDS.get(int(one), "") for one in shapely.get_type_id(parts)}
            if len(kinds) == 1 and "" not in kinds:
                shapes[place] = _joined(parts, kinds.pop())
                found.say(place, Verdict.REPAIRED, said("a collection became one geometry"))
            else:
                shapes[place] = None
                found.say(place, Verdict.REFUSED, said("a collection of several kinds of geometry"))

    def _repair(self, found: Examined) -> None:
        shapes = found.piece.shapes
        for place in np.flatnonzero(found.left & ~shapely.is_valid(shapes)).tolist():
            reason = _fault_of(shapes[place])
            kind = _KINDS[int(shapely.get_type_id(shapes[place]))]
            mended = _mended(shapes[place], kind)
            shapes[place] = mended
            if mended is None:
                found.say(place, Verdict.REFUSED, said("cannot be repaired: {reason}", reason=reason))
            else:
                found.say(place, Verdict.REPAIRED, said("made valid: {reason}", reason=reason))

    def _count(self, found: Examined) -> None:
        numbers, counts = np.unique(shapely.get_type_id(found.piece.shapes[found.left]), return_counts=True)
        for number, count in zip(numbers.tolist(), counts.tolist(), strict=True):
            self.kinds[_KINDS[number]] += count

    def _look_twice(self, found: Examined) -> None:
        shapes = shapely.to_wkb(found.piece.shapes)
        for place in np.flatnonzero(found.left).tolist():
            row = found.piece.rows[place]
            told = orjson.dumps(row, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS, default=str)
            digest = blake2b(
                shapes[place] + told + str(found.piece.keys[place]).encode(), digest_size=8
            ).digest()
            if digest in self._seen:
                found.say(place, Verdict.REFUSED, said("the same feature came before"))
                found.piece.shapes[place] = None
            self._seen.add(digest)


def _elsewhere(is_swapped: bool) -> str:
    if is_swapped:
        return said("outside the city: latitude and longitude look swapped")
    return said("outside the city")


def _fault_of(shape: Any) -> str:
    """Why a shape is not valid, in the words of GEOS, which are translated where they are known."""
    reason = str(shapely.is_valid_reason(shape)).partition("[")[0].strip().lower()
    return GEOS_FAULTS.get(reason, reason)


def _joined(parts: Any, kind: str) -> Any:
    flat = shapely.get_parts(parts)
    return {"point": shapely.multipoints, "line": shapely.multilinestrings, "polygon": shapely.multipolygons}[
        kind
    ](flat)


def _mended(shape: Any, kind: str) -> Any:
    """The shape made valid, of the same kind; None when nothing of it stays."""
    try:
        valid = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    except shapely.errors.GEOSException:
        return None
    parts = shapely.get_parts(shapely.get_parts(valid))
    kept = parts[np.isin(shapely.get_type_id(parts), _PARTS[kind])]
    if not len(kept) or shapely.is_empty(kept).all():
        return None
    return kept[0] if len(kept) == 1 else _joined(kept, kind)


def kind_of(shapes: Any) -> Any:
    """For each shape the kind of layer that it belongs to."""
    return np.array([_KINDS.get(int(one), "") for one in shapely.get_type_id(shapes)], object)


def chief_kind(kinds: Counter[str]) -> GeometryKind | None:
    """The kind that most features have."""
    return GeometryKind(kinds.most_common(1)[0][0]) if kinds else None
