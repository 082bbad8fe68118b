"""The analyses and their peers, once Django is set up; see :mod:`bench.analysis`."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from scipy import sparse
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

from beichen.platforms.geo.analysis import heat, nearness, overlays, reach
from beichen.platforms.geo.analysis.codes import Patience
from beichen.platforms.geo.analysis.features import Features
from beichen.platforms.geo.analysis.plane import Plane
from beichen.platforms.geo.analysis.roads import Mode, Roads, roads_of
from bench.measure import Row, seconds

SIDE = 30_000.0
SIZES = (1_000, 10_000, 100_000)
BLOCK = 150.0
FOREVER = 1e9


def rows() -> list[Row]:
    """Each analysis beside its peer."""
    return [row for size in SIZES for row in _of_size(size)]


def _of_size(size: int) -> Iterator[Row]:
    rng = np.random.default_rng(size)
    points = shapely.points(rng.uniform(0, SIDE, (size, 2)))
    others = shapely.points(rng.uniform(0, SIDE, (max(100, size // 10), 2)))
    corners, sides = (
        rng.uniform(0, SIDE, (2, size // 10 or 1, 2)),
        rng.uniform(150, 600, (2, size // 10 or 1, 1)),
    )
    first, second = (
        shapely.box(*corner.T, *(corner + side).T) for corner, side in zip(corners, sides, strict=True)
    )
    others_tree = cKDTree(shapely.get_coordinates(others))
    coordinates = shapely.get_coordinates(points)
    how = overlays.How.INTERSECTION
    yield _row(
        "within 500 m",
        size,
        lambda: nearness.within(points, others, 500, _patience()),
        lambda: shapely.STRtree(others).query_nearest(points, max_distance=500, all_matches=False),
    )
    yield _row(
        "nearest five",
        size,
        lambda: nearness.nearest(points, others, 5, _patience()),
        lambda: others_tree.query(coordinates, k=5),
    )
    yield _row(
        "overlay, intersection",
        len(first),
        lambda: overlays.overlay(first, second, how, _patience()),
        partial(_bare_intersection, first, second),
    )
    yield _row(
        "density",
        size,
        lambda: heat.density(coordinates, np.ones(size), 800, 100, _patience()),
        partial(_bare_density, coordinates),
    )
    yield _gi(size, rng)
    yield from _roads(size)


def _patience() -> Patience:
    return Patience(FOREVER)


def _row(case: str, size: int, ours: Any, peer: Any, name: str = "bare shapely and scipy") -> Row:
    return Row(case, size, seconds(ours, 3), name, seconds(peer, 3))


def _bare_intersection(first: Any, second: Any) -> Any:
    ours, theirs = shapely.STRtree(second).query(first, predicate="intersects")
    return shapely.intersection(first[ours], second[theirs])


def _bare_density(points: Any) -> Any:
    """For each cell the points within the bandwidth, by scipy's tree."""
    centres = np.stack(np.meshgrid(np.arange(50, SIDE, 100), np.arange(50, SIDE, 100)), axis=-1).reshape(
        -1, 2
    )
    tree = cKDTree(points)
    found = np.zeros(len(centres))
    for start in range(0, len(centres), 2_000):
        part = centres[start : start + 2_000]
        far = cKDTree(part).sparse_distance_matrix(tree, 800, output_type="coo_matrix")
        found[start : start + len(part)] = np.bincount(
            far.row, (1 - (far.data / 800) ** 2) ** 2, minlength=len(part)
        )
    return found


def _gi(size: int, rng: Any) -> Row:
    side = int(size**0.5)
    line, one = sparse.diags([1.0, 1.0], [-1, 1], shape=(side, side)), sparse.identity(side)
    near = sparse.csr_matrix(sparse.kron(line, one) + sparse.kron(one, line))
    values = rng.poisson(4, side * side).astype(float)
    own = sparse.csr_matrix(near + sparse.identity(side * side))
    return _row("hot spots (Gi*)", side * side, lambda: heat.getis_ord(values, near), lambda: own @ values,
                "scipy's product alone")  # fmt: skip


def _town(size: int) -> Roads:
    """About ``size`` edges: streets of a grid, each one line."""
    side = max(3, round((size / 2) ** 0.5))
    steps = np.arange(side) * BLOCK
    across = [shapely.LineString(np.stack([steps, np.full(side, y)], axis=1)) for y in steps]
    along = [shapely.LineString(np.stack([np.full(side, x), steps], axis=1)) for x in steps]
    shapes = Plane(125.32, 43.88).on_globe(np.array([*across, *along], dtype=object))
    keys = np.array([str(number) for number in range(len(shapes))], dtype=object)
    kinds = pa.array(["residential"] * len(shapes))
    return roads_of(Features("town", "Town", keys, shapes, keys, pa.table({"class": kinds}), ""))


def _roads(size: int) -> Iterator[Row]:
    roads = _town(size)
    tails, heads, costs, _edges = roads.open_ways(Mode.WALK)
    matrix = sparse.csr_matrix((costs, (tails, heads)), shape=(len(roads.nodes), len(roads.nodes)))
    middle = int(np.argmin(((roads.nodes - roads.nodes.mean(axis=0)) ** 2).sum(axis=1)))
    corner = int(np.argmin(roads.nodes.sum(axis=1)))
    places = shapely.points(roads.nodes[[middle, corner]])

    def service_area() -> Any:
        found, joined = reach.times(roads, places[:1], Mode.WALK, 15)
        return reach.area_of(reach.reached(roads, found, joined, Mode.WALK, 15), 60, joined, 15)

    def bare_area() -> Any:
        found = dijkstra(matrix, indices=middle, limit=15)
        kept = np.isfinite(found[roads.starts]) & np.isfinite(found[roads.ends])
        ends = np.stack([roads.nodes[roads.starts[kept]], roads.nodes[roads.ends[kept]]], axis=1)
        return shapely.buffer(shapely.multilinestrings(shapely.linestrings(ends)), 60, quad_segs=4)

    yield _row("service area, 15 minutes", len(roads.lengths), service_area, bare_area)
    yield _row(
        "route across",
        len(roads.lengths),
        lambda: reach.way(roads, places[0], places[1], Mode.WALK),
        lambda: dijkstra(matrix, indices=middle, return_predecessors=True),
        "scipy's dijkstra alone",
    )
