"""The citizen's pages: report without an account, follow with two words, rate, object, export, erase."""

from __future__ import annotations

import io
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.db import OperationalError
from django.test import Client
from PIL import Image

from beichen.fronts.citizen import following, reporting
from beichen.hubs.events import service
from beichen.hubs.events.commands import Accept, Answer, Handle, Refuse, Verify
from beichen.hubs.events.models import Case, CaseFile, Report, Reporter
from beichen.hubs.events.tests import city
from beichen.kernel.access.rates import forget_rates
from beichen.platforms.comms.models import Subscription

pytestmark = pytest.mark.django_db
ROAD = "/report?kind=works.road-damaged"


@pytest.fixture(autouse=True)
def built() -> Iterator[None]:
    """The city, and nobody counted yet."""
    city.build()
    forget_rates()
    yield
    forget_rates()


def filled(**values: Any) -> dict[str, Any]:
    """The form as somebody fills it in."""
    return {
        "text": "门前路面有大坑",
        "region": city.EAST,
        "key": "11111111-1111-4111-8111-111111111111",
        **values,
    }


def photograph() -> io.BytesIO:
    """A small picture."""
    content = io.BytesIO()
    Image.new("RGB", (30, 20), "green").save(content, "PNG")
    content.seek(0)
    content.name = "photo.png"
    return content


def test_kinds_are_offered_by_category(client: Client) -> None:
    page = client.get("/report").content.decode()
    assert page.index("市政") < page.index("道路破损") < page.index("绿化") < page.index("树木倒伏")
    assert "内部事件" not in page
    assert client.get("/report?kind=works.internal").content.decode().count("<form") == page.count("<form")


def test_a_report_is_sent_and_shown(client: Client) -> None:
    page = client.post(ROAD, filled(name="王五", phone="13900000000", photos=[photograph()]), follow=True)
    report = Report.objects.get()
    assert page.redirect_chain == [("/report/sent", 302)]
    assert report.code in page.content.decode()
    assert report.secret in page.content.decode()
    assert (report.case.region.code, report.channel, report.taken_by) == (city.EAST, "web", "public")
    assert report.reporter is not None
    assert report.reporter.name == "王五"
    assert CaseFile.objects.get().file.media_type == "image/jpeg"
    status = client.get(f"/follow/{report.code}").content.decode()
    assert "门前路面有大坑" in status
    assert 'aria-current="step"' in status


def test_sending_twice_makes_one_report(client: Client) -> None:
    for _ in range(2):
        assert client.post(ROAD, filled()).status_code == 302
    assert Report.objects.count() == 1


def test_an_anonymous_report_keeps_nobody(client: Client) -> None:
    client.post(ROAD, filled())
    assert not Reporter.objects.exists()


def test_mistakes_stand_beside_their_fields(client: Client) -> None:
    page = client.post(ROAD, filled(text=" ", phone="call"))
    assert page.status_code == 422
    assert set(page.context["form"].errors) == {"text", "phone"}
    tree = client.post("/report?kind=works.tree-fallen", filled())
    assert set(tree.context["form"].errors) == {"ask_blocks"}
    fake = io.BytesIO(b"no picture")
    fake.name = "a.jpg"
    assert client.post(ROAD, filled(photos=[fake])).status_code == 422
    fetched = client.post(ROAD, filled(text=""), headers={"X-Requested-With": "fetch"})
    assert (fetched.status_code, list(fetched.json()["errors"])) == (422, ["text"])
    assert not Report.objects.exists()


def test_a_machine_in_the_trap_sends_nothing(client: Client) -> None:
    assert client.post(ROAD, filled(website="http://spam.example")).status_code == 302
    assert not Report.objects.exists()


def test_a_flood_is_refused(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reporting, "RATE", "2/hour")
    monkeypatch.setattr(following, "RATE", "2/hour")
    statuses = [client.post(ROAD, filled(key=str(number))).status_code for number in range(3)]
    assert statuses == [302, 302, 422]
    tries = [client.post("/follow", {"code": "x", "secret": "y"}) for _ in range(3)]
    assert "2/hour" in tries[2].content.decode()


def test_a_house_without_database_says_when_to_come_again(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_args: Any, **_named: Any) -> None:
        raise OperationalError("server closed the connection")

    monkeypatch.setattr(reporting, "receive", away)
    answer = client.post(ROAD, filled(), headers={"X-Requested-With": "fetch", "Accept": "text/html"})
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert "WEB-503" in answer.content.decode()
    assert "closed the connection" not in answer.content.decode()


def test_nobody_follows_without_the_code(client: Client) -> None:
    report = city.report().report
    assert client.get(f"/follow/{report.code}").status_code == 302
    wrong = client.post("/follow", {"code": report.code, "secret": "AAAAAAAA"})
    assert wrong.status_code == 422
    right = client.post("/follow", {"code": report.code.lower(), "secret": report.secret}, follow=True)
    assert right.redirect_chain == [(f"/follow/{report.code}", 302)]
    assert client.get("/follow").content.decode().count(report.code) >= 1
    for path in ("rating", "appeal", "export", "erasure"):
        assert Client().post(f"/follow/{report.code}/{path}").status_code == 302


def handled(code: str) -> None:
    """Bring a case of the east to its answer."""
    centre, east = city.attendant(), city.person("officer", "east", city.EAST)
    for command, by in (
        (Accept(), centre),
        (Handle(result="已修"), east),
        (Verify(is_passed=True), centre),
        (Answer(text="您好，路面已修复。"), centre),
    ):
        service.act(code, command, by=by)


def test_the_answer_is_read_and_rated(client: Client) -> None:
    client.post(ROAD, filled())
    report = Report.objects.get()
    handled(report.case.code)
    page = client.get(f"/follow/{report.code}").content.decode()
    assert "您好，路面已修复。" in page
    assert "东区城管局" in page
    bad = client.post(f"/follow/{report.code}/rating", {"stars": "9", "is_solved": "yes"})
    assert bad.status_code == 422
    good = {"stars": "4", "is_solved": "yes", "opinion": "不错"}
    assert client.post(f"/follow/{report.code}/rating", good).status_code == 302
    report.refresh_from_db()
    assert (report.rating, Case.objects.get().stage) == (4, "closed")


def test_a_refusal_is_objected_to(client: Client) -> None:
    client.post(ROAD, filled())
    report = Report.objects.get()
    service.act(report.case.code, Refuse(reason="不属于受理范围"), by=city.attendant())
    assert "不属于受理范围" in client.get(f"/follow/{report.code}").content.decode()
    client.post(f"/follow/{report.code}/appeal", {"text": "就在市区"})
    assert Case.objects.get().stage == "accept"
    again = client.post(f"/follow/{report.code}/appeal", {"text": "再次"}, follow=True)
    assert "只有不予受理的案件可提出异议" in again.content.decode()


def test_looks_are_seen_and_data_are_given_out_and_erased(client: Client) -> None:
    client.post(ROAD, filled(name="王五", phone="13900000000"))
    report = Report.objects.get()
    service.identify(report, purpose="电话核实位置", by=city.attendant())
    assert "电话核实位置" in client.get(f"/follow/{report.code}").content.decode()
    held = client.post(f"/follow/{report.code}/export")
    assert held["Content-Disposition"].startswith("attachment")
    assert held.json()["reporter"]["name"] == "王五"
    client.post(f"/follow/{report.code}/erasure")
    assert Reporter.objects.get().name == ""
    refused = client.post(f"/follow/{report.code}/erasure", {"words": "yes"}, follow=True)
    assert "案件尚需使用所写内容" in refused.content.decode()


def test_a_browser_follows_a_report_without_an_account(client: Client) -> None:
    client.post(ROAD, filled())
    report = Report.objects.get()
    assert "bc-browser" in client.get(f"/follow/{report.code}").content.decode()
    point = ec.generate_private_key(ec.SECP256R1()).public_key()
    plain = point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    keys = {"p256dh": urlsafe_b64encode(plain).decode(), "auth": "A" * 22}
    document = {"endpoint": "https://fcm.googleapis.com/fcm/send/x", "keys": keys}
    path = f"/follow/{report.code}/browser"
    how: dict[str, Any] = {"content_type": "application/json"}
    assert Client().post(path, document, **how).status_code == 302
    refused = client.post(path, {**document, "endpoint": "https://elsewhere.example"}, **how)
    assert (refused.status_code, refused.json()["code"]) == (422, "COM-115")
    assert client.post(path, document, **how).status_code == 204
    assert Subscription.objects.get().receiver == f"report:{report.code}"
    client.post(f"/follow/{report.code}/erasure")
    assert not Subscription.objects.exists()


def test_pages_are_english_too(client: Client) -> None:
    client.cookies["beichen_language"] = "en"
    page = client.get(ROAD).content.decode()
    assert "What happened?" in page
    assert "Damaged road" in page
