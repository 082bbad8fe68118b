"""The road graph: made of a layer of lines, once for each of its revisions.

Every vertex of a line is a node; lines meet where they share a vertex, as OpenStreetMap's do: a bridge over
a road does not. Edges have a length in metres, a class and the directions in which a vehicle may go. Times
are computed for a mode from the speeds of classes.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from beichen.platforms.geo.analysis.codes import BAD_VALUE, refused
from beichen.platforms.geo.analysis.features import Features
from beichen.platforms.geo.analysis.plane import Plane
from beichen.problem import said

if TYPE_CHECKING:
    from scipy import sparse

GRAPHS = 3  # that a process keeps
INSTANT = 1e-9  # minutes: a way of no length would be none to the graph
SAME = 0.2  # metres: vertices nearer than this are one
CLASS_FIELDS, ONEWAY_FIELDS, NAME_FIELDS = ("class", "fclass", "highway"), ("oneway",), ("name",)
FORWARD = {"F", "yes", "true", "1", "True"}  # F and T as Geofabrik's extracts say it
BACKWARD = {"T", "-1", "reverse"}


class Mode(StrEnum):
    """How one goes."""

    WALK = "walk"
    CYCLE = "cycle"
    DRIVE = "drive"


WALKING, CYCLING = 4.8, 15.0  # km/h
DRIVING = {
    "motorway": 80, "motorway_link": 40, "trunk": 60, "trunk_link": 35, "primary": 40, "primary_link": 30,
    "secondary": 35, "secondary_link": 25, "tertiary": 30, "tertiary_link": 20, "unclassified": 25,
    "residential": 20, "living_street": 10, "service": 12, "track": 10,
}  # fmt: skip
OTHER_ROAD = 25
ON_FOOT = {"footway", "pedestrian", "steps", "path", "cycleway"}
NO_FEET = {"motorway", "motorway_link", "trunk_link"}


def speed(kind: str, mode: Mode) -> float:
    """Kilometres an hour on a road of this class; nought where one may not go."""
    if mode == Mode.DRIVE:
        return 0.0 if kind in ON_FOOT else float(DRIVING.get(kind, OTHER_ROAD))
    if kind in NO_FEET:
        return 0.0
    if mode == Mode.CYCLE:
        return WALKING if kind == "steps" else CYCLING
    return WALKING


@dataclass(frozen=True, slots=True)
class Roads:
    """Edges between nodes; a mode's graph is made of them. Nodes are coordinates (n, 2) in metres."""

    plane: Plane
    nodes: Any
    starts: Any
    ends: Any
    lengths: Any
    lines: Any  # of each edge: the number of the line that it is a part of
    kinds: Any
    forward: Any
    backward: Any
    names: list[str]
    lonely: float  # the share of the length that hangs on no other of the largest part
    known: dict[tuple[str, Mode], Any] = field(default_factory=dict)  # what was worked out for a mode before

    def minutes(self, mode: Mode) -> Any:
        """Of each edge: minutes for its length; infinite where one may not go."""
        if ("minutes", mode) not in self.known:
            kinds, numbers = np.unique(self.kinds.astype(str), return_inverse=True)
            speeds = np.array([speed(kind, mode) for kind in kinds.tolist()])[numbers]
            taken = self.lengths / (np.maximum(speeds, 1e-9) * 1000 / 60)
            self.known["minutes", mode] = np.where(speeds > 0, taken, np.inf)
        return self.known["minutes", mode]

    def open_ways(self, mode: Mode) -> tuple[Any, Any, Any, Any]:
        """From, to, minutes and edge of every way that is open: walkers go both ways."""
        if ("ways", mode) not in self.known:
            self.known["ways", mode] = self._open_ways(mode)
        found: tuple[Any, Any, Any, Any] = self.known["ways", mode]
        return found

    def usable(self, mode: Mode) -> tuple[Any, Any]:
        """The edges that are open to the mode, and a tree of them as straight lines, in the same order."""
        if ("usable", mode) not in self.known:
            edges = np.flatnonzero(np.isfinite(self.minutes(mode)))
            ends = np.stack([self.nodes[self.starts[edges]], self.nodes[self.ends[edges]]], axis=1)
            tree = shapely.STRtree(shapely.linestrings(ends))
            tree.query(shapely.Point(0, 0))  # a tree is built when first asked: not by two threads at once
            self.known["usable", mode] = edges, tree
        found: tuple[Any, Any] = self.known["usable", mode]
        return found

    def graph(self, mode: Mode) -> sparse.csr_matrix:
        """Minutes between nodes that a way joins: the quickest of parallel ones, and none of no time."""
        if ("graph", mode) not in self.known:
            from scipy import sparse  # heavy, and not needed by every process

            tails, heads, costs, _edges = self.open_ways(mode)
            order = np.lexsort((costs, heads, tails))
            tails, heads, costs = tails[order], heads[order], costs[order]
            first = np.ones(len(tails), dtype=bool)
            first[1:] = (tails[1:] != tails[:-1]) | (heads[1:] != heads[:-1])
            kept = (np.maximum(costs[first], INSTANT), (tails[first], heads[first]))
            size = len(self.nodes)
            self.known["graph", mode] = sparse.csr_matrix(kept, shape=(size, size))
        found: sparse.csr_matrix = self.known["graph", mode]
        return found

    def _open_ways(self, mode: Mode) -> tuple[Any, Any, Any, Any]:
        minutes = self.minutes(mode)
        is_free = mode != Mode.DRIVE
        there = np.flatnonzero(np.isfinite(minutes) & (self.forward | is_free))
        back = np.flatnonzero(np.isfinite(minutes) & (self.backward | is_free))
        edges = np.concatenate([there, back])
        tails = np.concatenate([self.starts[there], self.ends[back]])
        heads = np.concatenate([self.ends[there], self.starts[back]])
        return tails, heads, minutes[edges], edges


_kept: OrderedDict[str, Roads] = OrderedDict()


def roads_of(features: Features) -> Roads:
    """The roads of a layer of lines; of an unchanged layer the ones that are there."""
    if features.tag and features.tag in _kept:
        _kept.move_to_end(features.tag)
        return _kept[features.tag]
    made = _made(features)
    if features.tag:
        _kept[features.tag] = made
        while len(_kept) > GRAPHS:
            _kept.popitem(last=False)
    return made


def _first(features: Features, names: tuple[str, ...]) -> list[Any]:
    known = next((name for name in names if name in features.table.column_names), None)
    return features.values(known) if known else [None] * len(features)


def _made(features: Features) -> Roads:
    plane = Plane.through(features.shapes)
    parts, of_feature = shapely.get_parts(plane.flat(features.shapes), return_index=True)
    coordinates, of_part = shapely.get_coordinates(parts, return_index=True)
    if len(coordinates) < 2:
        raise refused(BAD_VALUE, said("{layer} has no roads", layer=features.name), "roads")
    _unique, first, numbers = np.unique(
        np.round(coordinates / SAME).astype(np.int64), axis=0, return_index=True, return_inverse=True
    )
    numbers = numbers.ravel()
    joins = np.flatnonzero(of_part[1:] == of_part[:-1])
    starts, ends = numbers[joins], numbers[joins + 1]
    lengths = np.hypot(*(coordinates[joins + 1] - coordinates[joins]).T)
    real = starts != ends
    starts, ends, lengths = starts[real], ends[real], lengths[real]
    lines = of_feature[of_part[joins[real]]]
    oneway = [str(one) for one in _first(features, ONEWAY_FIELDS)]
    forward = np.array([one not in BACKWARD for one in oneway])[lines]
    backward = np.array([one not in FORWARD for one in oneway])[lines]
    kinds = np.array([str(one or "") for one in _first(features, CLASS_FIELDS)], dtype=object)[lines]
    names = [str(one or "") for one in _first(features, NAME_FIELDS)]
    lonely = _lonely(starts, ends, lengths, len(first))
    return Roads(
        plane, coordinates[first], starts, ends, lengths, lines, kinds, forward, backward, names, lonely
    )


def _lonely(starts: Any, ends: Any, lengths: Any, count: int) -> float:
    from scipy import sparse  # heavy, and not needed by every process
    from scipy.sparse.csgraph import connected_components

    matrix = sparse.coo_matrix((np.ones(len(starts)), (starts, ends)), shape=(count, count))
    _number, parts = connected_components(matrix.tocsr(), directed=False)
    total = np.bincount(parts[starts], lengths)
    return float(1 - total.max() / total.sum()) if len(total) else 0.0
