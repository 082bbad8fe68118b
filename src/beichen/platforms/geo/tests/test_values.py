"""Tiles of points whose values were made before: what they hold is what a tile of the table holds."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from beichen.platforms.geo.ogc.tiles import encoding
from beichen.platforms.geo.ogc.tiles.schemes import SCHEMES, Tile
from beichen.platforms.geo.snapshots.building import build
from beichen.platforms.geo.snapshots.gathering import batches_of, layout_of
from beichen.platforms.geo.snapshots.snapshot import Snapshot
from beichen.platforms.geo.snapshots.unfolding import unfold
from beichen.platforms.geo.source import Asked
from beichen.platforms.geo.tests.many import ROWS, snapshot_in

MERCATOR = SCHEMES["WebMercatorQuad"]
NOWHERE = ("/nowhere/",)


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """The rows as a layer."""
    return snapshot_in(tmp_path_factory.mktemp("values"))


def features(content: bytes) -> list[Any]:
    """What a tile holds, features in their order; a number that is none as a word."""
    if not content:
        return []
    (layer,) = mapbox_vector_tile.decode(content, default_options={"y_coord_down": True}).values()
    return [
        (
            one["geometry"]["coordinates"],
            {
                name: "nan" if isinstance(value, float) and math.isnan(value) else value
                for name, value in one["properties"].items()
            },
        )
        for one in layer["features"]
    ]


def tile_at(longitude: float, latitude: float, zoom: int) -> Tile:
    """The tile of a place."""
    at = MERCATOR.limits((longitude, latitude, longitude, latitude), range(zoom, zoom + 1))[0]
    return Tile(MERCATOR, zoom, at["minTileRow"], at["minTileCol"])


@settings(max_examples=60, deadline=None)
@given(
    longitude=st.floats(124.9, 126.1),
    latitude=st.floats(42.9, 44.1),
    zoom=st.integers(7, 16),
    limit=st.integers(1, 6_000),
)
def test_a_tile_is_that_of_the_table(
    longitude: float, latitude: float, zoom: int, limit: int, snapshot: Snapshot
) -> None:
    tile = tile_at(longitude, latitude, zoom)
    asked = Asked(limit=limit, box=tile.box, zoom=tile.zoom)
    of_table = features(encoding.encoded(snapshot.columns(asked), tile, "a"))
    assert features(encoding.drawn(snapshot, asked, tile, "a")) == of_table


def test_every_value_is_in_a_tile(snapshot: Snapshot) -> None:
    tile = Tile(MERCATOR, 0, 0, 0)
    found = {one["id"]: one for _at, one in features(encoding.drawn(snapshot, Asked(limit=9_000), tile, "a"))}
    assert len(found) == len(ROWS)
    for number, row in enumerate(ROWS):
        own = found[str(number)]
        assert own.get("name") == row["name"]
        assert own.get("storeys") == row["storeys"]
        assert own.get("is_open") == row["is_open"]
        assert own.get("built") == (row["built"] and row["built"].isoformat())
        assert own.get("seen") == (row["seen"] and row["seen"].strftime("%Y-%m-%dT%H:%M:%SZ"))
        depth = row["depth"]
        assert own.get("depth") == ("nan" if depth is not None and math.isnan(depth) else depth)


def test_words_are_told_apart_from_what_stands_alone(snapshot: Snapshot) -> None:
    """A field of few values has each once in a tile, and first; the others have one a feature."""
    dots = snapshot.dots(Asked(limit=100))
    assert dots is not None
    found = {tag.key: tag.value for tag in dots.properties().tags}
    assert len(set(found["is_open"].tolist())) <= 3
    assert len(set(found["id"].tolist())) == 100
    assert found["is_open"].max() < found["id"].min()
    assert found["built"].max() < found["id"].min()


def test_rights_and_what_is_asked_narrow_it(snapshot: Snapshot) -> None:
    none = snapshot.dots(Asked(limit=10, regions=NOWHERE))
    assert none is not None
    assert len(none.places) == 0
    assert snapshot.dots(Asked(limit=10, names=["name"])) is None
    assert encoding.drawn(snapshot, Asked(limit=10, regions=NOWHERE), Tile(MERCATOR, 0, 0, 0), "a") == b""


def test_a_tile_that_is_too_large_is_written_without_its_properties(
    snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoding, "MAX_BYTES", 1_000)
    found = features(encoding.drawn(snapshot, Asked(limit=200), Tile(MERCATOR, 0, 0, 0), "a"))
    assert len(found) == 200
    assert all(set(one) == {"id"} for _at, one in found)


def _laid_out(shapes: list[Any], folder: Path) -> Snapshot:
    found = [
        {"id": str(place), "properties": {"n": place}, "geometry": shapely.geometry.mapping(shape)}
        for place, shape in enumerate(shapes)
    ]

    def write(target: Path) -> None:
        layout = layout_of(found)
        build(batches_of(found, layout, lambda shapes, _told: [""] * len(shapes)), layout, target)

    return Snapshot(unfold("some", folder, write), "tag")


def test_points_with_heights_are_points(tmp_path: Path) -> None:
    laid = _laid_out([shapely.Point(125, 43, 7), shapely.Point(125.1, 43)], tmp_path)
    tile = tile_at(125, 43, 8)
    asked = Asked(limit=5, box=tile.box, zoom=tile.zoom)
    assert laid.dots(asked) is not None
    assert [one["n"] for _at, one in features(encoding.drawn(laid, asked, tile, "a"))] == [0, 1]


OTHERS = [shapely.LineString([(125, 43), (126, 44)]), shapely.MultiPoint([(125, 43)])]


@pytest.mark.parametrize("shape", OTHERS, ids=["line", "points"])
def test_other_shapes_have_none(shape: Any, tmp_path: Path) -> None:
    laid = _laid_out([shapely.Point(125, 43), shape], tmp_path)
    assert laid.dots(Asked(limit=5)) is None
    assert laid.columns(Asked(limit=5)).num_rows == 2


def test_a_layer_of_nothing_has_none(tmp_path: Path) -> None:
    assert _laid_out([], tmp_path).dots(Asked(limit=5)) is None
