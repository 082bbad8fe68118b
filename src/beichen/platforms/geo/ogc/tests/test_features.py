"""Features over OGC API: pages, filters, systems, single features, and what is refused."""

from __future__ import annotations

import math
from typing import Any

import pytest
from django.test import Client

from beichen.kernel.access import service as access
from beichen.platforms.geo.ogc.tests import ground

pytestmark = pytest.mark.django_db
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
ITEMS = "/ogc/collections/stations/items"


@pytest.fixture(autouse=True)
def _city() -> None:
    access.load_roles(by=ground.BY)
    ground.keep_layers()


def ask(client: Client, path: str, **query: Any) -> dict[str, Any]:
    """A document that is answered."""
    named = {
        name if name.startswith("is_") else name.replace("_", "-"): value for name, value in query.items()
    }
    answer = client.get(path, named)
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def ids(client: Client, **query: Any) -> list[str]:
    """The features that are found."""
    return sorted(one["id"] for one in ask(client, ITEMS, **query)["features"])


def rel(document: dict[str, Any], name: str) -> str:
    """The address of a link; empty when there is none."""
    return next((one["href"] for one in document["links"] if one["rel"] == name), "")


def test_a_page_is_one_statement(client: Client, django_assert_num_queries: Any) -> None:
    """Whatever is asked, the layer alone is read from the database."""
    ground.keep_upload()
    stops = "/ogc/collections/stops/items"
    query = {"filter": "storeys > 3 AND name LIKE '%站'", "bbox": "125,43,126,44"}
    first = ask(client, stops, **query)["features"]
    with django_assert_num_queries(1):
        assert ask(client, stops, **query)["features"] == first
    assert sorted(one["id"] for one in first) == ["s2", "s3"]


def test_a_client_finds_its_way(client: Client) -> None:
    """From the landing page to a feature by links alone."""
    landing = ask(client, "/ogc")
    collections = client.get(rel(landing, "data")).json()
    assert [one["id"] for one in collections["collections"]] == ["areas", "stations"]
    stations = client.get(rel(collections["collections"][1], "self")).json()
    assert stations["title"] == "车站"
    assert stations["extent"]["spatial"]["bbox"] == [[125.25, 43.789, 125.456, 43.9107]]
    items = client.get(rel(stations, "items")).json()
    assert items["numberMatched"] == items["numberReturned"] == 4
    assert f"{EPSG}4551" in stations["crs"]
    assert stations["storageCrs"].endswith("CRS84")
    for name in ("service-desc", "conformance"):
        assert client.get(rel(landing, name)).status_code == 200


def test_languages(client: Client) -> None:
    answer = client.get("/ogc/collections/stations", headers={"Accept-Language": "en"})
    assert answer.json()["title"] == "Stations"


def test_pages_lead_on_and_back(client: Client) -> None:
    first = ask(client, ITEMS, limit=3)
    assert rel(first, "prev") == ""
    second = client.get(rel(first, "next")).json()
    assert len(first["features"]) == 3
    assert len(second["features"]) == 1
    assert rel(second, "next") == ""
    back = client.get(rel(second, "prev")).json()
    assert back["features"] == first["features"]
    assert {one["id"] for one in first["features"] + second["features"]} == {"s1", "s2", "s3", "s4"}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"bbox": "125.3,43.88,125.33,43.92"}, ["s1", "s2"]),
        ({"bbox": "125.3,43.88,0,125.33,43.92,100"}, ["s1", "s2"]),
        ({"bbox": "125.4,43,-170,44"}, ["s3"]),
        ({"bbox": "43.88,125.3,43.92,125.33", "bbox_crs": f"{EPSG}4490"}, ["s1", "s2"]),
        ({"bbox": "13950000,5440000,13952000,5460000", "bbox_crs": f"{EPSG}3857"}, ["s1", "s2"]),
        ({"filter": "storeys > 5"}, ["s2", "s3"]),
        ({"filter": "storeys IS NULL OR name = '长春站'"}, ["s2", "s4"]),
        ({"filter": '{"op": "=", "args": [{"property": "storeys"}, 3]}', "filter_lang": "cql2-json"}, ["s1"]),
        ({"filter": "S_WITHIN(geometry, BBOX(125.4, 43, 126, 44))"}, ["s3"]),
        ({"filter": "S_WITHIN(geometry, BBOX(43, 125.4, 44, 126))", "filter_crs": f"{EPSG}4326"}, ["s3"]),
        ({"storeys": "3"}, ["s1"]),
        ({"is_open": "false"}, ["s4"]),
        ({"name": "长春站", "storeys": "12"}, ["s2"]),
        ({"datetime": "2026-01-01/.."}, ["s1", "s2", "s3", "s4"]),
        ({"limit": "20000"}, ["s1", "s2", "s3", "s4"]),
    ],
)
def test_questions_narrow(client: Client, query: dict[str, str], found: list[str]) -> None:
    assert ids(client, **query) == found


@pytest.mark.parametrize(
    ("query", "code", "field"),
    [
        ({"limit": "0"}, "GEO-610", "limit"),
        ({"limit": "-3"}, "GEO-610", "limit"),
        ({"limit": "ten"}, "GEO-610", "limit"),
        ({"bbox": "1,2,3"}, "GEO-610", "bbox"),
        ({"bbox": "nan,2,3,4"}, "GEO-610", "bbox"),
        ({"bbox": "1,20,3,4"}, "GEO-610", "bbox"),
        ({"bbox": "500,2,600,4"}, "GEO-610", "bbox"),
        ({"bbox": "1e300,0,1e301,1", "bbox_crs": f"{EPSG}4548"}, "GEO-610", "bbox"),
        ({"bbox": "1,2,3,4", "bbox_crs": "EPSG:9999999"}, "GEO-611", "bbox-crs"),
        ({"crs": "x" * 3_000}, "GEO-611", "crs"),
        ({"datetime": "yesterday"}, "GEO-610", "datetime"),
        ({"datetime": "2026-01-02/2026-01-01"}, "GEO-610", "datetime"),
        ({"datetime": "0001-01-01T00:00:00+14:00"}, "GEO-610", "datetime"),
        ({"storeys": "many"}, "GEO-610", "storeys"),
        ({"is_open": "perhaps"}, "GEO-610", "is_open"),
        ({"storey": "3"}, "GEO-610", "storey"),
        ({"properties": "height"}, "GEO-610", "properties"),
        ({"cursor": "!"}, "GEO-610", "cursor"),
        ({"cursor": "é"}, "GEO-610", "cursor"),
        ({"cursor": "WyI5fn4iXQ"}, "GEO-405", "after"),
        ({"filter": "storeys >"}, "GEO-601", "filter"),
        ({"filter": "(" * 9_000}, "GEO-602", "filter"),
        ({"filter_lang": "sql"}, "GEO-610", "filter-lang"),
        ({"filter": "storeys = 1", "filter_crs": "EPSG:1"}, "GEO-611", "filter-crs"),
        ({"f": "gml"}, "GEO-612", "f"),
    ],
)
def test_what_is_wrong_is_told(client: Client, query: dict[str, str], code: str, field: str) -> None:
    named = {
        name if name.startswith("is_") else name.replace("_", "-"): value for name, value in query.items()
    }
    answer = client.get(ITEMS, named)
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["code"], problem["where"]["field"]) == (code, field)
    assert answer.status_code == problem["status"]


def test_coordinates_come_in_the_order_of_their_system(client: Client) -> None:
    one = f"{ITEMS}/s1"
    assert ask(client, one)["geometry"]["coordinates"] == [125.3235, 43.8868]
    assert ask(client, one, crs=f"{EPSG}4490")["geometry"]["coordinates"] == [43.8868, 125.3235]
    northing, easting = ask(client, one, crs=f"{EPSG}4551")["geometry"]["coordinates"]
    assert 4_860_000 < northing < 4_863_000
    assert 445_000 < easting < 447_000
    x, y = ask(client, one, crs=f"{EPSG}3857")["geometry"]["coordinates"]
    radius = 6_378_137
    expected = (math.radians(125.3235), math.asinh(math.tan(math.radians(43.8868))))
    assert (x, y) == pytest.approx([radius * one for one in expected], abs=0.01)
    answer = client.get(ITEMS, {"crs": f"{EPSG}4326"})
    assert answer.headers["Content-Crs"] == f"<{EPSG}4326>"
    assert [43.8868, 125.3235] in [one["geometry"]["coordinates"] for one in answer.json()["features"]]


def test_a_feature_has_its_version(client: Client) -> None:
    answer = client.get(f"{ITEMS}/s1")
    assert answer.json()["properties"]["name"] == "人民广场站"
    tag = answer.headers["ETag"]
    assert client.get(f"{ITEMS}/s1", headers={"If-None-Match": tag}).status_code == 304
    other = client.get(f"{ITEMS}/s1", {"crs": f"{EPSG}4326"}).headers["ETag"]
    assert other == f'{tag[:-1]}-4326"'


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/ogc/collections/nothing", "GEO-613"),
        ("/ogc/collections/nothing/items", "GEO-613"),
        (f"{ITEMS}/nothing", "GEO-614"),
        (f"{ITEMS}/a/b", "GEO-614"),
    ],
)
def test_what_is_not_there(client: Client, path: str, code: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, code)


def test_other_methods(client: Client) -> None:
    answer = client.put(ITEMS)
    assert (answer.status_code, answer.json()["code"]) == (405, "GEO-616")
    assert answer.headers["Allow"] == "GET, HEAD, POST, OPTIONS"
    assert client.options(ITEMS).headers["Allow"] == answer.headers["Allow"]


def test_schemas(client: Client) -> None:
    found = ask(client, "/ogc/collections/stations/queryables")
    assert found["properties"]["storeys"]["type"] == "integer"
    assert found["properties"]["geometry"] == {"format": "geometry-point-or-multipoint"}
    assert found["additionalProperties"] is False
    schema = ask(client, "/ogc/collections/stations/schema")
    assert schema["properties"]["geometry"]["x-ogc-role"] == "primary-geometry"


def test_only_wanted_properties(client: Client) -> None:
    features = ask(client, ITEMS, properties="name")["features"]
    assert all(list(one["properties"]) == ["name"] for one in features)


@pytest.mark.parametrize(
    "path",
    [
        "/ogc",
        "/ogc/conformance",
        "/ogc/api",
        "/ogc/collections",
        "/ogc/collections/stations",
        "/ogc/collections/stations/queryables",
        ITEMS,
        f"{ITEMS}/s1",
        "/ogc/collections/stations/tiles",
        "/ogc/collections/stations/tiles/WebMercatorQuad",
        "/ogc/tiles",
        "/ogc/tiles/WebMercatorQuad",
        "/ogc/tileMatrixSets",
        "/ogc/tileMatrixSets/WebMercatorQuad",
        "/ogc/styles",
        "/ogc/collections/stations/styles",
    ],
)
def test_people_get_pages(client: Client, path: str) -> None:
    for query, headers in (({"f": "html"}, {}), ({}, {"Accept": "text/html"})):
        answer = client.get(path, query, headers=headers)
        assert answer.status_code == 200
        assert "<main" in answer.content.decode()
    assert client.get(path, headers={"Accept": "*/*"}).headers["Content-Type"].startswith("application/")


def test_the_list_of_collections_is_searched_and_exported(client: Client) -> None:
    page = client.get("/ogc/collections", {"f": "html", "q": "车站"}).content.decode()
    assert "/ogc/collections/stations" in page
    assert "/ogc/collections/areas" not in page
    export = client.get("/ogc/collections", {"f": "html", "format": "csv"})
    assert "stations" in b"".join(export).decode()


def test_hostile_text_is_shown_as_text(client: Client) -> None:
    page = client.get(ITEMS, {"f": "html", "filter": "name = '<script>'"})
    assert b"<script>'" not in page.content
