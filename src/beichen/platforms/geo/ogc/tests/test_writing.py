"""Features are written: versions guard them, a key makes a POST once, coordinates are turned."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from django.test import Client

from beichen.kernel.access import service as access
from beichen.platforms.geo.ogc.tests import ground
from beichen.platforms.geo.service import fold_edits

pytestmark = pytest.mark.django_db
ITEMS = "/ogc/collections/stops/items"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
NEW = {
    "type": "Feature",
    "geometry": {"type": "Point", "coordinates": [125.4, 43.9]},
    "properties": {"name": "新站", "storeys": 2},
}


@pytest.fixture
def writer() -> Client:
    """A steward's program."""
    access.load_roles(by=ground.BY)
    ground.keep_upload()
    key = access.create_client("ogc-writer", "writer", "steward", by=ground.BY)
    return Client(headers={"Authorization": f"Bearer {key}"})


def send(
    client: Client, method: str, path: str, body: Any, kind: str = "application/geo+json", **headers: str
) -> Any:
    """The answer to a write."""
    content = body if isinstance(body, bytes) else orjson.dumps(body)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.generic(method, path, content, content_type=kind, headers=named)


def test_a_feature_lives(writer: Client) -> None:
    added = send(writer, "POST", ITEMS, NEW)
    assert added.status_code == 201
    place = added.headers["Location"].removeprefix("http://testserver")
    read = writer.get(place)
    assert read.json()["properties"] == NEW["properties"]
    assert read.headers["ETag"] == added.headers["ETag"]
    changed = send(writer, "PATCH", place, {"properties": {"storeys": None}}, "application/merge-patch+json")
    assert changed.status_code == 204
    assert changed.headers["ETag"] != added.headers["ETag"]
    late = send(writer, "PUT", place, NEW, If_Match=added.headers["ETag"])
    assert late.status_code == 412
    assert writer.get(place).headers["ETag"] == changed.headers["ETag"]
    assert send(writer, "PUT", place, NEW, If_Match=changed.headers["ETag"]).status_code == 204
    assert writer.get(place).json()["properties"]["storeys"] == 2
    assert writer.get(ITEMS, {"filter": "name = '新站'"}).json()["numberReturned"] == 1
    assert writer.delete(place).status_code == 204
    assert writer.get(place).status_code == 404


def test_a_question_that_is_known_is_answered_as_things_are_now(writer: Client) -> None:
    """What is kept of a question holds no answer: edits, folded ones, levels and fields count at once."""
    tall = {"filter": "storeys > 5 AND storeys < 20", "limit": "1"}

    def found() -> list[str]:
        names, page = [], writer.get(ITEMS, tall).json()
        while True:
            names += [one["id"] for one in page["features"]]
            more = [one["href"] for one in page["links"] if one["rel"] == "next"]
            if not more:
                return sorted(names)
            page = writer.get(more[0]).json()

    assert found() == ["s2", "s3"]
    change = {"properties": {"storeys": 9}}
    send(writer, "PATCH", f"{ITEMS}/s1", change, "application/merge-patch+json")
    assert found() == ["s1", "s2", "s3"]
    assert writer.delete(f"{ITEMS}/s3").status_code == 204
    assert found() == ["s1", "s2"]
    assert fold_edits("stops", by=ground.BY) is not None
    assert found() == ["s1", "s2"]
    ground.keep_layers()
    other = writer.get("/ogc/collections/stations/items", {"filter": "is_open = true"})
    assert other.json()["numberReturned"] == 3
    refused = writer.get(ITEMS, {"filter": "is_open = true"})
    assert refused.json()["code"] == "GEO-603", "the same words of a layer without the field"
    ground.close("stops", 4)
    assert writer.get(ITEMS, tall).status_code == 404


def test_a_key_makes_a_feature_once(writer: Client) -> None:
    first = send(writer, "POST", ITEMS, NEW, Idempotency_Key="k1")
    again = send(writer, "POST", ITEMS, NEW, Idempotency_Key="k1")
    other = send(writer, "POST", ITEMS, NEW, Idempotency_Key="k2")
    assert [one.status_code for one in (first, again, other)] == [201, 200, 201]
    assert first.headers["Location"] == again.headers["Location"] != other.headers["Location"]
    assert len(writer.get(ITEMS).json()["features"]) == 6


def test_coordinates_of_another_system_are_turned(writer: Client) -> None:
    turned = {**NEW, "geometry": {"type": "Point", "coordinates": [43.9, 125.4]}}
    added = send(writer, "POST", ITEMS, turned, Content_Crs=f"<{EPSG}4490>")
    assert writer.get(added.headers["Location"]).json()["geometry"]["coordinates"] == [125.4, 43.9]


@pytest.mark.parametrize(
    ("body", "kind", "headers", "status", "code"),
    [
        (b"{", "application/geo+json", {}, 400, "GEO-617"),
        (b"[]", "application/geo+json", {}, 400, "GEO-617"),
        ({"type": "FeatureCollection"}, "application/geo+json", {}, 400, "GEO-617"),
        ({**NEW, "properties": 3}, "application/geo+json", {}, 400, "GEO-617"),
        (NEW, "text/plain", {}, 415, "GEO-618"),
        (NEW, "application/geo+json", {"Content_Crs": "EPSG:1"}, 400, "GEO-611"),
        (
            {**NEW, "geometry": {"type": "Point", "coordinates": [500, 1]}},
            "application/geo+json",
            {},
            422,
            "GEO-822",
        ),
        ({**NEW, "geometry": None}, "application/geo+json", {}, 422, "GEO-822"),
    ],
)
def test_what_is_wrong_is_not_written(
    writer: Client, body: Any, kind: str, headers: dict[str, str], status: int, code: str
) -> None:
    answer = send(writer, "POST", ITEMS, body, kind, **headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert writer.get(ITEMS).json()["numberMatched"] == 4


def test_what_a_package_brought_is_not_edited(writer: Client) -> None:
    ground.keep_layers()
    answer = send(writer, "POST", "/ogc/collections/stations/items", NEW)
    assert answer.status_code in (403, 405, 409)
    assert answer.json()["code"] == "GEO-821"
