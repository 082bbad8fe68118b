"""NGSI-LD over HTTP: what a program can do from the first entity to the last page."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from beichen.kernel.access import service as access
from beichen.kernel.actor import system
from beichen.kernel.audit.models import AuditRecord
from beichen.kernel.org.service import RegionFacts, load_regions, region_by_code
from beichen.registry import service
from beichen.registry.document.context import CORE_ONLY
from beichen.registry.document.expansion import Expander
from beichen.registry.document.names import CORE_CONTEXT
from beichen.registry.models import ObjectVersion
from beichen.registry.tests.clients import LD_JSON, Program

pytestmark = pytest.mark.django_db
BY = system("test")
SQUARE = "[[[125.0,43.0],[126.0,43.0],[126.0,44.0],[125.0,44.0],[125.0,43.0]]]"


def point(x: float, y: float) -> dict[str, Any]:
    """A GeoJSON point."""
    return {"type": "Point", "coordinates": [x, y]}


def test_an_entity_lives_from_creation_to_removal(program: Program) -> None:
    created = program.create("urn:ngsi-ld:Well:1", "Well", depth=4, location=point(125.3, 43.9))
    assert created["Location"] == "/ngsi-ld/v1/entities/urn:ngsi-ld:Well:1"
    path = "entities/urn:ngsi-ld:Well:1"
    assert program.send("PATCH", f"{path}/attrs/depth", {"value": 5, "unitCode": "MTR"}).status_code == 204
    assert program.send("POST", f"{path}/attrs", {"lid": "iron"}).status_code == 204
    assert program.send("PATCH", path, {"lid": "urn:ngsi-ld:null", "note": "new"}).status_code == 204
    assert program.get(path).json() == {
        "id": "urn:ngsi-ld:Well:1",
        "type": "Well",
        "depth": {"type": "Property", "value": 5, "unitCode": "MTR"},
        "location": {"type": "GeoProperty", "value": point(125.3, 43.9)},
        "note": {"type": "Property", "value": "new"},
    }
    assert program.send("PUT", path, {"type": "Well", "depth": 1}).status_code == 204
    assert program.get(path, options="keyValues").json()["depth"] == 1
    assert ObjectVersion.objects.count() == 4
    assert program.send("DELETE", f"{path}/attrs/depth").status_code == 204
    assert program.send("DELETE", path).status_code == 204
    assert program.get(path).status_code == 404
    assert program.send("DELETE", path).json()["type"].endswith("ResourceNotFound")


def test_times_are_kept_attribute_by_attribute(program: Program) -> None:
    program.create("urn:ngsi-ld:Well:1", "Well", depth=4, lid="iron")
    program.send("PATCH", "entities/urn:ngsi-ld:Well:1/attrs/depth", {"value": 5})
    shown = program.get("entities/urn:ngsi-ld:Well:1", options="sysAttrs").json()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", shown["createdAt"])
    assert shown["depth"]["createdAt"] == shown["lid"]["createdAt"] == shown["createdAt"]
    assert shown["depth"]["modifiedAt"] == shown["modifiedAt"] > shown["lid"]["modifiedAt"]


def test_a_context_of_the_payload_names_things_and_links_say_which(program: Program) -> None:
    context = [{"depth": "https://example.org/depth", "Well": "https://example.org/Well"}]
    entity = {"id": "urn:ngsi-ld:Well:1", "type": "Well", "depth": 4, "@context": context}
    assert program.send("POST", "entities", entity, LD_JSON).status_code == 201
    plain = program.get("entities/urn:ngsi-ld:Well:1")
    assert plain.json()["https://example.org/depth"]["value"] == 4
    assert CORE_CONTEXT in plain["Link"]
    linked = program.send("GET", "entities/urn:ngsi-ld:Well:1", Accept=LD_JSON)
    assert linked["Content-Type"] == LD_JSON
    assert linked.json()["@context"] == CORE_CONTEXT


def test_pages_follow_each_other_and_the_count_is_of_all(program: Program) -> None:
    batch = [{"id": f"urn:ngsi-ld:Well:{number}", "type": "Well", "n": number} for number in range(5)]
    assert program.send("POST", "entityOperations/create", batch).status_code == 201
    page = program.get("entities", type="Well", limit=2, offset=2, count="true")
    assert [item["n"]["value"] for item in page.json()] == [2, 3]
    assert page["NGSILD-Results-Count"] == "5"
    assert 'offset=4&type=Well>; rel="next"' in page["Link"]
    assert 'offset=0&type=Well>; rel="prev"' in page["Link"]
    assert program.get("entities", type="Well", orderBy="n;desc", limit=1).json()[0]["n"]["value"] == 4


@pytest.mark.parametrize(
    ("georel", "geometry", "coordinates", "expected"),
    [
        ("within", "Polygon", SQUARE, {"1", "3"}),
        ("near;maxDistance==2000", "Point", "[125.5,43.5]", {"1", "3"}),
        ("near;minDistance==2000", "Point", "[125.5,43.5]", {"2", "4"}),
        ("intersects", "Point", "[125.5,43.5]", {"1", "3"}),
        ("equals", "Point", "[125.5,43.5]", {"1"}),
        ("disjoint", "Polygon", SQUARE, {"4"}),
        ("contains", "Point", "[125.501,43.501]", {"3"}),
        ("within", "Polygon", "[[[126.0,44.0],[127.0,44.0],[127.0,45.0],[126.0,45.0],[126.0,44.0]]]", set()),
        (
            "overlaps",
            "Polygon",
            "[[[125.5,43.5],[125.6,43.5],[125.6,43.6],[125.5,43.6],[125.5,43.5]]]",
            {"3"},
        ),
    ],
)
def test_places_are_found_by_every_relation(
    program: Program, georel: str, geometry: str, coordinates: str, expected: set[str]
) -> None:
    program.create("urn:ngsi-ld:Well:1", "Well", location=point(125.5, 43.5))
    program.create("urn:ngsi-ld:Well:2", "Well", location=point(126.0, 44.0))
    ring = [[125.49, 43.49], [125.51, 43.49], [125.51, 43.51], [125.49, 43.51], [125.49, 43.49]]
    program.create("urn:ngsi-ld:Well:3", "Well", location={"type": "Polygon", "coordinates": [ring]})
    program.create("urn:ngsi-ld:Well:4", "Well", location=point(-70, -33))
    asked = {
        "type": "Well",
        "georel": georel,
        "geometry": geometry,
        "coordinates": coordinates,
        "count": "true",
    }
    response = program.get("entities", **asked)
    assert {item["id"][-1] for item in response.json()} == expected
    assert response["NGSILD-Results-Count"] == str(len(expected))


def test_a_query_document_asks_the_same(program: Program) -> None:
    program.create("urn:ngsi-ld:Well:1", "Well", depth=4, scope="/south/park")
    program.create("urn:ngsi-ld:Lamp:1", "Lamp", depth=4)
    document = {"type": "Query", "entities": [{"type": "Well"}, {"type": "Lamp"}], "q": "depth>3"}
    assert len(program.send("POST", "entityOperations/query", document).json()) == 2
    document = {"type": "Query", "entities": [{"type": "Well"}], "scopeQ": "/south/#"}
    assert len(program.send("POST", "entityOperations/query", document).json()) == 1


def test_features_stand_on_a_map(program: Program) -> None:
    program.create("urn:ngsi-ld:Well:1", "Well", depth=4, location=point(125.5, 43.5))
    response = program.send("GET", "entities?type=Well&options=keyValues", Accept="application/geo+json")
    feature = response.json()["features"][0]
    assert feature["geometry"] == point(125.5, 43.5)
    assert feature["properties"]["depth"] == 4


def test_types_and_attributes_are_counted_while_they_are_in_use(program: Program) -> None:
    program.create("urn:ngsi-ld:Well:1", "Well", depth=4)
    program.create("urn:ngsi-ld:Well:2", "Well", depth=4, of={"object": "urn:ngsi-ld:Lamp:1"})
    assert program.get("types").json()["typeList"] == ["Well"]
    assert program.get("types/Well").json()["entityCount"] == 2
    assert program.get("attributes/depth").json()["attributeCount"] == 2
    program.send("POST", "entityOperations/delete", ["urn:ngsi-ld:Well:1", "urn:ngsi-ld:Well:2"])
    assert program.get("types").json()["typeList"] == []
    assert program.get("attributes/depth").status_code == 404


def test_linked_entities_stand_inside_or_beside(program: Program) -> None:
    program.create("urn:ngsi-ld:Well:1", "Well", of={"object": "urn:ngsi-ld:City:1"})
    program.create("urn:ngsi-ld:City:1", "City", name="长春")
    inline = program.get("entities", type="Well", join="inline", options="keyValues").json()
    assert inline[0]["of"]["name"] == "长春"
    flat = program.get("entities", type="Well", join="flat").json()
    assert [item["id"] for item in flat] == ["urn:ngsi-ld:Well:1", "urn:ngsi-ld:City:1"]


def test_a_batch_is_one_audit_record_and_a_signed_in_page_is_not_a_program(program: Program) -> None:
    before = AuditRecord.objects.count()
    batch = [{"id": f"urn:ngsi-ld:Well:{number}", "type": "Well"} for number in range(3)]
    program.send("POST", "entityOperations/upsert", batch)
    assert AuditRecord.objects.count() == before + 1
    stranger = Client()
    stranger.cookies["beichen_session"] = "nonsense"
    assert stranger.get("/ngsi-ld/v1/entities?type=Well").status_code == 200
    assert stranger.post("/ngsi-ld/v1/entities", batch[0], "application/json").status_code == 401


def test_a_part_of_the_city_counts_its_own(program: Program) -> None:
    """What lies beyond a client's region and level is in no count that it is told."""
    load_regions([RegionFacts("99", "市", "city"), RegionFacts("9901", "区", "district", "99")], by=BY)
    district = region_by_code("9901")
    wells = [
        Expander(CORE_ONLY).entity({"id": f"urn:ngsi-ld:Well:{number}", "type": "Well", "depth": 4})
        for number in (1, 2)
    ]
    drafts = [service.Draft(wells[0], level=2), service.Draft(wells[1], level=2, region=district)]
    service.write_objects(drafts, by=BY)
    key = access.create_client("district", "district", "steward", region=district, by=BY)
    asked = {"Authorization": f"Bearer {key}"}
    assert program.get("types/Well").json()["entityCount"] == 2
    assert Client().get("/ngsi-ld/v1/types/Well", headers=asked).json()["entityCount"] == 1
    assert "attributeCount" not in Client().get("/ngsi-ld/v1/attributes/depth", headers=asked).json()
