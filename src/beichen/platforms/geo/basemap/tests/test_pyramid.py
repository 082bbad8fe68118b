"""From features to tiles: what lies in a tile is what lies there on the globe."""

from __future__ import annotations

import gzip
from pathlib import Path

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pmtiles.reader import MmapSource, Reader, all_tiles

from beichen.platforms.geo.basemap.archive import encode, write
from beichen.platforms.geo.basemap.content import Piece, on_square
from beichen.platforms.geo.basemap.pyramid import EXTENT, MARGIN, tiles

BOX = shapely.box(124.0, 43.0, 127.0, 45.0)


def piece(*shapes: shapely.Geometry, layer: str = "water", zoom: tuple[int, int] = (0, 22)) -> Piece:
    said = [{"name": f"n{number}"} for number in range(len(shapes))]
    return Piece(layer, on_square(np.array(shapes, dtype=object)), said, zoom)


@settings(max_examples=60, deadline=None)
@given(st.floats(-179.9, 179.9), st.floats(-84, 84), st.integers(0, 14))
def test_a_point_is_in_the_tile_of_its_place(longitude: float, latitude: float, zoom: int) -> None:
    found = list(tiles([piece(shapely.Point(longitude, latitude))], zoom))
    where = on_square(shapely.Point(longitude, latitude))
    column, row = int(where.x * 2**zoom), int(where.y * 2**zoom)
    own = [one for one in found if one.tile == (zoom, column, row)]
    assert len(own) == 1
    (x, y) = own[0].cuts[0].geometries[0].coords[0]
    assert x == pytest.approx((where.x * 2**zoom - column) * EXTENT, abs=1e-3)
    assert y == pytest.approx((where.y * 2**zoom - row) * EXTENT, abs=1e-3)
    assert all(-MARGIN <= c <= EXTENT + MARGIN for one in found for c in one.cuts[0].geometries[0].coords[0])


@pytest.mark.parametrize("zoom", [5, 9, 12])
def test_the_parts_of_an_area_are_the_whole_area(zoom: int) -> None:
    """Cut to its tiles without their margins, whether a tile is cut or taken for a whole one."""
    total = 0.0
    tile = shapely.box(0, 0, EXTENT, EXTENT)
    for one in tiles([piece(BOX)], zoom):
        total += shapely.area(shapely.intersection(one.cuts[0].geometries[0], tile))
    assert total / (EXTENT * 2**zoom) ** 2 == pytest.approx(shapely.area(on_square(BOX)), rel=1e-6)


def test_what_covers_a_quarter_is_one_content_for_all_its_tiles() -> None:
    found = list(tiles([piece(BOX)], 12))
    alike = {one.sameness for one in found if one.sameness}
    assert len(found) > 500
    assert alike == {(1, 0)}
    assert sum(1 for one in found if not one.sameness) < len(found) / 4  # the edge alone is cut


def test_a_feature_is_only_in_the_zooms_of_its_layer() -> None:
    near = piece(BOX, zoom=(8, 10))
    assert [bool(list(tiles([near], zoom))) for zoom in (7, 8, 10, 11)] == [False, True, True, False]


def test_specks_are_left_out_far_away_and_neighbours_keep_their_border() -> None:
    speck = shapely.box(125, 44, 125.0001, 44.0001)
    assert list(tiles([piece(speck)], 6)) == []
    assert list(tiles([piece(speck)], 14)) != []
    wave = [(125 + np.sin(step) / 50, 43 + step / 40) for step in np.linspace(0, 80, 400)]
    west = shapely.Polygon([*wave, (124, 45), (124, 43)])
    east = shapely.Polygon([*wave, (127, 45), (127, 43)])
    shapes = [shape for one in tiles([piece(west, east)], 5) for shape in one.cuts[0].geometries]
    whole = shapely.union_all(shapes)
    assert shapely.get_num_geometries(whole) == 1
    assert shapely.get_num_interior_rings(whole) == 0  # no gap between the two


def test_a_tile_says_names_and_whole_numbers_within_its_margin() -> None:
    (one,) = [found for found in tiles([piece(BOX)], 6) if found.tile == (6, 54, 23)]
    layers = mapbox_vector_tile.decode(gzip.decompress(encode(one.cuts)))
    (feature,) = layers["water"]["features"]
    assert feature["properties"] == {"name": "n0"}
    ring = np.array(feature["geometry"]["coordinates"][0])
    assert ring.min() >= -MARGIN
    assert ring.max() <= EXTENT + MARGIN


def test_an_archive_is_read_by_the_library_and_takes_its_place_at_once(tmp_path: Path) -> None:
    target = tmp_path / "map/base.pmtiles"
    pieces = [piece(BOX), piece(shapely.LineString([(125, 43.5), (126, 44.5)]), layer="road")]
    number = write(
        lambda zoom: tiles(pieces, zoom),
        target,
        box=(124, 43, 127, 45),
        zooms=range(4, 10),
        about={"name": "x"},
    )
    with target.open("rb") as file:
        reader = Reader(MmapSource(file))
        header = reader.header()
        assert (header["min_zoom"], header["max_zoom"], header["addressed_tiles_count"]) == (4, 9, number)
        assert header["clustered"]
        assert reader.metadata()["name"] == "x"
        found = {place for place, _tile in all_tiles(MmapSource(file))}
    assert len(found) == number
    assert list(target.parent.iterdir()) == [target]


def test_a_build_that_fails_leaves_the_old_archive(tmp_path: Path) -> None:
    target = tmp_path / "base.pmtiles"
    target.write_bytes(b"old")

    def broken(zoom: int) -> list[object]:
        raise RuntimeError(str(zoom))

    with pytest.raises(RuntimeError):
        write(broken, target, box=(0, 0, 1, 1), zooms=range(2), about={})  # type: ignore[arg-type]
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]
