"""`/api/events`: what a program reads of cases and does to them; every refusal as a problem document."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from beichen.hubs.events import api, service
from beichen.hubs.events.models import Case, CaseEvent
from beichen.hubs.events.tests import city
from beichen.kernel.access import service as access
from beichen.kernel.access.models import Account
from beichen.kernel.access.rates import forget_rates
from beichen.kernel.files.models import StoredFile
from beichen.kernel.org.models import Body, Region

pytestmark = pytest.mark.django_db
CASES = "/api/events/cases"


@pytest.fixture(autouse=True)
def built() -> Iterator[None]:
    """The city, and nobody counted yet."""
    city.build()
    forget_rates()
    yield
    forget_rates()


def key(role: str, body: str, region: str = city.CITY) -> dict[str, str]:
    """The headers of a program with ``role`` at ``body``."""
    at, where = Body.objects.get(key=body), Region.objects.get(code=region)
    secret = access.create_client(f"{role}-{body}", role, role, by=city.SETUP, body=at, region=where)
    return {"Authorization": f"Bearer {secret}"}


def post(client: Client, path: str, headers: dict[str, str], body: Any = None, **more: str) -> Any:
    """POST ``body`` as JSON."""
    return client.post(f"{CASES}/{path}", body or {}, "application/json", headers=headers | more)


def picture() -> io.BytesIO:
    """A small photograph."""
    content = io.BytesIO()
    Image.new("RGB", (20, 20), "green").save(content, "PNG")
    content.seek(0)
    content.name = "after.png"
    return content


def test_a_case_goes_round_the_loop(client: Client) -> None:
    code = city.report(longitude=125.3, latitude=43.9).case.code
    centre, east = key("attendant", "centre"), key("officer", "east", city.EAST)
    seen = client.get(f"{CASES}/{code}", headers=centre)
    assert (seen.json()["stage"], seen["ETag"]) == ("accept", '"1"')
    accepted = post(client, f"{code}/accept", centre, **{"If-Match": seen["ETag"]})
    assert accepted.status_code == 200
    assert (accepted.json()["desk"], set(accepted.json()["deadlines"])) == (
        "east",
        {"accept", "dispatch", "handle"},
    )
    handled = post(client, f"{code}/handle", east, {"result": "已修补"}, **{"If-Match": accepted["ETag"]})
    assert handled.json()["stage"] == "verify"
    assert post(client, f"{code}/verify", centre, {"is_passed": True}).json()["stage"] == "answer"
    assert post(client, f"{code}/answer", centre, {"text": "路面已修好"}).json()["answer"] == "路面已修好"
    assert {desk["body"]: desk["part"] for desk in handled.json()["desks"]} == {
        "centre": "centre",
        "east": "lead",
        "roads": "support",
    }


def test_the_list_is_selected_and_pages(client: Client) -> None:
    centre = key("attendant", "centre")
    first = city.report("东区路面有坑").report.code
    city.report("西区路面有坑", region=city.WEST)
    city.report("树倒了", kind="works.tree-fallen", region=city.STREET, answers={"blocks": "road"})

    def codes(query: str = "") -> list[str]:
        return [one["title"] for one in client.get(f"{CASES}?{query}", headers=centre).json()["cases"]]

    assert codes() == ["树倒了", "西区路面有坑", "东区路面有坑"]
    assert codes("kind=works.tree-fallen") == ["树倒了"]
    assert codes("stage=accept") == ["西区路面有坑", "东区路面有坑"]
    assert codes(f"region={city.EAST}") == ["树倒了", "东区路面有坑"]
    assert codes(f"report={first}") == ["东区路面有坑"]
    page = client.get(f"{CASES}?limit=2", headers=centre).json()
    rest = client.get(f"{CASES}?limit=2&before={page['next']}", headers=centre).json()
    assert ([one["title"] for one in rest["cases"]], rest["next"]) == (["东区路面有坑"], None)


def test_a_list_costs_the_same_queries_however_long(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    centre = key("attendant", "centre")
    for number in range(9):
        city.report(f"第{number}处路面有坑")
    with django_assert_max_num_queries(3):
        assert len(client.get(CASES, headers=centre).json()["cases"]) == 9


def test_who_has_no_part_sees_nothing(client: Client) -> None:
    code = city.report().case.code
    gardens = key("officer", "gardens")
    assert client.get(CASES, headers=gardens).json()["cases"] == []
    assert client.get(CASES).json()["cases"] == []
    for headers in (gardens, {}):
        refused = client.get(f"{CASES}/{code}", headers=headers)
        assert (refused.status_code, refused["Content-Type"]) == (404, "application/problem+json")
        assert refused.json()["code"] == "EVT-308"
    assert post(client, f"{code}/accept", gardens).status_code == 404


def test_a_photograph_is_evidence(client: Client) -> None:
    code = city.report(kind="works.tree-fallen", region=city.EAST, answers={"blocks": "road"}).case.code
    east = key("officer", "east", city.EAST)
    assert "photo" in client.get(f"{CASES}/{code}", headers=east).json()["missing"]
    sent = {"media": picture(), "need": "photo"}
    answer = client.post(f"{CASES}/{code}/photographs", sent, headers=east)
    assert answer.status_code == 200
    assert "photo" not in answer.json()["missing"]
    assert StoredFile.objects.get().media_type == "image/jpeg"
    wrong = {"media": picture(), "need": "phto"}
    assert client.post(f"{CASES}/{code}/photographs", wrong, headers=east).json()["code"] == "EVT-310"
    assert StoredFile.objects.count() == 1
    assert post(client, f"{code}/add-evidence", east, {"file": "X"}).json()["code"] == "EVT-310"


@pytest.mark.parametrize(
    ("path", "body", "header", "code"),
    [
        ("accept", {}, '"9"', "EVT-307"),
        ("accept", {}, "nine", "EVT-602"),
        ("acept", {}, "", "EVT-310"),
        ("refuse", {}, "", "EVT-310"),
        ("refuse", {"reason": " "}, "", "EVT-302"),
        ("refuse", {"reason": "a\0b"}, "", "EVT-310"),
        ("refuse", {"reason": "a\ud800b"}, "", "EVT-310"),
        ("verify", {"is_passed": True}, "", "EVT-301"),
        ("accept", [], "", "API-422"),
    ],
)
def test_what_is_refused_changes_nothing(
    client: Client, path: str, body: Any, header: str, code: str
) -> None:
    case = city.report().case
    headers = key("administrator", "centre")
    text = json.dumps(body)
    more = {"If-Match": header} if header else {}
    answer = client.post(f"{CASES}/{case.code}/{path}", text, "application/json", headers=headers | more)
    assert answer.json()["code"] == code
    assert CaseEvent.objects.filter(case=case).count() == 1


def test_a_case_that_is_not_there(client: Client) -> None:
    headers = key("attendant", "centre")
    for wrong in ("20250101-AAAAAA", "x" * 60):
        assert client.get(f"{CASES}/{wrong}", headers=headers).json()["code"] == "EVT-308"
    assert client.get(f"{CASES}?region=123456", headers=headers).json()["code"] == "ORG-104"


def test_a_session_alone_does_not_write() -> None:
    """Another site could send the browser here; the page's own token says that it did not."""
    case = city.report().case
    client = Client(enforce_csrf_checks=True)
    person = access.create_account("wang", "a long password", None, by=city.SETUP)
    assert isinstance(person, Account)
    client.force_login(person)
    answer = client.post(f"{CASES}/{case.code}/accept", {}, "application/json")
    assert (answer.status_code, answer.json()["code"]) == (403, "EVT-601")
    assert Case.objects.get().stage == "accept"


def test_a_flood_is_told_to_wait(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "RATE", "1/hour")
    case, headers = city.report().case, key("attendant", "centre")
    assert post(client, f"{case.code}/accept", headers).status_code == 200
    assert post(client, f"{case.code}/comment", headers, {"text": "x"}).json()["code"] == "ACC-429"
    assert service.find_case(case.code, by=city.attendant()).stage == "handle"


def test_a_report_is_taken_for_somebody(client: Client) -> None:
    """By whoever may; the same key comes in once; what is wrong is said and nothing is written."""
    centre = key("attendant", "centre") | {"Idempotency-Key": "call-1"}
    told = {"channel": "hotline", "kind": "works.internal", "text": "有人来电", "region": city.EAST}
    path = "/api/events/reports"
    first = client.post(path, told, "application/json", headers=centre)
    assert (first.status_code, first.json()["joined"]) == (201, False)
    assert client.post(path, told, "application/json", headers=centre).json() == first.json()
    assert client.get(f"{CASES}/{first.json()['case']}", headers=centre).json()["text"] == "有人来电"
    again = centre | {"Idempotency-Key": "call-2"}
    for change, code in (
        ({"text": ""}, "EVT-401"),
        ({"kind": "works.nothing"}, "EVT-303"),
        ({"at": [0, 0], "region": ""}, "EVT-402"),
        ({"channel": "web"}, "API-422"),
    ):
        answer = client.post(path, told | change, "application/json", headers=again)
        assert answer.json()["code"] == code
    officer = key("officer", "east")
    assert client.post(path, told, "application/json", headers=officer).json()["code"] == "ACC-403"
    assert Case.objects.count() == 1
