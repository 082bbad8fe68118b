"""`/api/codes`: a gate's way from its key to answers, online, offline and late."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from beichen.fronts.codes import service
from beichen.fronts.codes.models import Scan
from beichen.fronts.codes.problems import BAD_GATE, NO_GATE, NO_READER, NO_TOKEN
from beichen.fronts.codes.tests import town
from beichen.fronts.codes.tests.town import BUS, LIBRARY
from beichen.kernel.access.service import create_client
from beichen.kernel.org.models import Body
from beichen_proof import code as proof

pytestmark = pytest.mark.django_db
NEW = {"key": "door-7", "name": "西门", "reader": LIBRARY, "place": "西侧", "entitlements": ["library-loan"]}


def client(secret: str = "") -> Client:
    return Client(headers={"Authorization": f"Bearer {secret}"} if secret else {})


def post(secret: str, path: str, body: Any) -> tuple[int, Any]:
    answer = client(secret).post(f"/api/codes/{path}", body, content_type="application/json")
    return answer.status_code, answer.json()


def fresh(name: str = "li", count: int = 1) -> list[str]:
    made = service.make_codes(
        town.person(name), town.entitlement("library-loan"), town.reader(LIBRARY), count=count
    )
    return [one.text for one in made]


def test_from_entering_a_gate_to_an_answer() -> None:
    administrator = create_client("admin", "Admin", "administrator", by=town.BY)
    status, entered = post(administrator, "gates", NEW)
    assert status == 201
    secret = entered.pop("secret")
    assert client(secret).get("/api/codes/gate").json() == {**NEW, "takes": False, "is_open": True}
    (text,) = fresh()
    status, told = post(secret, "verify", {"codes": [text, text, "x"]})
    assert [(one["accepted"], one["reason"]) for one in told["answers"]] == [
        (True, "granted"),
        (False, "replayed"),
        (False, "malformed"),
    ]
    assert set(told["answers"][0]) == {"accepted", "reason", "entitlement", "pseudonym"}
    keys = client().get("/api/codes/keys")
    assert keys["Access-Control-Allow-Origin"] == "*"
    assert proof.opened(text, proof.keys_of(keys.json())).pseudonym == told["answers"][0]["pseudonym"]
    assert [one["key"] for one in client(administrator).get("/api/codes/gates").json()["gates"]] == ["door-7"]
    refused = post(administrator, "gates", NEW)
    assert (refused[0], refused[1]["code"]) == (409, "COD-206")
    assert client(secret).get("/api/codes/gate").status_code == 200
    status, renewed = post(administrator, "gates", {**NEW, "rotate": True})
    assert (status, client(secret).get("/api/codes/gate").status_code) == (201, 401)
    secret = renewed["secret"]
    assert client(secret).get("/api/codes/gate").status_code == 200
    assert client(administrator).delete("/api/codes/gates/door-7").json()["is_open"] is False
    assert post(secret, "verify", {"codes": [text]})[0] == 401


def test_a_gate_that_was_away_fetches_and_brings() -> None:
    _gate, secret = town.gate()
    texts = fresh(count=1)
    keys = proof.keys_of(client().get("/api/codes/keys").json())
    listed = client(secret).get("/api/codes/revocations").json()
    assert (listed["reader"], listed["withdrawn"], listed["lifetime"]) == (LIBRARY, [], 60)
    offline = proof.Gate(keys, LIBRARY, ["library-loan"])
    offline.read(texts[0], timezone.now().timestamp())
    body = {"scans": [{"code": texts[0], "at": timezone.now().isoformat()}]}
    assert post(secret, "scans", body)[1]["answers"][0]["known"] is False
    assert post(secret, "scans", body)[1]["answers"][0]["known"] is True
    assert Scan.objects.count() == 1
    naive = {"scans": [{"code": texts[0], "at": "2026-03-02T10:00:00"}]}
    assert post(secret, "scans", naive)[0] == 422
    old = {"scans": [{"code": texts[0], "at": (timezone.now() - timedelta(days=30)).isoformat()}]}
    assert post(secret, "scans", old)[1]["answers"][0]["reason"] == "expired"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"key": "Door 7"}, BAD_GATE),
        ({"key": "tests"}, BAD_GATE),
        ({"reader": "nobody"}, NO_READER),
        ({"reader": BUS}, BAD_GATE),
        ({"name": " "}, BAD_GATE),
        ({"entitlements": ["off-peak"]}, BAD_GATE),
    ],
)
def test_a_gate_that_cannot_be_is_refused(change: dict[str, Any], code: str) -> None:
    create_client("tests", "Tests", "officer", by=town.BY)
    administrator = create_client("admin", "Admin", "administrator", by=town.BY)
    status, told = post(administrator, "gates", {**NEW, **change})
    assert (status in {404, 422}, told["code"]) == (True, code)


def test_who_may_not_is_refused() -> None:
    roads = Body.objects.get(key="roads")
    other = create_client("other", "Other", "administrator", by=town.BY, body=roads)
    assert post(other, "gates", NEW)[1]["code"] == "ACC-403"
    assert post(other, "verify", {"codes": ["x"]})[1]["code"] == NO_GATE
    assert post("", "verify", {"codes": ["x"]})[0] == 403
    assert post("", "gates", NEW)[1]["code"] == "ACC-403"
    session = town.officer("administrator")[0]
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = session.cookies
    answer = strict.post("/api/codes/gates", NEW, content_type="application/json")
    assert answer.json()["code"] == NO_TOKEN
    _gate, secret = town.gate()
    assert client(secret).delete("/api/codes/gates/door-1").status_code == 403
    assert client(secret).delete("/api/codes/gates/none").status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"codes": []},
        {"codes": ["x"] * 501},
        {"codes": [1]},
        {"codes": ["x" * 2001]},
        {"codes": "x"},
        [],
        "x",
    ],
)
def test_what_is_no_request_is_told(body: Any) -> None:
    _gate, secret = town.gate()
    assert post(secret, "verify", body)[0] in {400, 422}
