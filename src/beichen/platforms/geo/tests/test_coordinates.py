"""Datums: there and back over all of China, the same outside it; systems of the EPSG register."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beichen.platforms.geo.coordinates import Datum, from_wgs84, to_wgs84, transformed
from beichen.problem import ProblemError

# China's outermost points, a little more on each side
IN_CHINA = st.tuples(st.floats(73.4, 135.1), st.floats(3.8, 53.6))
SHIFTED = st.sampled_from([Datum.GCJ02, Datum.BD09])
OUTSIDE = st.one_of(
    st.tuples(st.floats(-180, 71.9), st.floats(-90, 90)),
    st.tuples(st.floats(138, 180), st.floats(-90, 90)),
    st.tuples(st.floats(-180, 180), st.floats(56, 90)),
    st.tuples(st.floats(-180, 180), st.floats(-90, 0.8)),
)


def metres(a: tuple[float, float], b: tuple[float, float]) -> float:
    """The distance of two near positions."""
    east = math.radians(b[0] - a[0]) * math.cos(math.radians(a[1]))
    return 6_371_000 * math.hypot(east, math.radians(b[1] - a[1]))


@given(IN_CHINA, SHIFTED)
def test_there_and_back_is_the_same_place(place: tuple[float, float], datum: Datum) -> None:
    there = from_wgs84(*place, datum)
    assert 20 < metres(place, there) < 2_500
    assert metres(to_wgs84(*there, datum), place) < 0.01
    assert metres(from_wgs84(*to_wgs84(*place, datum), datum), place) < 0.01


@given(OUTSIDE, SHIFTED)
def test_outside_of_china_nothing_is_shifted(place: tuple[float, float], datum: Datum) -> None:
    assert from_wgs84(*place, datum) == place
    assert to_wgs84(*place, datum) == place


@given(IN_CHINA)
def test_wgs84_is_itself(place: tuple[float, float]) -> None:
    assert from_wgs84(*place, Datum.WGS84) == place == to_wgs84(*place, Datum.WGS84)


def test_a_station_is_where_its_map_says() -> None:
    """长影, by the subway map of a provider in both datums: not our own formula against itself."""
    assert metres(from_wgs84(125.284456, 43.862264, Datum.GCJ02), (125.290875, 43.864626)) < 1
    assert metres(to_wgs84(125.290875, 43.864626, Datum.GCJ02), (125.284456, 43.862264)) < 1


@settings(deadline=None)  # the first of them waits for PROJ
@given(st.tuples(st.floats(115, 119), st.floats(30, 50)))
def test_cgcs2000_and_its_zone(place: tuple[float, float]) -> None:
    (on_ellipsoid,) = transformed([place], "EPSG:4326", "EPSG:4490")
    assert metres(on_ellipsoid, place) < 1
    (in_zone,) = transformed([on_ellipsoid], "EPSG:4490", "EPSG:4548")
    assert 200_000 < in_zone[0] < 800_000
    (back,) = transformed([in_zone], "EPSG:4548", "EPSG:4490")
    assert metres(back, on_ellipsoid) < 0.001


def test_no_positions_are_none() -> None:
    assert transformed([], "EPSG:4326", "EPSG:4490") == []


@pytest.mark.parametrize("name", ["", "EPSG:", "EPSG:1", "EPSG:99999999999", "+proj=longlat", "OGC:CRS84"])
def test_what_is_no_system_is_refused(name: str) -> None:
    with pytest.raises(ProblemError, match="GEO-120"):
        transformed([(125.0, 43.0)], name, "EPSG:4490")


def test_a_position_that_no_plane_holds_is_refused() -> None:
    with pytest.raises(ProblemError, match="GEO-121"):
        transformed([(125.0, 900.0)], "EPSG:4326", "EPSG:3857")
