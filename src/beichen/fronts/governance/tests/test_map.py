"""The map: clusters that add up, cells as ranges, parts and zooms that are refused, the same as a table."""

from __future__ import annotations

from typing import Any, cast

import h3.api.basic_int as h3
import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from beichen.fronts.governance.counts import Seen
from beichen.fronts.governance.spots import (
    COARSEST,
    FINEST,
    cell_of_key,
    counted_cells,
    resolution_of,
    spots,
    within,
)
from beichen.hubs.events.models import Case
from beichen.hubs.events.tests import city

HERE: dict[str, Any] = {"longitude": 125.3, "latitude": 43.8}
THERE: dict[str, Any] = {"longitude": 125.4, "latitude": 43.9}
degrees = st.tuples(st.floats(124.5, 126.5), st.floats(43.2, 45.0))


def opened(**facts: Any) -> Case:
    return city.report(now=timezone.now(), **facts).case


@given(st.lists(degrees, min_size=1, max_size=6), st.integers(COARSEST, FINEST))
def test_gathering_loses_no_case(points: list[tuple[float, float]], resolution: int) -> None:
    cells = [(int(h3.latlng_to_cell(lat, lng, FINEST)), 2, 1) for lng, lat in points]
    found = list(spots(cells, resolution))
    assert sum(one.count for one in found) == 2 * len(points)
    assert sum(one.overdue for one in found) == len(points)
    assert [one.count for one in found] == sorted((one.count for one in found), reverse=True)
    assert all(cell_of_key(one.key) == one.cell for one in found)


@given(degrees, st.integers(COARSEST, FINEST))
def test_a_larger_cell_is_a_range_of_small_ones(point: tuple[float, float], resolution: int) -> None:
    cell = int(h3.latlng_to_cell(point[1], point[0], FINEST))
    for parent in (h3.cell_to_parent(cell, resolution), h3.latlng_to_cell(44.5, 124.6, resolution)):
        where = within(Case.objects.all(), parent).query.where.children
        first, last = (cast("Any", one).rhs for one in where[:2])
        assert (first <= cell <= last) == (h3.cell_to_parent(cell, resolution) == parent)


def test_zooms_choose_cells_from_coarse_to_fine() -> None:
    found = [resolution_of(zoom) for zoom in range(24)]
    assert found == sorted(found)
    assert (found[0], found[-1]) == (COARSEST, FINEST)


def test_only_what_may_be_seen_is_counted() -> None:
    opened(**HERE)
    opened(**HERE, region=city.WEST, kind="works.tree-fallen", answers={"blocks": "road"})
    opened()
    centre, roads = city.attendant(), city.person("officer", "roads")
    for resolution in range(COARSEST, FINEST + 1):
        found = counted_cells(Seen(centre), timezone.now(), resolution)
        assert sum(count for _cell, count, _late in found) == 2
        assert {h3.get_resolution(cell) for cell, _count, _late in found} == {resolution}
        assert counted_cells(Seen(roads), timezone.now(), resolution) == []


def test_the_database_gathers_cells_as_h3_does() -> None:
    for number in range(40):
        opened(longitude=125.3 + number * 0.003, latitude=43.8 + (number % 7) * 0.004)
    centre, now = city.attendant(), timezone.now()
    finest = counted_cells(Seen(centre), now, FINEST)
    for resolution in range(COARSEST, FINEST):
        gathered = [(one.cell, one.count, one.overdue) for one in spots(finest, resolution)]
        assert sorted(gathered) == sorted(counted_cells(Seen(centre), now, resolution))


def test_a_part_of_the_map_is_given_as_geojson(attendant: Client) -> None:
    opened(**HERE)
    opened(**THERE)
    whole = attendant.get("/console/map.json?bbox=125,43,126,44&zoom=14").json()
    assert [one["properties"]["count"] for one in whole["features"]] == [1, 1]
    part = attendant.get("/console/map.json?bbox=125.2,43.7,125.35,43.85&zoom=14").json()
    assert len(part["features"]) == 1
    one = part["features"][0]
    assert one["geometry"]["coordinates"] == pytest.approx([125.3, 43.8], abs=0.01)
    text = attendant.get(one["properties"]["href"]).content.decode()
    assert Case.objects.get(longitude=125.3).code in text
    assert Case.objects.get(longitude=125.4).code not in text


@pytest.mark.parametrize(
    "query",
    [
        "",
        "bbox=1,2,3&zoom=9",
        "bbox=a,b,c,d&zoom=9",
        "bbox=9,1,1,2&zoom=9",
        "bbox=1,1,2,2&zoom=x",
        "bbox=nan,1,2,2&zoom=1",
    ],
)
def test_parts_that_are_none_are_refused(attendant: Client, query: str) -> None:
    response = attendant.get(f"/console/map.json?{query}", HTTP_ACCEPT="application/json")
    assert response.status_code == 422
    assert response.json()["code"] == "GOV-107"


@pytest.mark.parametrize("cell", ["", "nonsense", "8f2830828052d25", "ffffffffffffffff", "0"])
def test_cells_that_are_none_show_the_whole_city(attendant: Client, cell: str) -> None:
    row = opened(**HERE)
    text = attendant.get(f"/console/map?cell={cell}&place=x").content.decode()
    assert row.code in text


def test_the_map_s_table_is_a_part_and_a_file(attendant: Client) -> None:
    row = opened(**HERE)
    part = attendant.get("/console/map", headers={"HX-Target": "table-cases"}).content.decode()
    assert part.strip().startswith('<div class="table-view" id="table-cases">')
    assert row.code.encode() in b"".join(attendant.get("/console/map?format=csv"))
