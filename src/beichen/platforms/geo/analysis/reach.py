"""How far one comes on the roads: reached parts for service areas, and the quickest way between places.

A place is joined to the nearest point of a road that the mode may use, at most :data:`SNAP` metres away, and
the way to it is walked in a straight line.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from beichen.platforms.geo.analysis.codes import UNREACHED, refused
from beichen.platforms.geo.analysis.roads import INSTANT, WALKING, Mode, Roads
from beichen.problem import said

if TYPE_CHECKING:
    from scipy import sparse

SNAP = 400.0
FOOT = WALKING * 1000 / 60  # metres a minute
NONE = -9999
AT = 1e-6  # of an edge: a place so near its end is at the crossing


@dataclass(frozen=True, slots=True)
class _Joined:
    """Places joined to roads: of each its edge, where on it (0 to 1), and the minutes on foot to it."""

    edges: Any
    along: Any
    minutes: Any
    spots: Any
    is_near: Any


def join(roads: Roads, places: Any, mode: Mode) -> _Joined:
    """Where ``places`` (points in the roads' plane) meet the roads that ``mode`` may use."""
    usable, tree = roads.usable(mode)
    found, far = tree.query_nearest(places, max_distance=SNAP, return_distance=True, all_matches=False)
    edges = np.full(len(places), -1)
    off = np.full(len(places), np.inf)
    along = np.zeros(len(places))
    edges[found[0]] = usable[found[1]]
    off[found[0]] = far
    along[found[0]] = shapely.line_locate_point(tree.geometries[found[1]], places[found[0]], normalized=True)
    is_near = edges >= 0
    start, end = roads.nodes[roads.starts[edges]], roads.nodes[roads.ends[edges]]
    spots = start + (end - start) * along[:, None]
    return _Joined(edges, along, off / FOOT, spots, is_near)


def _ways_of(
    roads: Roads, joined: _Joined, mode: Mode, minutes: Any, *, outward: bool
) -> tuple[Any, Any, Any]:
    """Joined places to the ends of their edges (outward), or from them: place, node, minutes."""
    is_free = mode != Mode.DRIVE
    places, nodes, costs = [], [], []
    numbers = np.flatnonzero(joined.is_near)
    edges = joined.edges[numbers]
    whole, along, foot = minutes[edges], joined.along[numbers], joined.minutes[numbers]
    # At a crossing one is there already, whichever way the edge leads.
    to_end = (roads.forward if outward else roads.backward)[edges] | is_free | (along > 1 - AT)
    to_start = (roads.backward if outward else roads.forward)[edges] | is_free | (along < AT)
    for open_, node, part in ((to_end, roads.ends[edges], 1 - along), (to_start, roads.starts[edges], along)):
        places.append(numbers[open_])
        nodes.append(node[open_])
        costs.append((foot + whole * part)[open_])
    return np.concatenate(places), np.concatenate(nodes), np.concatenate(costs)


def _leaving(graph: sparse.csr_matrix, nodes: Any, costs: Any) -> sparse.csr_matrix:
    """The graph with one node more, the last, from which ways of these costs lead to ``nodes``."""
    from scipy import sparse  # heavy, and not needed by every process

    order = np.lexsort((costs, nodes))
    nodes, costs = nodes[order], costs[order]
    first = np.ones(len(nodes), dtype=bool)
    first[1:] = nodes[1:] != nodes[:-1]
    data = np.append(graph.data, np.maximum(costs[first], INSTANT))
    row = (np.append(graph.indices, nodes[first]), np.append(graph.indptr, len(data)))
    return sparse.csr_matrix((data, *row), shape=(graph.shape[0] + 1, graph.shape[0] + 1))


def times(roads: Roads, places: Any, mode: Mode, limit: float) -> tuple[Any, _Joined]:
    """Minutes from the nearest of ``places`` to each node (infinite beyond ``limit``); how each joins."""
    from scipy.sparse.csgraph import dijkstra  # heavy, and not needed by every process

    minutes = roads.minutes(mode)
    joined = join(roads, places, mode)
    count = len(roads.nodes)
    _sources, nodes, first = _ways_of(roads, joined, mode, minutes, outward=True)
    # One node for all places: the nearest counts.
    found = dijkstra(_leaving(roads.graph(mode), nodes, first), indices=count, limit=limit)
    return found[:count], joined


def reached(roads: Roads, times_: Any, joined: _Joined, mode: Mode, limit: float) -> Any:
    """The parts of roads that are reached within ``limit`` minutes, as lines in the plane."""
    minutes = roads.minutes(mode)
    is_free = mode != Mode.DRIVE
    left_start = np.where(roads.forward | is_free, limit - times_[roads.starts], -np.inf)
    left_end = np.where(roads.backward | is_free, limit - times_[roads.ends], -np.inf)
    with np.errstate(invalid="ignore"):
        from_start = np.clip(np.nan_to_num(left_start / minutes, nan=0.0, neginf=0.0), 0, 1)
        from_end = np.clip(np.nan_to_num(left_end / minutes, nan=0.0, neginf=0.0), 0, 1)
    is_open = np.isfinite(minutes)
    whole = is_open & (from_start + from_end >= 1)
    start, end = roads.nodes[roads.starts], roads.nodes[roads.ends]
    some_start = is_open & ~whole & (from_start > 0)
    some_end = is_open & ~whole & (from_end > 0)
    pieces = [
        *_about(roads, joined, minutes, is_free, limit),
        np.stack([start[whole], end[whole]], axis=1),
        np.stack([start[some_start], (start + (end - start) * from_start[:, None])[some_start]], axis=1),
        np.stack([end[some_end], (end - (end - start) * from_end[:, None])[some_end]], axis=1),
    ]
    return shapely.linestrings(np.concatenate(pieces))


def _about(roads: Roads, joined: _Joined, minutes: Any, is_free: bool, limit: float) -> list[Any]:
    """The parts of their own edges that places reach: an edge may be longer than anyone comes."""
    places = np.flatnonzero(joined.is_near & (joined.minutes < limit))
    edges, along = joined.edges[places], joined.along[places]
    part = (limit - joined.minutes[places]) / minutes[edges]
    start, end = roads.nodes[roads.starts[edges]], roads.nodes[roads.ends[edges]]
    ahead = np.where(roads.forward[edges] | is_free, np.minimum(along + part, 1), along)
    behind = np.where(roads.backward[edges] | is_free, np.maximum(along - part, 0), along)
    first, last = (start + (end - start) * at[:, None] for at in (behind, ahead))
    return [np.stack([first, last], axis=1)]


def area_of(lines: Any, width: float, joined: _Joined, limit: float) -> Any:
    """The area within ``width`` metres of the reached lines, and of the places where they were joined."""
    spots = joined.spots[joined.is_near & (joined.minutes <= limit)]
    # Merged and buffered one by one: thirty times as fast as the buffer of all lines at once.
    merged = shapely.get_parts(shapely.line_merge(shapely.union_all(lines, grid_size=0.01)))
    return shapely.union_all(shapely.buffer(np.append(merged, shapely.points(spots)), width, quad_segs=4))


@dataclass(frozen=True, slots=True)
class Way:
    """The quickest way: its line in the plane, metres, minutes, its roads with the metres on each."""

    line: Any
    length: float
    minutes: float
    steps: list[tuple[str, float]]


def way(roads: Roads, start: Any, end: Any, mode: Mode) -> Way:
    """From one point to another. Raises ProblemError GEO-646 where no road is near, or none leads there."""
    from scipy.sparse.csgraph import dijkstra  # heavy, and not needed by every process

    minutes = roads.minutes(mode)
    joined = join(roads, np.array([start, end]), mode)
    for place, name in enumerate(("from", "to")):
        if not joined.is_near[place]:
            message = said("no road within {most} m", most=int(SNAP))
            raise refused(UNREACHED, message, name)
    tails, heads, costs, edges = roads.open_ways(mode)
    count = len(roads.nodes)
    out = _ways_of(roads, joined, mode, minutes, outward=True)
    back = _ways_of(roads, joined, mode, minutes, outward=False)
    leaving, arriving = out[0] == 0, back[0] == 1
    direct = _on_one_edge(roads, joined, mode, minutes)
    matrix = _leaving(roads.graph(mode), out[1][leaving], out[2][leaving])
    found, before = dijkstra(matrix, indices=count, return_predecessors=True)
    ends, totals = back[1][arriving], found[back[1][arriving]] + back[2][arriving]
    taken = float(totals.min(initial=np.inf))
    if direct is not None and direct.minutes <= taken:
        return direct
    if not np.isfinite(taken):
        raise refused(UNREACHED, said("no way leads there"), "to")
    nodes = _back_from(before, int(ends[totals.argmin()]))
    on_way = np.isin(tails, nodes)
    ways = zip(tails[on_way], heads[on_way], costs[on_way], edges[on_way], strict=True)
    quickest = {(t, h): (c, e) for t, h, c, e in sorted(ways, key=lambda one: -one[2])}
    return _way(roads, joined, nodes, quickest, taken)


def _back_from(before: Any, node: int) -> list[int]:
    """The nodes up to this one, in the order of the way."""
    nodes = []
    at = node
    while at != NONE:
        nodes.append(int(at))
        at = before[at]
    return nodes[-2::-1]  # without the place it begins at


def _on_one_edge(roads: Roads, joined: _Joined, mode: Mode, minutes: Any) -> Way | None:
    """The way along the one edge that both places are joined to."""
    first, last = joined.edges
    if first != last:
        return None
    ahead = joined.along[1] >= joined.along[0]
    if mode == Mode.DRIVE and not (roads.forward if ahead else roads.backward)[first]:
        return None
    part = abs(joined.along[1] - joined.along[0])
    length = float(part * roads.lengths[first])
    total = float(part * minutes[first] + joined.minutes.sum())
    line = shapely.linestrings(joined.spots)
    return Way(line, length, total, [(roads.names[roads.lines[first]], length)])


def _way(roads: Roads, joined: _Joined, nodes: list[int], quickest: dict[Any, Any], minutes: float) -> Way:
    line = shapely.linestrings(np.vstack([joined.spots[0], roads.nodes[nodes], joined.spots[1]]))
    edges = [
        joined.edges[0],
        *(quickest[pair][1] for pair in pairwise(nodes)),
        joined.edges[1],
    ]
    corners = shapely.get_coordinates(line)
    lengths = np.hypot(*np.diff(corners, axis=0).T)
    steps: list[tuple[str, float]] = []
    for edge, length in zip(edges, lengths, strict=True):
        name = roads.names[roads.lines[edge]]
        if steps and steps[-1][0] == name:
            steps[-1] = (name, steps[-1][1] + float(length))
        else:
            steps.append((name, float(length)))
    return Way(line, float(lengths.sum()), minutes, steps)
