"""Tiles over OGC API: what is drawn where, how they are kept, what is refused, how large they get."""

from __future__ import annotations

import gzip
import os
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import pyarrow as pa
import pytest
import shapely
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from beichen.kernel.access import service as access
from beichen.platforms.geo.models import Layer
from beichen.platforms.geo.ogc.tests import ground
from beichen.platforms.geo.ogc.tiles import cache, encoding
from beichen.platforms.geo.ogc.tiles.schemes import EXTENT, MARGIN, MAX_ZOOM, SCHEMES, Tile
from beichen.platforms.geo.service import install_layers

MERCATOR, DEGREES = SCHEMES["WebMercatorQuad"], SCHEMES["WorldCRS84Quad"]
BASE = "/ogc/collections/stations/tiles/WebMercatorQuad"


@pytest.fixture
def _city(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "FOLDER", str(tmp_path))
    access.load_roles(by=ground.BY)
    ground.keep_layers()


def decoded(content: bytes) -> dict[str, Any]:
    """The layers of a tile, with y from the top."""
    found: dict[str, Any] = mapbox_vector_tile.decode(content, default_options={"y_coord_down": True})
    return found


def address_of(longitude: float, latitude: float, zoom: int, scheme: Any = MERCATOR) -> str:
    """The tile that a place lies in."""
    at = scheme.limits((longitude, latitude, longitude, latitude), range(zoom, zoom + 1))[0]
    return f"{zoom}/{at['minTileRow']}/{at['minTileCol']}"


@pytest.mark.usefixtures("_city")
def test_a_tile_holds_what_lies_in_it(client: Client) -> None:
    answer = client.get(f"{BASE}/{address_of(125.3235, 43.8868, 14)}")
    assert answer.headers["Content-Type"] == "application/vnd.mapbox-vector-tile"
    (feature,) = decoded(answer.content)["stations"]["features"]
    assert feature["properties"] == {
        "id": "s1",
        "name": "人民广场站",
        "storeys": 3,
        "is_open": True,
        "built": "2011-10-30",
    }
    x, y = feature["geometry"]["coordinates"]
    assert 0 <= x <= EXTENT
    assert 0 <= y <= EXTENT


@pytest.mark.usefixtures("_city")
def test_a_tile_in_degrees(client: Client) -> None:
    at = address_of(125.3235, 43.8868, 12, DEGREES)
    answer = client.get(f"/ogc/collections/stations/tiles/WorldCRS84Quad/{at}")
    assert [one["properties"]["id"] for one in decoded(answer.content)["stations"]["features"]] == ["s1"]


@pytest.mark.usefixtures("_city")
def test_the_whole_map_is_one_tile(client: Client) -> None:
    at = address_of(125.3235, 43.8868, 9)
    whole = decoded(client.get(f"/ogc/tiles/WebMercatorQuad/{at}").content)
    assert list(whole) == ["areas", "stations"]
    some = decoded(client.get(f"/ogc/tiles/WebMercatorQuad/{at}", {"collections": "areas"}).content)
    assert list(some) == ["areas"]
    answer = client.get(f"/ogc/tiles/WebMercatorQuad/{at}", {"collections": "areas,none"})
    assert answer.json()["code"] == "GEO-613"


@pytest.mark.usefixtures("_city")
def test_an_empty_tile_is_no_content(client: Client) -> None:
    answer = client.get(f"{BASE}/{address_of(-60, -40, 10)}")
    assert (answer.status_code, answer.content) == (204, b"")


@pytest.mark.usefixtures("_city")
@pytest.mark.parametrize(
    "at", ["23/0/0", "3/8/0", "3/0/8", "-1/0/0", "0/0/1", "a/0/0", "1/99999999999/0", "1/٣/0"]
)
def test_a_tile_outside_the_world(client: Client, at: str) -> None:
    answer = client.get(f"{BASE}/{at}")
    assert (answer.status_code, answer.json()["code"]) == (404, "GEO-615")
    assert client.get("/ogc/collections/stations/tiles/Mars/0/0/0").json()["code"] == "GEO-615"


@pytest.mark.usefixtures("_city")
def test_tiles_are_kept_under_their_source(client: Client) -> None:
    at = address_of(125.3235, 43.8868, 9)
    first = client.get(f"{BASE}/{at}")
    assert client.get(f"{BASE}/{at}", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    (kept,) = Path(cache.FOLDER).rglob("*.mvt")
    kept.write_bytes(b"from the cache")
    assert client.get(f"{BASE}/{at}").content == b"from the cache"
    moved = [ground.feature("s9", "新站", 125.33, 43.9, 1)]
    install_layers([ground.layer("stations", "point", moved)], owner="city:test", by=ground.BY)
    second = client.get(f"{BASE}/{at}")
    assert second.headers["ETag"] != first.headers["ETag"]
    assert decoded(second.content)["stations"]["features"][0]["properties"]["id"] == "s9"


@pytest.mark.usefixtures("_city")
def test_gzip(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("beichen.platforms.geo.ogc.tiles.serving.WORTH", 10)
    at = address_of(125.3235, 43.8868, 9)
    for _time in range(2):  # made, and from the cache
        answer = client.get(f"{BASE}/{at}", headers={"Accept-Encoding": "gzip"})
        assert answer.headers["Content-Encoding"] == "gzip"
        assert len(decoded(gzip.decompress(answer.content))["stations"]["features"]) == 4
    assert "Content-Encoding" not in client.get(f"{BASE}/{at}").headers


@pytest.mark.usefixtures("_city")
def test_a_tile_is_narrowed(client: Client) -> None:
    at = address_of(125.3235, 43.8868, 9)
    answer = client.get(f"{BASE}/{at}", {"filter": "storeys > 5", "properties": "name"})
    found = [one["properties"] for one in decoded(answer.content)["stations"]["features"]]
    assert sorted(one["id"] for one in found) == ["s2", "s3"]
    assert all(set(one) == {"id", "name"} for one in found)
    assert answer.headers["Cache-Control"] == "no-store"
    assert client.get(f"{BASE}/{at}", {"filter": "storeys >"}).json()["code"] == "GEO-601"
    assert client.get(f"{BASE}/{at}", {"limit": "3"}).json()["code"] == "GEO-610"


@pytest.mark.usefixtures("_city")
def test_what_describes_tiles(client: Client) -> None:
    found = client.get(BASE).json()
    item = next(one for one in found["links"] if one["rel"] == "item")
    assert item["href"].endswith("/{tileMatrix}/{tileRow}/{tileCol}")
    assert found["layers"][0]["propertiesSchema"]["properties"]["storeys"]
    limits = {one["tileMatrix"]: one for one in found["tileMatrixSetLimits"]}
    assert limits["0"]["maxTileRow"] == 0
    json = client.get(BASE, {"f": "tilejson"}).json()
    assert json["tiles"] == [f"http://testserver{BASE}/{{z}}/{{y}}/{{x}}"]
    assert json["vector_layers"][0]["fields"]["storeys"] == "Number"
    assert json["bounds"] == [125.25, 43.789, 125.456, 43.9107]
    scheme = client.get("/ogc/tileMatrixSets/WebMercatorQuad").json()
    assert scheme["tileMatrices"][0]["scaleDenominator"] == pytest.approx(559082264.0287178)
    degrees = client.get("/ogc/tileMatrixSets/WorldCRS84Quad").json()
    assert degrees["tileMatrices"][0]["scaleDenominator"] == pytest.approx(279541132.0143589)
    assert [one["matrixWidth"] for one in degrees["tileMatrices"][:2]] == [2, 4]


@pytest.mark.usefixtures("_city")
def test_styles(client: Client) -> None:
    Layer.objects.filter(key="areas").update(
        legend={"by": "code", "categories": [{"value": "220102", "colour": "#123456"}], "other": "#abcdef"}
    )
    for path in ("/ogc/styles", "/ogc/collections/areas/styles"):
        for theme in ("light", "dark"):
            style = client.get(f"{path}/{theme}").json()
            assert style["version"] == 8
            assert style["sources"]["city"]["url"].endswith("/tiles/WebMercatorQuad?f=tilejson")
            fill = next(one for one in style["layers"] if one["id"] == "areas")
            assert fill["paint"]["fill-color"][2:] == ["220102", "#123456", "#abcdef"]
    assert client.get("/ogc/styles/pink").json()["code"] == "GEO-613"


def test_the_cache_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "FOLDER", str(tmp_path))
    places = [cache.place_of("a", "tag", Tile(MERCATOR, 5, 1, column)) for column in range(4)]
    for age, place in enumerate(places):
        cache.keep(place, b"x" * 5_000)
        os.utime(place, (1_000 + age, 1_000 + age))
    assert cache.prune(10_001) == 2
    assert [place.exists() for place in places] == [False, False, True, True]
    assert cache.prune(0) == 2
    assert list(tmp_path.iterdir()) == []


def table_of(shapes: list[Any], **columns: Any) -> pa.Table:
    """Features as a source gives them."""
    named = {"id": [str(place) for place in range(len(shapes))], "region": [""] * len(shapes)}
    return pa.table({**named, "geometry": pa.array(shapely.to_wkb(shapes), pa.binary()), **columns})


WORLD = Tile(MERCATOR, 0, 0, 0)


def test_areas_keep_their_holes_and_their_turning() -> None:
    area = shapely.box(-90, -60, 90, 60).difference(shapely.box(-20, -20, 20, 20))
    (feature,) = decoded(encoding.encoded(table_of([area]), WORLD, "a"))["a"]["features"]
    outer, inner = (shapely.LinearRing(ring) for ring in feature["geometry"]["coordinates"])
    assert (outer.is_ccw, inner.is_ccw) == (True, False)  # y points down: clockwise as it is seen


def test_what_is_too_small_or_outside_is_left_out() -> None:
    shapes = [
        shapely.box(0, 0, 1e-6, 1e-6),
        shapely.LineString([(0, 0), (1e-9, 0)]),
        shapely.box(10, 10, 60, 60),
        shapely.GeometryCollection([shapely.Point(0, 0), shapely.box(1, 1, 9, 9)]),
    ]
    features = decoded(encoding.encoded(table_of(shapes), WORLD, "a"))["a"]["features"]
    assert [one["properties"]["id"] for one in features] == ["2"]
    assert encoding.encoded(table_of(shapes[:1]), WORLD, "a") == b""


def test_rings_that_round_to_a_point_are_left_out() -> None:
    """GEOS does not take repeated places out of them: a corner that the cut leaves, a hole."""
    tile = MERCATOR.tile(*address_of(1, -1, 3, MERCATOR).split("/"))
    unit = 45 / EXTENT  # degrees, along the equator
    edge = (0.3 - MARGIN) * unit
    hole = shapely.box(100.6 * unit, -101.4 * unit, 101.4 * unit, -100.6 * unit)
    shapes = [shapely.box(0, -20, 20, 0).difference(hole), shapely.box(-90, -edge, edge, 10 - edge)]
    (feature,) = decoded(encoding.encoded(table_of(shapes), tile, "a"))["a"]["features"]
    assert (feature["properties"]["id"], len(feature["geometry"]["coordinates"])) == ("0", 1)
    assert encoding.encoded(table_of(shapes[1:]), tile, "a") == b""


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(*[st.floats(-0.001, 0.001)] * 2), min_size=3, max_size=9, unique=True),
    st.integers(8, 22),
)
def test_areas_of_any_size_make_tiles(corners: list[tuple[float, float]], zoom: int) -> None:
    """Around the corner of four tiles, so that all that cutting and rounding leave is met with."""
    area = shapely.Polygon([(125 + 1e-9 + x, 44 + y) for x, y in corners]).buffer(0)
    tile = MERCATOR.tile(*address_of(125, 44, min(zoom, MAX_ZOOM), MERCATOR).split("/"))
    content = encoding.encoded(table_of([area]), tile, "a")
    for feature in decoded(content)["a"]["features"] if content else []:
        assert shapely.geometry.shape(feature["geometry"]).area > 0


def test_a_tile_is_bounded_in_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoding, "MAX_BYTES", 20_000)
    points = [shapely.Point(place / 10, 1) for place in range(300)]
    table = table_of(points, about=["x" * 90 + str(place) for place in range(300)])
    content = encoding.encoded(table, WORLD, "a")
    assert len(content) <= 20_000
    features = decoded(content)["a"]["features"]
    assert len(features) == 300
    assert set(features[0]["properties"]) == {"id"}


def test_a_tile_is_bounded_in_vertices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoding, "MAX_VERTICES", 1_000)
    circles = [shapely.Point(place, 0).buffer(30, 64) for place in range(20)]
    features = decoded(encoding.encoded(table_of(circles), WORLD, "a"))["a"]["features"]
    assert 1 <= len(features) <= 4


def test_names_of_columns_cannot_break_the_statement() -> None:
    hostile = "a\"; DROP TABLE x; --'"
    content = encoding.encoded(table_of([shapely.Point(1, 1)], **{hostile: ["v"]}), WORLD, "l'ayer")
    assert decoded(content)["l'ayer"]["features"][0]["properties"][hostile] == "v"


@settings(max_examples=60, deadline=None)
@given(
    st.floats(-179.9, 179.9),
    st.floats(-85, 85),
    st.integers(0, MAX_ZOOM),
    st.sampled_from([MERCATOR, DEGREES]),
)
def test_a_place_is_found_in_the_tile_that_it_lies_in(
    longitude: float, latitude: float, zoom: int, scheme: Any
) -> None:
    """Both ways of placing agree: boxes of tiles in degrees, and degrees in the units of a tile."""
    tile = scheme.tile(*address_of(longitude, latitude, zoom, scheme).split("/"))
    west, south, east, north = tile.box
    assert west <= longitude <= east
    assert south <= latitude <= north
    (feature,) = decoded(encoding.encoded(table_of([shapely.Point(longitude, latitude)]), tile, "a"))["a"][
        "features"
    ]
    assert all(-1 <= one <= EXTENT + 1 for one in feature["geometry"]["coordinates"])


def test_moments_are_told_in_utc() -> None:
    times = pa.array([0], pa.timestamp("us", "UTC"))
    table = table_of(
        [shapely.Point(1, 1)],
        seen=times,
        built=pa.array([0], pa.date32()),
        gone=pa.array([None], pa.string()),
    )
    (feature,) = decoded(encoding.encoded(table, WORLD, "a"))["a"]["features"]
    assert feature["properties"] == {"id": "0", "seen": "1970-01-01T00:00:00Z", "built": "1970-01-01"}
