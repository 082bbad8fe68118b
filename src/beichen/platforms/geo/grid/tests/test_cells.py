"""Cells: cut and drawn, found by point; H3 as ranges of numbers."""

from __future__ import annotations

from typing import Any

import h3.api.basic_int as h3
import pytest
import shapely
from django.core.cache import cache
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import mapping, shape

from beichen.kernel.access.service import create_client
from beichen.kernel.org.models import Region
from beichen.kernel.org.service import load_regions
from beichen.platforms.geo.addresses.tests import town
from beichen.platforms.geo.addresses.tests.town import BY, REGIONS, feature, square
from beichen.platforms.geo.grid import hexagons, management
from beichen.platforms.geo.grid.cutting import area_m2, cut
from beichen.platforms.geo.models import GridCell
from beichen.problem import ProblemError

COMMUNITY = "220102005001"
AREA = {"type": "Polygon", "coordinates": square(125.340, 43.895, 125.346, 43.899)}
PLACES = st.tuples(st.floats(73, 135), st.floats(18, 54))


@given(PLACES, st.integers(5, 10), st.integers(0, 12))
def test_a_cell_is_the_range_of_its_children(place: tuple[float, float], coarse: int, finer: int) -> None:
    """The fine cell of a point lies in the range of its ancestor, and no child of a neighbour does."""
    fine = min(15, coarse + finer)
    own = hexagons.cell_of(*place, fine)
    cell = int(h3.cell_to_parent(own, coarse))
    low, high = hexagons.children_range(cell, fine)
    assert low <= own <= high
    if fine - coarse <= 3:
        children = sorted(map(int, h3.cell_to_children(cell, fine)))
        assert (children[0], children[-1]) == (low, high)
        assert not any(
            low <= int(one) <= high
            for one in h3.grid_ring(int(children[0]), 40)
            if h3.cell_to_parent(one, coarse) != cell
        )


@pytest.mark.parametrize("text", ["", "x", "0", "ffffffffffffffff", "8a1f05837667ffff0", "-1"])
def test_what_is_no_cell_is_refused(text: str) -> None:
    with pytest.raises(ProblemError, match="GEO-132"):
        hexagons.read_cell(text)


def test_a_finer_cell_has_no_coarser_children() -> None:
    with pytest.raises(ProblemError, match="GEO-132"):
        hexagons.children_range(hexagons.cell_of(125.3, 43.9, 11), 10)


@given(
    st.lists(st.tuples(st.floats(0, 0.008), st.floats(0, 0.006)), min_size=3, max_size=12),
    st.floats(60, 200),
)
def test_cells_cover_the_area_once(corners: list[tuple[float, float]], side: float) -> None:
    """Together they are the area, no two share ground, and none but the last is a sliver."""
    area = shapely.MultiPoint([(125.3 + x, 43.9 + y) for x, y in corners]).convex_hull
    if area.geom_type != "Polygon" or area_m2(area) < 100:
        return
    cells = cut(area, side)
    assert sum(map(area_m2, cells)) == pytest.approx(area_m2(area), rel=0.01)
    assert area_m2(shapely.union_all(cells)) == pytest.approx(area_m2(area), rel=0.01)


def test_cells_are_of_ten_thousand_square_metres() -> None:
    cells = cut(shape(AREA))
    sizes = sorted(map(area_m2, cells))
    assert sizes[len(sizes) // 2] == pytest.approx(10_000, rel=0.15)
    assert sizes[0] > 3_000
    first, last = cells[0].centroid, cells[-1].centroid
    assert first.y > last.y
    assert first.x < last.x


@pytest.mark.django_db
class TestGrid:
    """The management grid of a community."""

    @pytest.fixture(autouse=True)
    def built(self) -> None:
        cache.clear()
        town.build()

    def test_an_area_is_cut_and_found_by_point(self) -> None:
        drawn = management.cut_area(COMMUNITY, AREA, by=BY)
        codes = [row.region.code for row in drawn]
        assert codes[0] == f"{COMMUNITY}001"
        for row in drawn:
            assert management.cell_at(row.longitude, row.latitude) == row.region.code
        assert management.cell_at(125.3, 43.8) == ""
        found = management.located(drawn[0].longitude, drawn[0].latitude, by=BY)
        assert [one.level for one in found.regions] == [
            "province",
            "city",
            "county",
            "street",
            "community",
            "grid",
        ]

    def test_drawing_again_takes_the_place_of_what_was(self) -> None:
        many = management.cut_area(COMMUNITY, AREA, by=BY)
        few = management.cut_area(COMMUNITY, AREA, by=BY, side_m=250)
        assert len(few) < len(many)
        current = Region.objects.filter(level="grid", is_current=True)
        assert {row.code for row in current} == {row.region.code for row in few}
        assert GridCell.objects.count() == len(few)

    def test_loading_the_city_again_leaves_cells_alone(self) -> None:
        drawn = management.cut_area(COMMUNITY, AREA, by=BY)
        assert not load_regions(REGIONS, by=BY)
        assert Region.objects.filter(level="grid", is_current=True).count() == len(drawn)

    def test_polygons_are_drawn_in_their_order(self) -> None:
        document = collection(
            square(125.340, 43.895, 125.341, 43.896), square(125.341, 43.895, 125.342, 43.896)
        )
        drawn = management.draw_cells(COMMUNITY, document, by=BY)
        assert [round(row.longitude, 4) for row in drawn] == [125.3405, 125.3415]
        shown = management.cells_in(COMMUNITY, by=BY)
        assert [one["id"] for one in shown["features"]] == [f"{COMMUNITY}001", f"{COMMUNITY}002"]

    def test_cells_that_overlap_are_refused(self) -> None:
        document = collection(
            square(125.340, 43.895, 125.342, 43.896), square(125.341, 43.895, 125.343, 43.896)
        )
        with pytest.raises(ProblemError, match="GEO-135") as refused:
            management.draw_cells(COMMUNITY, document, by=BY)
        assert refused.value.problems[0].where.pointer == "/features/1"
        assert not GridCell.objects.exists()

    @pytest.mark.parametrize(
        "geometry",
        [
            None,
            {},
            {"type": "Point", "coordinates": [125, 43]},
            {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]},
            {"type": "Polygon", "coordinates": square(200, 0, 201, 1)},
            {"type": "Polygon", "coordinates": "x"},
            {"type": "Polygon", "coordinates": square(100, 20, 120, 40)},
        ],
    )
    def test_what_is_no_area_is_refused(self, geometry: Any) -> None:
        with pytest.raises(ProblemError, match="GEO-134"):
            management.cut_area(COMMUNITY, geometry, by=BY)
        document = {"features": [{"geometry": geometry}]}
        with pytest.raises(ProblemError, match="GEO-134"):
            management.draw_cells(COMMUNITY, document, by=BY)

    def test_too_many_cells_are_refused(self) -> None:
        area = {"type": "Polygon", "coordinates": square(125.30, 43.85, 125.38, 43.93)}
        with pytest.raises(ProblemError, match="GEO-133"):
            management.cut_area(COMMUNITY, area, by=BY, side_m=100)

    def test_a_cell_has_no_cells(self) -> None:
        management.cut_area(COMMUNITY, AREA, by=BY)
        with pytest.raises(ProblemError, match="ORG-105"):
            management.cut_area(f"{COMMUNITY}001", AREA, by=BY)
        with pytest.raises(ProblemError, match="ORG-104"):
            management.cut_area("1", AREA, by=BY)

    def test_programs_draw_and_ask(self) -> None:
        key = create_client("stewards", "Stewards", "steward", by=BY)
        steward = Client(headers={"Authorization": f"Bearer {key}"})
        told = {"area": mapping(shape(AREA))}
        cut_ = steward.post(f"/api/geo/grid/{COMMUNITY}/cut", told, content_type="application/json")
        assert cut_.status_code == 200
        assert (
            Client().post(f"/api/geo/grid/{COMMUNITY}/cut", told, content_type="application/json").status_code
            == 403
        )
        here = steward.get("/api/geo/cells?longitude=125.3435&latitude=43.8972").json()
        assert here["grid"].startswith(COMMUNITY)
        cell = steward.get(f"/api/geo/cells/{here['h3']['8']}").json()
        assert {"a-1138", "b-7"} & {one["code"] for one in cell["addresses"]}
        assert steward.get("/api/geo/cells/none").status_code == 422
        assert len(steward.get(f"/api/geo/grid/{COMMUNITY}").json()["features"]) == cut_.json()["cells"]
        document = collection(square(125.340, 43.895, 125.341, 43.896))
        drawn = steward.put(f"/api/geo/grid/{COMMUNITY}", document, content_type="application/json")
        assert drawn.json() == {"cells": 1}


def collection(*rings: Any) -> dict[str, Any]:
    """A FeatureCollection of polygons."""
    return {"type": "FeatureCollection", "features": [feature({}, "Polygon", ring) for ring in rings]}
