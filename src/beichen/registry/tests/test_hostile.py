"""Hostile payloads and queries: each is refused, says where, and leaves nothing behind."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import orjson
import pytest
from django.test import Client

from beichen.kernel.bus.models import OutboxEvent
from beichen.registry.api.call import BODY_BYTES
from beichen.registry.models import Object
from beichen.registry.query import search
from beichen.registry.tests.clients import LD_JSON, Program

pytestmark = pytest.mark.django_db
FOLDER = Path(__file__).with_name("hostile")
BODIES: list[dict[str, Any]] = json.loads((FOLDER / "bodies.json").read_text(encoding="utf-8"))
QUERIES: list[dict[str, str]] = json.loads((FOLDER / "queries.json").read_text(encoding="utf-8"))


def _body(case: dict[str, Any]) -> tuple[bytes, str]:
    if "hex" in case:
        return bytes.fromhex(case["hex"]), "application/json"
    if "raw" in case:
        return case["raw"].encode(), "application/json"
    return orjson.dumps(case.get("json", case.get("ld"))), LD_JSON if "ld" in case else "application/json"


def _left_nothing() -> bool:
    return not Object.objects.exists() and not OutboxEvent.objects.exists()


@pytest.mark.parametrize("case", BODIES, ids=[case["about"] for case in BODIES])
def test_a_hostile_body_is_refused_with_its_place(case: dict[str, Any]) -> None:
    body, kind = _body(case)
    response = Program().send("POST", "entities", body, kind)
    answer = response.json()
    assert response.status_code == case["status"], answer
    assert answer["detail"]
    assert answer["type"].startswith("https://uri.etsi.org/ngsi-ld/errors/")
    if "pointer" in case:
        assert answer["where"]["pointer"] == case["pointer"]
    if "code" in case:
        assert answer["code"] == case["code"]
    assert _left_nothing()


@pytest.mark.parametrize("case", QUERIES, ids=[json.dumps(case, ensure_ascii=False) for case in QUERIES])
def test_a_hostile_query_is_refused_with_its_parameter(case: dict[str, str]) -> None:
    response = Client().get("/ngsi-ld/v1/entities", {"type": "T", **case})
    assert response.status_code == 400, response.content
    assert response.json()["detail"]


def test_a_query_that_would_read_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    program = Program()
    program.send("POST", "entityOperations/create", [{"id": f"urn:a:{n}", "type": "T"} for n in range(9)])
    monkeypatch.setattr(search, "READ_LIMIT", 4)
    monkeypatch.setattr(search, "CHUNK_LIMIT", 2)
    response = program.get("entities", type="T", q='note~="nowhere.*"')
    assert (response.status_code, response.json()["code"]) == (403, "REG-106")
    assert response.json()["detail"] == "more than 4 objects would be read"
    assert response.json()["type"].endswith("/TooComplexQuery")
    assert program.get("entities", id="urn:a:1", type="T", q='note~="nowhere.*"').json() == []


@pytest.mark.parametrize("depth", [70, 500, 5000])
def test_deep_nesting_is_refused(depth: int) -> None:
    body = b'{"id": "urn:a:1", "type": "T", "x": {"type": "Property", "value": %s1%s}}'
    response = Program().send("POST", "entities", body % (b"[" * depth, b"]" * depth))
    assert response.status_code == 400
    assert _left_nothing()


def test_attributes_of_attributes_nest_only_so_deep() -> None:
    value: dict[str, Any] = {"value": 1}
    for _ in range(40):
        value = {"value": 1, "x": value}
    response = Program().send("POST", "entities", {"id": "urn:a:1", "type": "T", "x": value})
    assert response.status_code == 400
    assert "nest" in response.json()["detail"]


def test_a_body_that_is_too_large_is_not_read() -> None:
    program = Program()
    assert program.send("POST", "entityOperations/create", b" " * (BODY_BYTES + 1)).status_code == 413
    assert program.send("POST", "entities", b" " * 10_000_000).json()["code"] == "REG-108"


def test_a_batch_with_one_bad_entity_writes_the_others_and_names_it() -> None:
    program = Program()
    batch = [{"id": "urn:a:1", "type": "T", "x": 1}, {"id": "nonsense", "type": "T"}]
    response = program.send("POST", "entityOperations/create", batch)
    assert response.status_code == 207
    assert response.json()["success"] == ["urn:a:1"]
    assert response.json()["errors"][0]["entityId"] == "nonsense"


def test_huge_whole_numbers_are_kept_as_far_as_json_numbers_go() -> None:
    program = Program()
    program.send("POST", "entities", b'{"id": "urn:a:1", "type": "T", "x": 123456789012345678901234567890}')
    assert program.get("entities/urn:a:1").json()["x"]["value"] == pytest.approx(1.2345678901234568e29)


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"NGSILD_Tenant": "other"}, 404, "REG-107"),
        ({"Accept": "text/turtle"}, 406, "REG-110"),
    ],
)
def test_a_header_that_cannot_be_met_is_refused(headers: dict[str, str], status: int, code: str) -> None:
    response = Program().send("GET", "entities?type=T", **headers)
    assert (response.status_code, response.json()["code"]) == (status, code)


def test_other_media_types_and_methods_and_paths_are_refused() -> None:
    program = Program()
    assert program.send("POST", "entities", b"<a/>", "text/xml").json()["code"] == "REG-109"
    assert program.send("DELETE", "types").json()["code"] == "REG-111"
    assert program.get("nothing").json()["code"] == "REG-104"
    assert program.send("POST", "nowhere", {}).status_code == 404


def test_a_body_has_a_length() -> None:
    response = Program().send("POST", "entities", Content_Type="application/json")
    assert (response.status_code, response.json()["code"]) == (411, "REG-112")
    assert response.json()["detail"] == "the request does not say its length"


def test_an_id_in_a_path_is_a_uri() -> None:
    response = Program().get("entities/nonsense")
    assert (response.status_code, response.json()["code"]) == (400, "REG-101")
    assert response.json()["detail"] == "'nonsense' is no URI"
    assert response.json()["where"]["pointer"] == "/id"


@pytest.mark.parametrize(
    ("url", "detail"),
    [
        ("http://127.0.0.1:1/context.jsonld", "contexts of '127.0.0.1' are not fetched"),
        ("http://allowed.example@127.0.0.1/", "contexts of '127.0.0.1' are not fetched"),
        ("http://[/", "the @context's URL cannot be read"),
    ],
)
def test_a_context_of_a_host_that_is_not_allowed_is_not_fetched(url: str, detail: str) -> None:
    body = {"@context": url, "id": "urn:a:1", "type": "T"}
    response = Program().send("POST", "entities", body, LD_JSON)
    assert (response.status_code, response.json()["code"]) == (504, "REG-105")
    assert response.json()["detail"] == detail
    assert response.json()["type"].endswith("/LdContextNotAvailable")
    assert _left_nothing()


def test_nobody_writes_without_a_key() -> None:
    response = Client().post("/ngsi-ld/v1/entities", {"id": "urn:a:1", "type": "T"}, "application/json")
    assert (response.status_code, response.json()["code"]) == (401, "REG-204")
    wrong = Client().get("/ngsi-ld/v1/entities?type=T", headers={"Authorization": "Bearer nonsense"})
    assert (wrong.status_code, wrong.json()["code"]) == (401, "ACC-401")
    assert Program("officer").send("POST", "entities", {"id": "urn:a:1", "type": "T"}).status_code == 403
    assert _left_nothing()


def test_a_body_without_a_length_is_not_waited_for() -> None:
    program = Program()
    response = program.client.generic(
        "POST", "/ngsi-ld/v1/entities", b"{}", "application/json", headers=program.headers, CONTENT_LENGTH=""
    )
    assert (response.status_code, response.json()["code"]) == (411, "REG-112")
