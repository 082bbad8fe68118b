"""GeoReport v2 as a client speaks it: both forms, keys, jurisdictions, media, every error as its document."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from defusedxml import ElementTree
from django.db import OperationalError
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from beichen.hubs.events import service
from beichen.hubs.events.models import Case, CaseFile, Report
from beichen.hubs.events.open311 import views
from beichen.hubs.events.tests import city
from beichen.kernel.access import service as access
from beichen.kernel.access.rates import forget_rates
from beichen.kernel.files.service import open_stored
from beichen.settings import settings as house

pytestmark = pytest.mark.django_db
BASE = "/open311/v2"


@pytest.fixture(autouse=True)
def built() -> Iterator[None]:
    """The city, and nobody counted yet."""
    city.build()
    forget_rates()
    yield
    forget_rates()


@pytest.fixture
def key() -> str:
    """The api_key of a client that may report."""
    return access.create_client("app", "An app", "public", by=city.SETUP)


def send(client: Client, key: str, form: str = "json", **values: Any) -> Any:
    """POST a damaged road of the east."""
    body = {
        "api_key": key,
        "service_code": "works.road-damaged",
        "address_id": city.EAST,
        "description": "路面大坑",
        **values,
    }
    return client.post(f"{BASE}/requests.{form}", body)


def photograph(side: int = 40) -> io.BytesIO:
    """A small PNG with a name."""
    content = io.BytesIO()
    Image.new("RGB", (side, side), "red").save(content, "PNG")
    content.seek(0)
    content.name = "坑.png"
    return content


def test_services_are_listed_in_both_forms(client: Client) -> None:
    found = client.get(f"{BASE}/services.json").json()
    assert [one["service_code"] for one in found] == ["works.road-damaged", "works.tree-fallen"]
    assert found[0]["service_name"] == "道路破损"
    assert found[0]["group"] == "市政"
    english = client.get(f"{BASE}/services.json", headers={"Accept-Language": "en"}).json()
    assert english[0]["service_name"] == "Damaged road"
    answer = client.get(f"{BASE}/services.xml")
    assert answer["Content-Type"] == "text/xml; charset=utf-8"
    root = ElementTree.fromstring(answer.content)
    assert root.tag == "services"
    assert [one.findtext("service_code") for one in root.iter("service")] == [
        "works.road-damaged",
        "works.tree-fallen",
    ]


def test_a_definition_lists_the_questions(client: Client) -> None:
    found = client.get(f"{BASE}/services/works.tree-fallen.json").json()
    assert [one["code"] for one in found["attributes"]] == ["height_m", "blocks"]
    assert found["attributes"][1]["values"] == [
        {"key": "road", "name": "道路"},
        {"key": "nothing", "name": "无"},
    ]
    root = ElementTree.fromstring(client.get(f"{BASE}/services/works.tree-fallen.xml").content)
    assert [one.findtext("key") for one in root.iter("value")] == ["road", "nothing"]


def test_a_report_is_sent_and_followed(client: Client, key: str) -> None:
    answer = send(client, key, first_name="张", phone="13900000000")
    assert answer.status_code == 201
    code = answer.json()[0]["service_request_id"]
    assert Report.objects.get(code=code).reporter is not None
    own = client.get(f"{BASE}/requests/{code}.json", {"api_key": key}).json()[0]
    assert (own["status"], own["description"], own["service_code"]) == (
        "open",
        "路面大坑",
        "works.road-damaged",
    )
    assert own["expected_datetime"].endswith("+08:00")
    public = client.get(f"{BASE}/requests/{code}.json").json()[0]
    assert (public["description"], public["address"], public["media_url"]) == ("", "", "")
    assert "张" not in str(public)
    assert client.get(f"{BASE}/tokens/{code}.json").json() == [{"service_request_id": code, "token": code}]
    root = ElementTree.fromstring(client.get(f"{BASE}/requests/{code}.xml").content)
    assert root.findtext("request/service_request_id") == code


def test_the_same_idempotency_key_makes_one_report(client: Client, key: str) -> None:
    bodies = [
        client.post(
            f"{BASE}/requests.json",
            {
                "api_key": key,
                "service_code": "works.road-damaged",
                "address_id": city.EAST,
                "description": "坑",
            },
            headers={"Idempotency-Key": "one"},
        )
        for _ in range(2)
    ]
    assert [body.status_code for body in bodies] == [201, 200]
    assert bodies[0].json() == bodies[1].json()
    assert Case.objects.count() == 1


def test_answers_come_as_attributes(client: Client, key: str) -> None:
    refused = send(client, key, service_code="works.tree-fallen")
    assert refused.status_code == 400
    assert refused.json()[0]["description"].startswith("blocks: ")
    taken = send(
        client,
        key,
        service_code="works.tree-fallen",
        **{"attribute[blocks]": "road", "attribute[height_m]": "8"},
    )
    assert taken.status_code == 201
    assert Report.objects.get().answers == {"blocks": "road", "height_m": 8}


def test_pictures_are_written_anew(client: Client, key: str) -> None:
    answer = send(client, key, media=photograph())
    assert answer.status_code == 201
    stored = CaseFile.objects.get().file
    assert (stored.media_type, stored.name) == ("image/jpeg", "坑.jpg")
    content = b"".join(open_stored(stored))
    assert Image.open(io.BytesIO(content)).format == "JPEG"


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"<script>", b"\x89PNG\r\n\x1a\n" + b"0" * 40])
def test_what_is_no_picture_is_refused(client: Client, key: str, content: bytes) -> None:
    file = io.BytesIO(content or b"\0")
    file.name = "a.png"
    answer = send(client, key, media=file)
    assert answer.status_code == 400
    assert "EVT-407" in answer.json()[0]["description"]
    assert not Report.objects.exists()


def test_a_picture_that_unpacks_to_too_much_is_refused(client: Client, key: str) -> None:
    bomb = io.BytesIO()
    Image.new("1", (9000, 9000)).save(bomb, "PNG")
    assert len(bomb.getvalue()) < 20_000
    bomb.seek(0)
    bomb.name = "bomb.png"
    assert "EVT-407" in send(client, key, media=bomb).json()[0]["description"]


@pytest.mark.parametrize(
    ("change", "status", "word"),
    [
        ({"api_key": ""}, 403, "EVT-501"),
        ({"api_key": "wrong"}, 403, "EVT-501"),
        ({"service_code": ""}, 400, "service_code"),
        ({"service_code": "works.road-damage"}, 404, "works.road-damaged"),
        ({"service_code": "works.internal"}, 404, "EVT-502"),
        ({"description": ""}, 400, "text"),
        ({"address_id": ""}, 400, "lat"),
        ({"address_id": "1"}, 400, "EVT-403"),
        ({"lat": "x", "long": "1"}, 400, "lat"),
        ({"lat": "91", "long": "1"}, 400, "latitude"),
        ({"lat": "43", "long": ""}, 400, "longitude"),
        ({"media_url": "file:///etc/passwd"}, 400, "media_url"),
        ({"email": "x"}, 400, "email"),
        ({"attribute[no]": "x"}, 400, "no"),
        ({"jurisdiction_id": "elsewhere"}, 404, "EVT-503"),
    ],
)
def test_every_mistake_has_its_document(
    client: Client, key: str, change: dict[str, str], status: int, word: str
) -> None:
    for form in ("json", "xml"):
        answer = send(client, key, form, **change)
        assert answer.status_code == status
        if form == "json":
            assert answer.json()[0]["code"] == status
            assert word in answer.json()[0]["description"]
        else:
            root = ElementTree.fromstring(answer.content)
            assert root.findtext("error/code") == str(status)
    assert not Report.objects.exists()


@pytest.mark.parametrize(
    ("path", "status", "word"),
    [
        ("services.yaml", 404, "EVT-505"),
        ("services/no.json", 404, "EVT-502"),
        ("services/a%0Ab.json", 404, "EVT-507"),
        ("requests/1/2.json", 404, "EVT-507"),
        ("requests/no.json", 404, "EVT-504"),
        ("tokens/no.xml", 404, "EVT-504"),
        ("requests.json?start_date=yesterday", 400, "EVT-401"),
        ("requests.json?start_date=2026-01-01", 400, "EVT-401"),
        ("requests.json?start_date=2020-01-01T00:00:00Z", 400, "EVT-401"),
        ("requests.json?status=asleep", 400, "EVT-401"),
        ("requests.json?api_key=wrong", 403, "EVT-501"),
        ("requests.json?jurisdiction_id=x", 404, "EVT-503"),
    ],
)
def test_what_cannot_be_read_is_said(client: Client, path: str, status: int, word: str) -> None:
    answer = client.get(f"{BASE}/{path}")
    assert answer.status_code == status
    assert word in answer.content.decode()


def test_a_method_that_is_not_answered(client: Client) -> None:
    answer = client.delete(f"{BASE}/requests.json")
    assert (answer.status_code, answer["Allow"]) == (405, "GET, POST")
    assert b"EVT-506" in answer.content


def test_requests_are_selected(client: Client, key: str) -> None:
    first = send(client, key).json()[0]["service_request_id"]
    second = send(client, key, service_code="works.tree-fallen", **{"attribute[blocks]": "road"})
    other = second.json()[0]["service_request_id"]

    def codes(query: str) -> set[str]:
        listed = client.get(f"{BASE}/requests.json?{query}").json()
        return {one["service_request_id"] for one in listed}

    assert codes("") == {first, other}
    assert codes(f"service_request_id={first}") == {first}
    assert codes("service_code=works.tree-fallen") == {other}
    assert codes("status=closed") == set()
    assert codes("status=open,closed") == {first, other}
    assert codes("start_date=2020-01-01T00:00:00Z&end_date=2020-02-01T00:00:00Z") == set()


def test_a_list_costs_the_same_queries_however_long(
    client: Client, key: str, django_assert_max_num_queries: Any
) -> None:
    for _ in range(12):
        send(client, key)
    with django_assert_max_num_queries(4):
        assert len(client.get(f"{BASE}/requests.json").json()) == 12


def test_a_flood_is_told_to_wait(client: Client, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "settings", lambda: replace(house(), reports_a_minute=2))
    assert [send(client, key).status_code for _ in range(3)] == [201, 201, 429]
    assert send(client, key)["Retry-After"]


def test_a_database_that_is_away_is_said_so(
    client: Client, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_args: Any, **_named: Any) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(service, "receive", away)
    answer = send(client, key)
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert "connection" not in answer.content.decode()


def test_discovery_names_the_endpoint(client: Client) -> None:
    found = client.get(f"{BASE}/discovery.json").json()
    assert found["endpoints"][0]["url"] == "http://testserver/open311/v2"
    assert ElementTree.fromstring(client.get(f"{BASE}/discovery.xml").content).tag == "discovery"


NAMES = st.sampled_from(
    [
        "service_code",
        "description",
        "lat",
        "long",
        "address_string",
        "address_id",
        "email",
        "phone",
        "media_url",
        "attribute[blocks]",
        "attribute[height_m][]",
        "jurisdiction_id",
        "status",
        "start_date",
        "end_date",
        "service_request_id",
        "media",
    ]
)
HOSTILE = (
    "works.road-damaged|works.tree-fallen|990102|43.8|125.3|1e999|-0|nan|open|road|2026-01-01T00:00:00Z|"
    "9999-12-31T23:59:59+14:00|0001-01-01T00:00:00+14:00|' OR 1=1|../../etc/passwd|%s%n|{{7*7}}|\x00|"
    "<!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]>"
)
WORDS = st.sampled_from(HOSTILE.split("|")) | st.text(max_size=60)


@given(st.dictionaries(NAMES, WORDS, max_size=8), st.sampled_from(["json", "xml"]), st.booleans())
@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_is_sent_is_answered(
    client: Client, key: str, values: dict[str, str], form: str, is_post: bool
) -> None:
    values = {name: value.encode("utf-8", "replace").decode() for name, value in values.items()}
    forget_rates()
    path = f"{BASE}/requests.{form}"
    answer = client.post(path, {**values, "api_key": key}) if is_post else client.get(path, values)
    assert answer.status_code < 500, answer.content
    if form == "json":
        answer.json()
    else:
        ElementTree.fromstring(answer.content)
