"""What lies near: everything within a distance, and the nearest few of each."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from beichen.platforms.geo.analysis.codes import Patience

CHUNK = 5_000
FIRST_REACH = 200.0  # metres that are looked round first, for what is no point
FARTHEST = 2_000_000.0
TOUCHING = 1e-6  # the tree wants a distance above nought


def within(shapes: Any, around: Any, distance: float, patience: Patience) -> tuple[Any, Any, Any]:
    """Which of ``shapes`` lie within ``distance`` metres of ``around``: numbers, distances, the nearest.

    All shapes are in one plane. A shape that touches or lies in an area is at distance nought.
    """
    tree = shapely.STRtree(around)
    numbers, nearest, distances = [], [], []
    for start in range(0, len(shapes), CHUNK):
        patience.at(start / len(shapes))
        found, far = tree.query_nearest(
            shapes[start : start + CHUNK],
            max_distance=max(distance, TOUCHING),
            return_distance=True,
            all_matches=False,
        )
        near = far <= distance
        numbers.append(found[0][near] + start)
        nearest.append(found[1][near])
        distances.append(far[near])
    if not numbers:
        return np.array([], dtype=int), np.array([]), np.array([], dtype=int)
    return np.concatenate(numbers), np.concatenate(distances), np.concatenate(nearest)


def nearest(shapes: Any, others: Any, k: int, patience: Patience) -> tuple[Any, Any, Any]:
    """The ``k`` nearest of ``others`` to each of ``shapes``, nearest first: numbers of both, distances.

    Equally far ones come in the order of their numbers.
    """
    k = min(k, len(others))
    if not k or not len(shapes):
        return np.array([], dtype=int), np.array([], dtype=int), np.array([])
    if _are_points(shapes) and _are_points(others):
        return _of_points(shapes, others, k)
    tree = shapely.STRtree(others)
    mine, theirs, distances = [], [], []
    for start in range(0, len(shapes), CHUNK):
        patience.at(start / len(shapes))
        found = _looked_round(shapes[start : start + CHUNK], others, tree, k)
        mine.append(found[0] + start)
        theirs.append(found[1])
        distances.append(found[2])
    return np.concatenate(mine), np.concatenate(theirs), np.concatenate(distances)


def _are_points(shapes: Any) -> bool:
    return bool(np.all(shapely.get_type_id(shapes) == 0))


def _of_points(shapes: Any, others: Any, k: int) -> tuple[Any, Any, Any]:
    from scipy.spatial import cKDTree  # heavy, and not needed by every process

    tree = cKDTree(shapely.get_coordinates(others))
    distances, found = tree.query(shapely.get_coordinates(shapes), k=k)
    distances, found = np.reshape(distances, (len(shapes), k)), np.reshape(found, (len(shapes), k))
    order = np.lexsort((found, np.round(distances, 6)), axis=1)
    distances, found = np.take_along_axis(distances, order, 1), np.take_along_axis(found, order, 1)
    return np.repeat(np.arange(len(shapes)), k), found.ravel(), distances.ravel()


def _looked_round(shapes: Any, others: Any, tree: Any, k: int) -> tuple[Any, Any, Any]:
    """Round each shape in a distance that doubles until ``k`` are in it."""
    waiting = np.arange(len(shapes))
    reach = FIRST_REACH
    mine, theirs, distances = [], [], []
    while len(waiting):
        found = tree.query(shapes[waiting], predicate="dwithin", distance=reach)
        counts = np.bincount(found[0], minlength=len(waiting))
        enough = (counts >= k) | (reach > FARTHEST)
        kept = enough[found[0]]
        here, there = waiting[found[0][kept]], found[1][kept]
        far = shapely.distance(shapes[here], others[there])
        order = np.lexsort((there, np.round(far, 6), here))
        here, there, far = here[order], there[order], far[order]
        place = np.arange(len(here)) - np.searchsorted(here, here)  # of each among those of its shape
        first = place < k
        mine.append(here[first])
        theirs.append(there[first])
        distances.append(far[first])
        waiting = waiting[~enough]
        reach *= 2
    order = np.argsort(np.concatenate(mine), kind="stable")
    return np.concatenate(mine)[order], np.concatenate(theirs)[order], np.concatenate(distances)[order]
