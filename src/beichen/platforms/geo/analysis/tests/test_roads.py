"""Roads: what one reaches, against brute force on a town of streets."""

from __future__ import annotations

import heapq
import math
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from beichen.platforms.geo.analysis import coverage, reach
from beichen.platforms.geo.analysis.codes import Patience
from beichen.platforms.geo.analysis.features import Features
from beichen.platforms.geo.analysis.plane import Plane
from beichen.platforms.geo.analysis.roads import WALKING, Mode, Roads, roads_of, speed
from beichen.problem import ProblemError

MIDDLE = Plane(125.32, 43.88)
SIDE, BLOCK = 6, 200.0
FOOT = WALKING * 1000 / 60


def town(
    oneway: dict[int, str] | None = None, kinds: dict[int, str] | None = None, tag: str = ""
) -> Features:
    """Streets in a grid of six by six crossings, two hundred metres apart; each street is one line."""
    lines = []
    for number in range(SIDE):
        lines.append([(step * BLOCK, number * BLOCK) for step in range(SIDE)])
        lines.append([(number * BLOCK, step * BLOCK) for step in range(SIDE)])
    shapes = MIDDLE.on_globe(np.array([shapely.LineString(line) for line in lines], dtype=object))
    table = pa.table({
        "id": [str(number) for number in range(len(lines))],
        "name": [f"street {number}" for number in range(len(lines))],
        "class": [(kinds or {}).get(number, "residential") for number in range(len(lines))],
        "oneway": [(oneway or {}).get(number, "B") for number in range(len(lines))],
    })  # fmt: skip
    keys = np.array(table.column("id").to_pylist(), dtype=object)
    return Features("town", "Town", keys, shapes, keys, table, tag)


def brute(roads: Roads, start: int, mode: Mode) -> dict[int, float]:
    """Dijkstra as the book has it."""
    ways: dict[int, list[tuple[int, float]]] = {}
    tails, heads, costs, _edges = roads.open_ways(mode)
    for tail, head, cost in zip(tails.tolist(), heads.tolist(), costs.tolist(), strict=True):
        ways.setdefault(tail, []).append((head, cost))
    found: dict[int, float] = {}
    waiting = [(0.0, start)]
    while waiting:
        time, node = heapq.heappop(waiting)
        if node in found:
            continue
        found[node] = time
        for head, cost in ways.get(node, []):
            heapq.heappush(waiting, (time + cost, head))
    return found


def node_at(roads: Roads, x: float, y: float) -> int:
    place = roads.plane.flat(MIDDLE.on_globe(shapely.Point(x, y)))
    return int(np.argmin(((roads.nodes - (place.x, place.y)) ** 2).sum(axis=1)))


def place(roads: Roads, x: float, y: float) -> Any:
    return roads.plane.flat(MIDDLE.on_globe(shapely.Point(x, y)))


def test_a_town_is_read_as_its_streets() -> None:
    roads = roads_of(town())
    assert len(roads.nodes) == SIDE * SIDE
    assert len(roads.lengths) == 2 * SIDE * (SIDE - 1)
    assert roads.lengths == pytest.approx(BLOCK, rel=1e-4)
    assert roads.lonely == 0


def test_roads_are_made_once_for_a_state_of_the_layer() -> None:
    assert roads_of(town(tag="a")) is roads_of(town(tag="a"))
    assert roads_of(town(tag="a")) is not roads_of(town(tag="b"))
    assert roads_of(town()) is not roads_of(town())


STREET = st.integers(0, 2 * SIDE - 1)


@given(st.dictionaries(STREET, st.sampled_from(["F", "T", "yes", "-1"]), max_size=6),
       st.dictionaries(STREET, st.sampled_from(["primary", "footway", "motorway"]), max_size=4),
       st.sampled_from(list(Mode)), st.integers(0, SIDE * SIDE - 1), st.floats(1, 30))  # fmt: skip
@settings(max_examples=40, deadline=None)
def test_times_are_those_of_brute_force(
    oneway: dict[int, str], kinds: dict[int, str], mode: Mode, start: int, limit: float
) -> None:
    roads = roads_of(town(oneway, kinds))
    at = roads.nodes[start]
    found, joined = reach.times(roads, shapely.points(at[None, :]), mode, limit)
    if not joined.is_near[0] or joined.minutes[0] > 1e-6:
        return  # no way of this mode at the crossing itself
    wanted = brute(roads, start, mode)
    for node in range(len(roads.nodes)):
        time = wanted.get(node, math.inf)
        if abs(time - limit) > 1e-3:
            assert found[node] == pytest.approx(time if time < limit else math.inf, abs=1e-3)


def test_ten_minutes_on_foot_reach_eight_hundred_metres_of_streets() -> None:
    """From a corner: on a grid the streets within a distance d by foot are those with x + y ≤ d."""
    roads = roads_of(town())
    found, joined = reach.times(roads, np.array([place(roads, 0, 0)]), Mode.WALK, 7.5)
    far = 7.5 * FOOT
    lines = reach.reached(roads, found, joined, Mode.WALK, 7.5)
    whole = shapely.union_all(lines)  # what is reached from two sides counts once
    wanted = 2 * sum(max(0.0, min((SIDE - 1) * BLOCK, far - step * BLOCK)) for step in range(SIDE))
    assert shapely.length(whole) == pytest.approx(wanted, rel=1e-3)
    assert len(shapely.get_parts(reach.area_of(lines, 60, joined, 7.5))) == 1


def test_a_long_edge_is_reached_in_part() -> None:
    roads = roads_of(town())
    found, joined = reach.times(roads, np.array([place(roads, 100, 0)]), Mode.WALK, 0.5)
    lines = reach.reached(roads, found, joined, Mode.WALK, 0.5)
    assert shapely.length(shapely.union_all(lines)) == pytest.approx(2 * 0.5 * FOOT, rel=1e-3)


def test_the_quickest_way_follows_the_streets() -> None:
    roads = roads_of(town())
    way = reach.way(roads, place(roads, 0, 0), place(roads, 1000, 600), Mode.WALK)
    assert way.length == pytest.approx(1600, rel=1e-3)
    assert way.minutes == pytest.approx(1600 / FOOT, rel=1e-3)
    assert sum(length for _name, length in way.steps) == pytest.approx(way.length)
    assert shapely.get_coordinates(way.line)[0] == pytest.approx(list(place(roads, 0, 0).coords[0]), abs=0.1)


PLACE = st.tuples(st.integers(0, 1000), st.integers(0, 1000))


@given(PLACE, PLACE, st.dictionaries(STREET, st.sampled_from(["F", "T"]), max_size=5))
@settings(max_examples=40, deadline=None)
def test_a_way_is_as_long_as_the_time_of_brute_force(
    start: tuple[int, int], end: tuple[int, int], oneway: dict[int, str]
) -> None:
    """Between crossings by car, one-way streets and all."""
    roads = roads_of(town(oneway))
    first, last = (
        node_at(roads, round(x / BLOCK) * BLOCK, round(y / BLOCK) * BLOCK) for x, y in (start, end)
    )
    wanted = brute(roads, first, Mode.DRIVE).get(last)
    points = shapely.points(roads.nodes[[first, last]])
    if wanted is None:
        with pytest.raises(ProblemError, match="GEO-646"):
            reach.way(roads, points[0], points[1], Mode.DRIVE)
        return
    way = reach.way(roads, points[0], points[1], Mode.DRIVE)
    assert way.minutes == pytest.approx(wanted, abs=1e-3)


def test_a_one_way_street_is_not_driven_against() -> None:
    """Street 0 runs east along the south edge."""
    with_it = roads_of(town({0: "F"}))
    east = reach.way(with_it, place(with_it, 50, 0), place(with_it, 150, 0), Mode.DRIVE)
    west = reach.way(with_it, place(with_it, 150, 0), place(with_it, 50, 0), Mode.DRIVE)
    assert east.length == pytest.approx(100, rel=1e-3)
    assert west.length == pytest.approx(700, rel=1e-3)  # round the block
    on_foot = reach.way(with_it, place(with_it, 150, 0), place(with_it, 50, 0), Mode.WALK)
    assert on_foot.length == pytest.approx(100, rel=1e-3)


def test_what_was_asked_before_changes_no_way() -> None:
    """Graphs of modes are kept with the roads; a place more is of one question alone."""
    oneway, kinds = {0: "F"}, {5: "footway"}

    def asked(roads: Roads, mode: Mode, x: int) -> list[float]:
        way = reach.way(roads, place(roads, x, 0), place(roads, 50, 0), mode)
        found, _joined = reach.times(roads, np.array([place(roads, x, 0), place(roads, 200, 210)]), mode, 4)
        return [way.minutes, way.length, float(found[np.isfinite(found)].sum())]

    questions = [(mode, x) for mode in (Mode.WALK, Mode.DRIVE, Mode.WALK, Mode.CYCLE) for x in (150, 900)]
    known = roads_of(town(oneway, kinds))
    for mode, x in questions:
        assert asked(known, mode, x) == asked(roads_of(town(oneway, kinds)), mode, x)


def test_where_no_road_is_there_is_no_way() -> None:
    roads = roads_of(town())
    with pytest.raises(ProblemError, match="GEO-646 no road within 400 m"):
        reach.way(roads, place(roads, -5_000, 0), place(roads, 0, 0), Mode.WALK)
    islands = town()
    apart = MIDDLE.on_globe(np.array([shapely.LineString([(9_000, 0), (9_500, 0)])]))
    keys, table = np.append(islands.keys, "far"), pa.concat_tables([islands.table, islands.table.slice(0, 1)])
    both = Features("x", "x", keys, np.append(islands.shapes, apart), keys, table, "")
    roads = roads_of(both)
    assert 0.01 < roads.lonely < 0.2
    with pytest.raises(ProblemError, match="GEO-646 no way leads there"):
        reach.way(roads, place(roads, 0, 0), place(roads, 9_200, 0), Mode.WALK)


def test_speeds_say_who_may_go_where() -> None:
    assert speed("motorway", Mode.WALK) == 0
    assert speed("footway", Mode.DRIVE) == 0
    assert speed("steps", Mode.CYCLE) == WALKING
    assert speed("something new", Mode.DRIVE) > 0


def test_circles_cover_what_roads_are_not_known_for() -> None:
    areas = np.array([shapely.box(0, 0, 500, 500), shapely.box(5_000, 0, 5_500, 500)])
    needs = [np.array([shapely.Point(250, 250)]), np.array([shapely.box(4_000, 0, 6_000, 1_000)])]
    found = coverage.coverage(areas, needs, 15, None, Patience(1e9))
    assert found.shares[0].tolist() == pytest.approx([1, 0])
    assert found.shares[1, 0] == 0
    assert found.shares[1, 1] > 0.99
    assert shapely.area(found.gaps[0]) == pytest.approx(250_000)


def test_a_park_is_entered_from_all_sides() -> None:
    points = coverage.entrances(np.array([shapely.box(0, 0, 1_000, 1_000), shapely.Point(5, 5)]))
    assert len(points) == 41


def test_cells_cover_their_area() -> None:
    hull = shapely.box(125.3, 43.85, 125.36, 43.9)
    names, shapes = coverage.cells(hull, 9)
    assert len(names) == len(set(names)) == len(shapes)
    assert shapely.area(shapely.union_all(shapes)) == pytest.approx(shapely.area(hull), rel=0.1)
    with pytest.raises(ProblemError, match="GEO-643"):
        coverage.cells(shapely.box(120, 40, 127, 45), 10)
