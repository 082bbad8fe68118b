"""The answers of analyses that need no roads: features read, laid on a plane, asked, and written as rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import h3
import numpy as np
import shapely

from beichen.kernel.actor import Actor
from beichen.platforms.geo.analysis import coverage, heat, nearness, overlays
from beichen.platforms.geo.analysis.codes import BAD_VALUE, MOST_ROWS, TOO_MUCH, Patience, refused
from beichen.platforms.geo.analysis.features import Features, read
from beichen.platforms.geo.analysis.outcome import (
    AREA,
    DISTANCE,
    FEATURE,
    LENGTH,
    NAME,
    Column,
    Outcome,
    rounded,
    sources_of,
)
from beichen.platforms.geo.analysis.plane import Plane
from beichen.problem import said

if TYPE_CHECKING:
    from scipy import sparse

Values = Mapping[str, Any]
MOST_NEIGHBOURS = 20_000_000
TONES = {
    "hot-99": "missed", "hot-95": "behind", "hot-90": "star", "none": "unknown",
    "cold-90": "map-water", "cold-95": "on-course", "cold-99": "accent",
}  # fmt: skip


def places_or_features(values: Values, key: str, by: Actor) -> tuple[Any, list[str], tuple[Features, ...]]:
    """Shapes in degrees to start from, their names, and what was read. Raises ProblemError GEO-641."""
    places, layer = values["places"], values[key]
    if bool(places) == bool(layer):
        raise refused(BAD_VALUE, said("either places or a layer is needed"), "places")
    if layer:
        found = read(layer, by=by, name=key)
        return found.shapes, found.labels, (found,)
    return shapely.points(np.array(places)), [f"{x:.5f},{y:.5f}" for x, y in places], ()


def within_answer(values: Values, by: Actor, patience: Patience) -> Outcome:
    """Features near places or another layer, the nearest first."""
    features = read(values["layer"], by=by)
    around, names, also = places_or_features(values, "other", by)
    plane = Plane.through(features.shapes, around)
    numbers, distances, nearest = nearness.within(
        plane.flat(features.shapes), plane.flat(around), values["distance"], patience
    )
    order = np.lexsort((numbers, distances))
    numbers, distances, nearest = numbers[order], distances[order], nearest[order]
    labels = features.labels
    rows = [
        (features.keys[number], labels[number], rounded(far), names[of])
        for number, far, of in zip(numbers, distances, nearest, strict=True)
    ]
    columns = (FEATURE, NAME, DISTANCE, Column("nearest", "最近的", "Nearest"))
    return Outcome(columns, features.shapes[numbers], rows, sources=sources_of(features, *also))


def nearest_answer(values: Values, by: Actor, patience: Patience) -> Outcome:
    """A line from each feature to each of its nearest few."""
    features, others = read(values["layer"], by=by), read(values["other"], by=by, name="other")
    if len(features) * min(values["count"], len(others)) > MOST_ROWS:
        raise refused(TOO_MUCH, said("more than {most:,} rows", most=MOST_ROWS), "count")
    plane = Plane.through(features.shapes, others.shapes)
    here, there = plane.flat(features.shapes), plane.flat(others.shapes)
    mine, theirs, distances = nearness.nearest(here, there, values["count"], patience)
    lines = plane.on_globe(shapely.shortest_line(here[mine], there[theirs]))
    names, other_names = features.labels, others.labels
    ranks = np.arange(len(mine)) - np.searchsorted(mine, mine) + 1
    rows = [
        (features.keys[a], names[a], int(rank), others.keys[b], other_names[b], rounded(far))
        for a, b, rank, far in zip(mine, theirs, ranks, distances, strict=True)
    ]
    columns = (
        FEATURE, NAME, Column("rank", "次序", "Rank", is_number=True),
        Column("nearest", "最近要素", "Nearest feature"),
        Column("nearest_name", "最近要素名称", "Its name"), DISTANCE,
    )  # fmt: skip
    return Outcome(columns, lines, rows, sources=sources_of(features, others))


def buffer_answer(values: Values, by: Actor, patience: Patience) -> Outcome:
    """The buffers with their areas."""
    features = read(values["layer"], by=by)
    plane = Plane.through(features.shapes)
    is_dissolved = values["dissolve"]
    areas = overlays.buffers(
        plane.flat(features.shapes), values["distance"], is_dissolved=is_dissolved, patience=patience
    )
    sizes = shapely.area(areas)
    if is_dissolved:
        rows: list[tuple[Any, ...]] = [(number + 1, rounded(size)) for number, size in enumerate(sizes)]
        columns: tuple[Column, ...] = (Column("part", "分块", "Part", is_number=True), AREA)
    else:
        rows = list(zip(features.keys, features.labels, map(rounded, sizes), strict=True))
        columns = (FEATURE, NAME, AREA)
    return Outcome(columns, plane.on_globe(areas), rows, sources=sources_of(features))


def overlay_answer(values: Values, by: Actor, patience: Patience) -> Outcome:
    """The pieces, of which feature of each layer each is a part, and its area or length."""
    first, second = read(values["layer"], by=by), read(values["other"], by=by, name="other", dimensions=(2,))
    how = overlays.How(values["how"])
    if how == overlays.How.UNION and first.dimension != 2:
        raise refused(BAD_VALUE, said("all pieces are asked of two layers of areas"), "layer")
    plane = Plane.through(first.shapes, second.shapes)
    pieces, ours, theirs = overlays.overlay(
        plane.flat(first.shapes), plane.flat(second.shapes), how, patience
    )
    names, other_names = first.labels, second.labels
    rows = [
        (
            first.keys[a] if a >= 0 else None, names[a] if a >= 0 else None,
            second.keys[b] if b >= 0 else None, other_names[b] if b >= 0 else None,
            rounded(area), rounded(length),
        )
        for a, b, area, length in zip(
            ours, theirs, shapely.area(pieces), _lengths(pieces), strict=True
        )
    ]  # fmt: skip
    columns = (
        FEATURE, NAME, Column("other", "另一图层要素", "Feature of the other"),
        Column("other_name", "其名称", "Its name"), AREA, LENGTH,
    )  # fmt: skip
    return Outcome(columns, plane.on_globe(pieces), rows, sources=sources_of(first, second))


def _lengths(shapes: Any) -> Any:
    """Of lines their length; of areas their edge is no length that is asked for."""
    return np.where(shapely.get_dimensions(shapes) == 1, shapely.length(shapes), 0.0)


def density_answer(values: Values, by: Actor, patience: Patience) -> Outcome:
    """Areas between contours of the density."""
    features = read(values["layer"], by=by, dimensions=(0,))
    if not len(features):
        raise refused(BAD_VALUE, said("the layer has no points"), "layer")
    weights = (
        np.nan_to_num(features.numbers(values["weight"])) if values["weight"] else np.ones(len(features))
    )
    plane = Plane.through(features.shapes)
    points, of_feature = shapely.get_coordinates(plane.flat(features.shapes), return_index=True)
    grid = heat.density(points, weights[of_feature], values["bandwidth"], values["cell"], patience)
    found = heat.contours(grid)
    areas = np.array([area for area, _low, _high in found], dtype=object)
    rows = [
        (number + 1, rounded(low, 3), rounded(high, 3), rounded(shapely.area(area)))
        for number, (area, low, high) in enumerate(found)
    ]
    columns = (
        Column("level", "等级", "Level", is_number=True),
        Column("from", "下限", "From", "/km2", is_number=True),
        Column("to", "上限", "To", "/km2", is_number=True), AREA,
    )  # fmt: skip
    highest = round(float(grid.values.max()), 3)
    notes = (said("highest density {value} a square kilometre", value=highest),)
    return Outcome(columns, plane.on_globe(areas), rows, notes, sources_of(features), drawn="level")


def hotspots_answer(values: Values, by: Actor, patience: Patience) -> Outcome:
    """Cells or areas with their count, z-score, p-value and verdict."""
    features = read(values["layer"], by=by, dimensions=(0, 2))
    if not len(features):
        raise refused(BAD_VALUE, said("the layer has no features"), "layer")
    if features.dimension == 0:
        names, shapes, numbers = _counted(features, values)
    elif values["field"]:
        names, shapes = features.labels, features.shapes
        numbers = np.nan_to_num(features.numbers(values["field"]))
    else:
        raise refused(BAD_VALUE, said("areas need a field of numbers"), "field")
    if len(names) < 3:
        raise refused(BAD_VALUE, said("three places at least are needed"), "layer")
    plane = Plane.through(shapes)
    neighbours = _neighbours(plane.flat(shapes), values["distance"])
    patience.at(0.5)
    scores, chances = heat.getis_ord(numbers, neighbours)
    verdicts = heat.verdicts(scores)
    rows = [
        (name, rounded(number, 3), rounded(score, 3), rounded(chance, 5), verdict)
        for name, number, score, chance, verdict in zip(
            names, numbers, scores, chances, verdicts, strict=True
        )
    ]
    columns = (
        NAME, Column("value", "数值", "Value", is_number=True),
        Column("z_score", "Z值", "z-score", is_number=True),
        Column("p_value", "P值", "p-value", is_number=True), Column("verdict", "结论", "Verdict"),
    )  # fmt: skip
    return Outcome(columns, shapes, rows, (), sources_of(features), drawn="verdict", tones=TONES)


def _counted(features: Features, values: Values) -> tuple[list[str], Any, Any]:
    """How many points, or what sum of a field, each H3 cell has that lies in the hull of all points."""
    points = shapely.get_coordinates(shapely.centroid(features.shapes))
    weights = np.nan_to_num(features.numbers(values["field"])) if values["field"] else np.ones(len(features))
    resolution = int(values["cell"])
    hull = shapely.convex_hull(shapely.multipoints(points))
    names, shapes = (
        coverage.cells(hull, resolution) if shapely.get_dimensions(hull) == 2 else ([], np.array([]))
    )
    sums: dict[str, float] = dict.fromkeys(names, 0.0)
    for (longitude, latitude), weight in zip(points, weights, strict=True):
        cell = h3.latlng_to_cell(latitude, longitude, resolution)
        sums[cell] = sums.get(cell, 0.0) + float(weight)
    further = [name for name in sums if name not in set(names)]
    more = [shapely.Polygon([(x, y) for y, x in h3.cell_to_boundary(name)]) for name in further]
    return [*names, *further], np.append(shapes, np.array(more, dtype=object)), np.array(list(sums.values()))


def _neighbours(shapes: Any, distance: float) -> sparse.csr_matrix:
    """A 1 for each pair of middles within ``distance`` metres."""
    from scipy import sparse  # heavy, and not needed by every process
    from scipy.spatial import cKDTree

    middles = shapely.get_coordinates(shapely.centroid(shapes))
    tree = cKDTree(middles)
    if tree.count_neighbors(tree, distance) > MOST_NEIGHBOURS:
        raise refused(TOO_MUCH, said("too many neighbours at this distance"), "distance")
    pairs = tree.query_pairs(distance, output_type="ndarray")
    both = np.concatenate([pairs, pairs[:, ::-1]])
    ones = np.ones(len(both))
    return sparse.csr_matrix((ones, (both[:, 0], both[:, 1])), shape=(len(shapes), len(shapes)))
