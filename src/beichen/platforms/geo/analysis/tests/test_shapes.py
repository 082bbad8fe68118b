"""Near, over, around: against brute force and known values."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from beichen.platforms.geo.analysis import nearness, overlays
from beichen.platforms.geo.analysis.codes import Patience
from beichen.platforms.geo.analysis.overlays import How
from beichen.platforms.geo.analysis.plane import Plane
from beichen.problem import ProblemError

EASY = settings(max_examples=40, deadline=None)
METRE = st.integers(-3_000, 3_000)
POINT = st.tuples(METRE, METRE)
GLOBE = Geod(ellps="WGS84")


def patience() -> Patience:
    return Patience(1e9)


def shapes_of(kind: str, points: list[tuple[int, int]]) -> np.ndarray:
    made = {
        "point": shapely.Point,
        "line": lambda p: shapely.LineString([p, (p[0] + 70, p[1] + 40)]),
        "area": lambda p: shapely.box(p[0], p[1], p[0] + 90, p[1] + 60),
    }[kind]
    return np.array([made(point) for point in points], dtype=object)


@pytest.mark.parametrize("place", [(125.32, 43.88), (113.3, 23.1), (-73.9, 40.7), (10.0, 65.0)])
@given(st.floats(-0.3, 0.3), st.floats(-0.3, 0.3), st.floats(0, 360), st.floats(1, 5_000))
@EASY
def test_a_metre_is_a_metre(
    place: tuple[float, float], east: float, north: float, azimuth: float, far: float
) -> None:
    """Within 30 km of the middle, against the geodesic."""
    x, y = place[0] + east, place[1] + north
    there_x, there_y, _back = GLOBE.fwd(x, y, azimuth, far)
    one, other = Plane(*place).points([(x, y), (there_x, there_y)])
    assert shapely.distance(one, other) == pytest.approx(far, rel=5e-5, abs=1e-3)


@given(st.floats(-179, 179), st.floats(-80, 80))
@EASY
def test_back_on_the_globe_is_where_it_was(x: float, y: float) -> None:
    plane = Plane(x, y)
    back = plane.on_globe(plane.points([(x, y)]))[0]
    assert (back.x, back.y) == pytest.approx((x, y), abs=1e-9)


def test_a_circle_of_a_kilometre_has_its_area() -> None:
    plane = Plane.through(np.array([shapely.Point(125.32, 43.88)]))
    (circle,) = overlays.buffers(
        plane.points([(125.32, 43.88)]), 1_000, is_dissolved=False, patience=patience()
    )
    area, _perimeter = GLOBE.geometry_area_perimeter(plane.on_globe(circle))
    assert abs(area) == pytest.approx(np.pi * 1e6, rel=2e-3)


def test_what_is_half_the_world_apart_has_no_plane() -> None:
    with pytest.raises(ProblemError, match="GEO-649"):
        Plane.through(np.array([shapely.Point(0, 0), shapely.Point(20, 0)]))


@pytest.mark.parametrize("kind", ["point", "line", "area"])
@pytest.mark.parametrize("other", ["point", "area"])
@given(st.lists(POINT, max_size=25), st.lists(POINT, min_size=1, max_size=25), st.integers(0, 2_000))
@EASY
def test_within_is_what_brute_force_says(
    kind: str, other: str, mine: list[tuple[int, int]], theirs: list[tuple[int, int]], far: int
) -> None:
    shapes, around = shapes_of(kind, mine), shapes_of(other, theirs)
    numbers, distances, nearest = nearness.within(shapes, around, far, patience())
    wanted = {
        number: min(shapely.distance(shape, one) for one in around)
        for number, shape in enumerate(shapes)
        if min(shapely.distance(shape, one) for one in around) <= far
    }
    assert sorted(numbers.tolist()) == sorted(wanted)
    for number, distance, at in zip(numbers, distances, nearest, strict=True):
        assert distance == pytest.approx(wanted[number])
        assert shapely.distance(shapes[number], around[at]) == pytest.approx(distance)


@pytest.mark.parametrize("kind", ["point", "line"])
@given(st.lists(POINT, max_size=15), st.lists(POINT, max_size=25), st.integers(1, 6))
@EASY
def test_the_nearest_are_what_brute_force_says(
    kind: str, mine: list[tuple[int, int]], theirs: list[tuple[int, int]], k: int
) -> None:
    shapes, others = shapes_of(kind, mine), shapes_of("point", theirs)
    numbers, found, distances = nearness.nearest(shapes, others, k, patience())
    assert len(numbers) == len(shapes) * min(k, len(others))
    for number, shape in enumerate(shapes):
        wanted = sorted(shapely.distance(shape, one) for one in others)[:k]
        assert distances[numbers == number].tolist() == pytest.approx(wanted)
        assert len(set(found[numbers == number].tolist())) == len(wanted)


SQUARES = st.lists(POINT, min_size=1, max_size=6, unique=True)


@given(SQUARES, SQUARES)
@EASY
def test_pieces_share_nothing_and_are_together_the_whole(
    mine: list[tuple[int, int]], theirs: list[tuple[int, int]]
) -> None:
    """For layers whose features do not overlap each other, as areas of a map."""
    first = apart(mine)
    second = apart([(x // 2, y // 2) for x, y in theirs])
    pieces, ours, others = overlays.overlay(first, second, How.UNION, patience())
    assert shapely.area(pieces).sum() == pytest.approx(
        shapely.area(shapely.union_all([*first, *second])), abs=1
    )
    shared, a, b = overlays.overlay(first, second, How.INTERSECTION, patience())
    brute = sum(shapely.area(shapely.intersection(one, other)) for one in first for other in second)
    assert shapely.area(shared).sum() == pytest.approx(brute, abs=1)
    for piece, one, other in zip(shared, a, b, strict=True):
        assert shapely.area(shapely.difference(piece, shapely.intersection(first[one], second[other]))) < 1e-6
    alone, _a, _b = overlays.overlay(first, second, How.DIFFERENCE, patience())
    assert shapely.area(alone).sum() + brute == pytest.approx(shapely.area(first).sum(), abs=1)
    assert {(bool(x >= 0), bool(y >= 0)) for x, y in zip(ours, others, strict=True)} <= {
        (True, True), (True, False), (False, True)
    }  # fmt: skip


def apart(corners: list[tuple[int, int]]) -> np.ndarray:
    """Squares of 900 m, each without those before it."""
    found: list[shapely.Geometry] = []
    for x, y in corners:
        square = shapely.difference(shapely.box(x, y, x + 900, y + 900), shapely.union_all(found))
        if shapely.area(square) > 1:
            found.append(square)
    return np.array(found, dtype=object)


def test_areas_that_touch_share_nothing() -> None:
    first, second = np.array([shapely.box(0, 0, 10, 10)]), np.array([shapely.box(10, 0, 20, 10)])
    pieces, _a, _b = overlays.overlay(first, second, How.INTERSECTION, patience())
    assert len(pieces) == 0


def test_lines_and_points_are_cut_by_areas() -> None:
    line, area = np.array([shapely.LineString([(-5, 5), (15, 5)])]), np.array([shapely.box(0, 0, 10, 10)])
    (piece,), _a, _b = overlays.overlay(line, area, How.INTERSECTION, patience())
    assert shapely.length(piece) == 10
    (rest,), _a, _b = overlays.overlay(line, area, How.DIFFERENCE, patience())
    assert shapely.length(rest) == 10
    points = np.array([shapely.Point(5, 5), shapely.Point(50, 5)])
    _pieces, numbers, _b = overlays.overlay(points, area, How.INTERSECTION, patience())
    assert numbers.tolist() == [0]


def test_time_is_bounded() -> None:
    now = [0.0]
    waiting = Patience(10, clock=lambda: now[0])
    waiting.at(0.5)
    now[0] = 11
    with pytest.raises(ProblemError, match="GEO-645 stopped after 10 s"):
        waiting.at(0.6)
