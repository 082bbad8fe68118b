"""Areas laid over each other: what they share, what one has alone, all pieces. In one plane, metres."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import numpy as np
import shapely

from beichen.platforms.geo.analysis.codes import MOST_ROWS, TOO_MUCH, Patience, refused
from beichen.problem import said

CHUNK = 2_000
LEAST = {0: 0.0, 1: 1e-3, 2: 1e-3}  # metres and square metres: less is rounding
NOBODY = -1
MOST_PAIRS = 20 * MOST_ROWS


class How(StrEnum):
    """What is asked of two layers."""

    INTERSECTION = "intersection"
    DIFFERENCE = "difference"
    UNION = "union"


def overlay(first: Any, second: Any, how: How, patience: Patience) -> tuple[Any, Any, Any]:
    """Pieces, and the number of the feature of each layer in which each lies (−1 in none).

    Of a union: what both share, and what each has alone. Features of one layer that overlap each other
    are not cut by one another. Raises ProblemError GEO-643 for more pairs than are taken.
    """
    pairs = shapely.STRtree(second).query(first, predicate="intersects")
    if pairs.shape[1] > MOST_PAIRS:
        message = said(
            "{count:,} pairs of features meet, at most {most:,}", count=pairs.shape[1], most=MOST_PAIRS
        )
        raise refused(TOO_MUCH, message, hint=said("narrow the layers"))
    parts = []
    if how != How.DIFFERENCE:
        parts.append(_shared(first, second, pairs, patience))
    if how != How.INTERSECTION:
        alone, numbers = _alone(first, second, pairs, patience)
        parts.append((alone, numbers, np.full(len(numbers), NOBODY)))
    if how == How.UNION:
        alone, numbers = _alone(second, first, pairs[::-1], patience)
        parts.append((alone, np.full(len(numbers), NOBODY), numbers))
    pieces, ours, theirs = (np.concatenate(column) for column in zip(*parts, strict=True))
    return pieces, ours, theirs


def _shared(first: Any, second: Any, pairs: Any, patience: Patience) -> tuple[Any, Any, Any]:
    found = []
    for start in range(0, pairs.shape[1], CHUNK):
        patience.at(0.5 * start / pairs.shape[1])
        ours, theirs = pairs[:, start : start + CHUNK]
        found.append(shapely.intersection(first[ours], second[theirs]))
    pieces = np.concatenate(found) if found else np.array([], dtype=object)
    dimension = np.minimum(shapely.get_dimensions(first[pairs[0]]), shapely.get_dimensions(second[pairs[1]]))
    pieces = _of_dimension(pieces, dimension)
    kept = _is_something(pieces)
    return pieces[kept], pairs[0][kept], pairs[1][kept]


def _alone(first: Any, second: Any, pairs: Any, patience: Patience) -> tuple[Any, Any]:
    """Each of ``first`` without those of ``second`` that meet it."""
    order = np.argsort(pairs[0], kind="stable")
    ours, theirs = pairs[0][order], pairs[1][order]
    numbers, starts = np.unique(ours, return_index=True)
    pieces = first.copy()
    ends = np.append(starts, len(ours))[1:]
    for done, (number, start, end) in enumerate(zip(numbers, starts, ends, strict=True)):
        if done % 200 == 0:
            patience.at(0.5 + 0.5 * done / len(numbers))
        cutting = second[theirs[start:end]]
        cutter = cutting[0] if end - start == 1 else shapely.union_all(cutting)
        pieces[number] = shapely.difference(first[number], cutter)
    pieces = _of_dimension(pieces, shapely.get_dimensions(first))
    kept = _is_something(pieces)
    return pieces[kept], np.flatnonzero(kept)


def _of_dimension(pieces: Any, dimension: Any) -> Any:
    """Of each piece the parts of its dimension: where two areas only touch they share a line, and no area."""
    mixed = np.flatnonzero((shapely.get_dimensions(pieces) != dimension) | (shapely.get_type_id(pieces) == 7))
    for number in mixed:
        parts = shapely.get_parts(pieces[number])
        kept = parts[shapely.get_dimensions(parts) == dimension[number]]
        pieces[number] = shapely.union_all(kept) if len(kept) else shapely.GeometryCollection()
    return pieces


def _is_something(pieces: Any) -> Any:
    dimensions = shapely.get_dimensions(pieces)
    size = np.where(dimensions == 2, shapely.area(pieces), shapely.length(pieces))
    least = np.select([dimensions == 2, dimensions == 1], [LEAST[2], LEAST[1]], -1.0)
    return ~shapely.is_empty(pieces) & (size > least)


def buffers(shapes: Any, distance: float, *, is_dissolved: bool, patience: Patience) -> Any:
    """What lies within ``distance`` metres of each shape, or of any: then the parts of one area.

    Circles have 64 sides: 0.2 % less than a true circle's area at most.
    """
    found = []
    for start in range(0, len(shapes), CHUNK):
        patience.at(0.8 * start / len(shapes))
        found.append(shapely.buffer(shapes[start : start + CHUNK], distance, quad_segs=16))
    areas = np.concatenate(found) if found else np.array([], dtype=object)
    if not is_dissolved:
        return areas[~shapely.is_empty(areas)]
    return shapely.get_parts(shapely.union_all(areas))
