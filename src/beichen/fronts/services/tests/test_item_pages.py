"""The pages and the door for programs of items, as people and programs meet them."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pypdfium2
import pytest
from django.test import Client, RequestFactory
from django.utils import timezone

from beichen.fronts.services import service
from beichen.fronts.services.facts import record_all
from beichen.fronts.services.items import booking, bundling, marking, paper
from beichen.fronts.services.items import service as items
from beichen.fronts.services.items.catalogue import entries, search
from beichen.fronts.services.items.declaring import forget_catalogue
from beichen.fronts.services.items.models import Application, Mark, Receipt, Ticket
from beichen.fronts.services.items.reaching import appointments_card
from beichen.fronts.services.models import Affair
from beichen.fronts.services.tests import stall, town
from beichen.fronts.services.tests.stall import ANSWERS, papers
from beichen.fronts.services.tests.test_pages import Program, signed_in
from beichen.fronts.services.tests.town import SETUP, do
from beichen.kernel.access.models import Account
from beichen.kernel.access.rates import forget_rates
from beichen.kernel.access.service import Subject

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def city() -> None:
    stall.build()
    forget_catalogue()
    forget_rates()


def page(path: str, client: Client | None = None, **query: str) -> str:
    response = (client or Client()).get(path, query)
    assert response.status_code == 200, response.content
    return response.content.decode()


def words_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(io.BytesIO(pdf))
    try:
        return "".join(part.get_textpage().get_text_bounded() for part in document)
    finally:
        document.close()


class TestCatalogue:
    def test_everybody_sees_what_may_be_applied_for(self) -> None:
        text = page("/services")
        for name in ("建筑许可", "营业执照", "公章备案", "开办企业一件事"):
            assert name in text
        assert "/services/items/permit" in text

    def test_an_answer_stands_before_the_ways_to_ask(self) -> None:
        """On a phone, whoever asked sees what was found; the ways to ask are a link away."""
        assert "life-list" in page("/services")
        for query in ("q=许可", "event=building", "letter=J"):
            assert "life-list" not in page(f"/services?{query}")

    @pytest.mark.parametrize(
        ("query", "here", "away"),
        [
            ({"event": "building"}, "建筑许可", "公章备案"),
            ({"audience": "person"}, "营业执照", "税务登记"),
            ({"body": "fire"}, "公章备案", "税务登记"),
            ({"letter": "J"}, "建筑许可", "公章备案"),
            ({"way": "one-trip"}, "建筑许可", "公章备案"),
            ({"q": "开工证"}, "建筑许可", "公章备案"),
            ({"q": "yyzz"}, "营业执照", "公章备案"),
        ],
    )
    def test_it_is_narrowed(self, query: dict[str, str], here: str, away: str) -> None:
        text = page("/services", None, **query)
        table = text[text.index("<table") :]
        assert here in table
        assert away not in table

    @pytest.mark.parametrize(
        ("asked", "first"),
        [
            ("建筑许可", "permit"),
            ("建筑", "permit"),
            ("jianzhuxuke", "permit"),
            ("jzxk", "permit"),
            ("jianzhu xuke", "permit"),
            ("施工许可", "permit"),
            ("Building permit", "permit"),
            ("bilding permit", "permit"),
            ("建设许可", "permit"),
            ("yingyezhizao", "licence"),
            ("我要办营业执照", "licence"),
            ("盖房子", "permit"),
        ],
    )
    def test_it_is_found_by_words_pinyin_and_with_slips(self, asked: str, first: str) -> None:
        assert search(asked)[0].key == first

    @pytest.mark.parametrize("asked", ["", "   ", "火星探测", "q", "%_'", "x" * 500])
    def test_what_means_nothing_finds_nothing(self, asked: str) -> None:
        assert search(asked) == []

    def test_it_is_exported(self) -> None:
        answer = Client().get("/services", {"format": "csv", "event": "building"})
        text = b"".join(answer) if answer.streaming else answer.content
        assert "建筑许可" in text.decode("utf-8-sig")

    def test_it_speaks_english(self) -> None:
        text = Client().get("/services", headers={"Accept-Language": "en"}).content.decode()
        assert "Building permit" in text

    def test_one_reading_serves_many(self, django_assert_num_queries: Any) -> None:
        entries()
        with django_assert_num_queries(0):
            entries()


class TestGuide:
    def test_it_says_everything(self) -> None:
        text = page("/services/items/permit")
        for words in ("建筑许可", "图纸", "建筑法", "政务大厅", "09:00–11:00", "100.5", "八天", "8 个工作日"):
            assert words in text, words

    def test_the_guided_check_answers(self) -> None:
        assert "先取得土地" in page("/services/items/permit", has_land="false")
        assert "先取得土地" not in page("/services/items/permit", has_land="true")
        assert page("/services/items/permit", has_land="perhaps")

    def test_it_is_printed(self) -> None:
        answer = Client().get("/services/items/permit/guide.pdf")
        assert answer["Content-Type"] == "application/pdf"
        text = words_of(answer.content)
        assert "建筑许可" in text
        assert "图纸" in text

    def test_a_machine_without_a_printer_says_so(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def absent(_name: str) -> None:
            raise OSError("cannot load library 'libpango'")

        monkeypatch.setattr(paper, "import_module", absent)
        answer = Client().get("/services/items/permit/guide.pdf", headers={"Accept": "application/json"})
        assert answer.status_code == 503
        assert "SRV-410" in answer.content.decode()

    def test_a_bundle_says_what_it_spares(self) -> None:
        text = page("/services/bundles/firm")
        assert "公章备案" in text
        assert "章程" in text

    @pytest.mark.parametrize("path", ["items/none", "bundles/none", "windows/none/display"])
    def test_what_is_not_there_is_not_found(self, path: str) -> None:
        assert Client().get(f"/services/{path}").status_code == 404


class TestWindow:
    def form(self, **changed: str) -> dict[str, str]:
        return {
            "subject": "firm-9",
            "region": town.CITY,
            "project": "馆",
            "area_m2": "2000",
            "has_land": "true",
            "paper-identity": "held",
            "paper-drawings": "original",
            "paper-fire": "copy",
            "delivery": "window",
            "once": "o1",
            **changed,
        }

    def test_an_application_is_received_with_a_receipt(self) -> None:
        clerk = signed_in("attendant", "window")
        assert "图纸" in page("/services/window/receive/permit", clerk)
        sent = clerk.post("/services/window/receive/permit", self.form())
        assert sent.status_code == 302, sent.content.decode()
        again = clerk.post("/services/window/receive/permit", self.form())
        assert again["Location"] == sent["Location"]
        receipt = Receipt.objects.get()
        affair = Affair.objects.get()
        assert (receipt.kind, receipt.affair_id, receipt.subject) == ("received", affair.pk, "FIRM-9")
        assert (affair.application.channel, affair.application.visits) == ("window", 1)
        assert affair.code in page(sent["Location"], clerk)
        text = words_of(clerk.get(f"{sent['Location']}/receipt.pdf").content)
        assert affair.code in text
        listed = page("/services/window", clerk)
        assert receipt.code in listed
        assert 'name="service"\n           value=""' in listed
        assert 'value="图"' in page("/services/window?service=图", clerk)

    def test_a_bundle_is_received_once(self) -> None:
        clerk = signed_in("attendant", "window")
        path = "/services/window/bundles/firm"
        assert "章程" in page(path, clerk)
        told = {"subject": "P-1", "region": town.CITY, "number": "2", "once": "b1"}
        refused = clerk.post(path, {**told, "paper-articles": "missing"})
        assert refused.status_code == 422
        assert Affair.objects.count() == 0
        sent = clerk.post(path, {**told, "paper-articles": "copy"})
        assert sent.status_code == 302, sent.content.decode()
        assert clerk.post(path, {**told, "paper-articles": "copy"})["Location"] == sent["Location"]
        assert Affair.objects.count() == 1
        assert "营业执照" in page(sent["Location"], clerk)

    def test_what_is_missing_is_told_at_once_and_nothing_starts(self) -> None:
        clerk = signed_in("attendant", "window")
        told = self.form(**{"paper-drawings": "missing", "paper-fire": "missing"})
        sent = clerk.post("/services/window/receive/permit", told)
        receipt = Receipt.objects.get()
        assert (receipt.kind, receipt.affair) == ("told", None)
        assert Affair.objects.count() == 0
        text = page(sent["Location"], clerk)
        assert "图纸" in text
        assert "消防文件" in text
        assert clerk.get(f"{sent['Location']}/receipt.pdf").status_code == 200

    def test_mistakes_stand_beside_their_fields(self) -> None:
        clerk = signed_in("attendant", "window")
        sent = clerk.post("/services/window/receive/permit", self.form(subject="有限公司", area_m2="-1"))
        assert sent.status_code == 422
        assert "field-error" in sent.content.decode()
        refused = clerk.post("/services/window/receive/permit", self.form(has_land="false"))
        assert refused.status_code == 422
        assert Affair.objects.count() == 0

    def test_an_agent_without_authority_is_refused(self) -> None:
        clerk = signed_in("attendant", "window")
        sent = clerk.post("/services/window/receive/permit", self.form(agent="NOBODY"))
        assert sent.status_code == 422
        assert Affair.objects.count() == 0

    def test_the_result_is_collected_once(self) -> None:
        affair = stall.apply("licence", {"number": 1}, now=timezone.now())
        clerk = signed_in("attendant", "window")
        path = f"/services/window/collect/{affair.code}"
        assert clerk.post(path).status_code == 409
        do(affair, "look", "granted", now=timezone.now())
        assert clerk.post(path, {"note": "本人领取"}).status_code == 302
        assert clerk.post(path).status_code == 409
        told = Application.objects.get(affair=affair)
        assert (told.collected_at is not None, told.visits) == (True, 1)

    def test_only_who_takes_applications_in_comes_here(self) -> None:
        officer = signed_in("officer", "fire")
        assert officer.get("/services/window").status_code == 403
        assert officer.get("/services/window/receive/permit").status_code == 403
        clerk = signed_in("attendant", "window")
        sent = clerk.post("/services/window/receive/permit", self.form())
        assert officer.get(sent["Location"]).status_code == 404


class TestSupervision:
    def test_marks_are_given_once_and_told(self) -> None:
        affair = stall.apply(now=timezone.now() - timedelta(days=60), materials=papers(), answers=ANSWERS)
        assert marking.give_marks(by=SETUP) == 1
        assert sorted(Mark.objects.values_list("kind", flat=True)) == ["red", "yellow"]
        assert marking.give_marks(by=SETUP) == 0
        mark = Mark.objects.get(kind="red")
        assert mark.body is not None
        assert mark.body.key == "window"
        chief = signed_in("supervisor", "government")
        text = page("/services/supervision", chief)
        assert affair.code in text
        assert affair.code in page("/services/supervision", chief, kind="red", body="window")
        assert affair.code not in page("/services/supervision", chief, body="fire").split("<table")[-1]

    def test_an_affair_in_time_gets_none(self) -> None:
        now = timezone.now()
        stall.apply(now=now, materials=papers(), answers=ANSWERS)
        assert marking.give_marks(now, by=SETUP) == 0
        assert Mark.objects.count() == 0

    def test_a_paused_affair_gets_none_and_a_closed_one_is_looked_at_no_more(self) -> None:
        affair = stall.apply(now=timezone.now() - timedelta(days=60), materials=papers(), answers=ANSWERS)
        service.suspend(affair.code, "诉讼", by=SETUP)
        marking.give_marks(by=SETUP)
        assert Mark.objects.count() == 0
        assert affair.application.mark_at is not None
        service.resume(affair.code, "续办", by=SETUP)
        service.withdraw(affair.code, "不办", by=SETUP)
        Application.objects.update(mark_at=timezone.now() - timedelta(minutes=1))
        marking.give_marks(by=SETUP)
        affair.application.refresh_from_db()
        assert affair.application.mark_at is None

    def test_officers_do_not_supervise(self) -> None:
        assert signed_in("officer", "fire").get("/services/supervision").status_code == 403


class TestAppointments:
    def test_one_books_moves_and_cancels(self) -> None:
        client = signed_in("officer", "fire")
        text = page("/services/appointments/new", client, window="hall")
        day = booking.days(items.window("hall"))[-1]
        assert day.isoformat() in text
        slot = booking.slots(items.window("hall"), day)[0]
        own = client.session["_auth_user_id"]
        person = Account.objects.get(pk=own).person
        assert person is not None
        told = {
            "window": "hall",
            "starts_at": slot.starts.isoformat(),
            "subject": person.code,
            "item": "permit",
        }
        sent = client.post("/services/appointments/new", told)
        assert sent.status_code == 302, sent.content.decode()
        path = sent["Location"]
        assert "政务大厅" in page(path, client)
        other = booking.slots(items.window("hall"), day)[1].starts.isoformat()
        assert client.post(f"{path}/move", {"starts_at": other}).status_code == 302
        assert path.rpartition("/")[2] in page("/services/appointments", client)
        assert client.post(f"{path}/cancel").status_code == 302
        assert client.post(f"{path}/explode").status_code == 404
        assert client.post("/services/appointments/new", {**told, "starts_at": "soon"}).status_code == 422
        assert client.post("/services/appointments/new", {**told, "subject": "FIRM-1"}).status_code == 422
        assert signed_in("officer", "planning").get(path).status_code == 404

    def test_a_clerk_gives_numbers_and_calls(self) -> None:
        clerk = signed_in("attendant", "window")
        path = "/services/windows/hall/queue"
        assert clerk.post(f"{path}/take", {"item": "permit"}).status_code == 302
        assert clerk.post(f"{path}/call", {"counter": "2"}).status_code == 302
        assert Ticket.objects.get().counter == 2
        assert "A001" in page(path, clerk)
        assert "A001" in page("/services/windows/hall/display")
        assert (
            "A001"
            in Client().get("/services/windows/hall/display", headers={"HX-Request": "true"}).content.decode()
        )
        assert clerk.post(f"{path}/served", {"number": "1"}).status_code == 302
        assert Ticket.objects.get().state == "served"
        assert clerk.post(f"{path}/explode").status_code == 404
        assert signed_in("officer", "fire").get(path).status_code == 403

    def test_hours_are_for_everybody(self) -> None:
        assert "13:00–14:00" in page("/services/windows")
        assert "工作台" not in page("/services/windows"), "a clerk's own"
        assert "hall/queue" in page("/services/windows", signed_in("attendant", "window"))
        assert "hall/queue" not in page("/services/windows", signed_in("attendant", "fire"))

    def test_who_is_not_signed_in_is_led_to_it_and_back(self) -> None:
        way = Client().get("/services/appointments/new?window=hall")
        assert way.status_code == 302
        back = parse_qs(urlsplit(way["Location"]).query)["next"]
        assert back == ["/services/appointments/new?window=hall"]
        assert Client().get("/services/appointments").status_code == 302


class TestStatistics:
    def test_what_was_concluded_is_counted(self) -> None:
        now = timezone.now()
        affair = stall.apply("licence", {"number": 1}, now=now, materials=papers(articles="uploaded"))
        do(affair, "look", "granted", now=now)
        record_all()
        chief = signed_in("supervisor", "government")
        for group, name in (
            ("item", "营业执照"),
            ("body", "星河市政务大厅"),
            ("region", "星河市"),
            ("channel", "网上"),
        ):
            text = page("/services/statistics", chief, by=group, period=str(timezone.localtime(now).year))
            assert name in text[text.index("<table") :], group
        assert "营业执照" not in page("/services/statistics", chief, period="2001").split("<table")[-1]
        sheet = chief.get("/services/statistics", {"format": "csv", "by": "item"})
        assert "营业执照" in (b"".join(sheet) if sheet.streaming else sheet.content).decode("utf-8-sig")
        assert page("/services/statistics", chief, period="2025-Q9", by="sql'", region="'")
        assert signed_in("attendant", "window").get("/services/statistics").status_code == 403


class TestPrograms:
    def test_items_are_open_and_found(self) -> None:
        found = Client().get("/api/services/items", {"q": "jzxk"}).json()["items"]
        assert [one["key"] for one in found] == ["permit"]
        whole = Client().get("/api/services/items/permit").json()
        assert whole["materials"]["identity"]["from"] == "person.id_number"
        assert Client().get("/api/services/items/none").json()["code"] == "SRV-401"

    def test_a_program_checks_and_applies(self) -> None:
        clerk = Program("attendant", "window")
        told = clerk.ask("POST", "items/permit/check", {"has_land": False}).json()
        assert (told["eligible"], told["reasons"][0]["en"]) == (False, "Get the land first")
        body: dict[str, Any] = {
            "subject": "FIRM-1",
            "region": town.CITY,
            "data": stall.DATA,
            "answers": ANSWERS,
            "materials": [
                {"key": "identity", "how": "held"},
                {"key": "drawings", "how": "original"},
                {"key": "fire", "how": "copy"},
            ],
        }
        first = clerk.ask("POST", "items/permit/applications", body, **{"Idempotency-Key": "k"})
        assert first.status_code == 201, first.content
        again = clerk.ask("POST", "items/permit/applications", body, **{"Idempotency-Key": "k"})
        assert again.json()["code"] == first.json()["code"]
        bad = clerk.ask(
            "POST", "items/permit/applications", {**body, "materials": [{"key": "x", "how": "?"}]}
        )
        assert bad.json()["code"] == "SRV-305"
        none = clerk.ask("POST", "items/permit/applications", {**body, "materials": body["materials"][:1]})
        assert {one["code"] for one in none.json()["errors"]} == {"SRV-403"}

    def test_a_bundle_and_its_run(self) -> None:
        clerk = Program("attendant", "window")
        body = {
            "subject": "F-1",
            "region": town.CITY,
            "data": {"number": 1},
            "materials": [{"key": "articles", "how": "copy"}],
        }
        made = clerk.ask("POST", "bundles/firm/applications", body)
        assert made.status_code == 201, made.content
        code = made.json()["code"]
        assert clerk.ask("GET", f"bundles/runs/{code}").json()["parts"][0]["state"] == "running"
        run = bundling.find_run(code, by=SETUP)
        client = signed_in("supervisor", "government")
        assert run.code in page(f"/services/bundles/runs/{run.code}", client)

    def test_appointments_by_program(self) -> None:
        clerk = Program("attendant", "window")
        free = Client().get("/api/services/windows/hall/slots").json()
        days = free["days"]
        slots = Client().get(f"/api/services/windows/hall/slots?day={days[-1]}").json()["slots"]
        body = {"window": "hall", "starts_at": slots[0]["starts_at"], "subject": "P-1"}
        made = clerk.ask("POST", "appointments", body)
        assert made.status_code == 201, made.content
        code = made.json()["code"]
        moved = clerk.ask("POST", f"appointments/{code}/move", {"starts_at": slots[1]["starts_at"]})
        assert moved.json()["starts_at"] == slots[1]["starts_at"]
        assert clerk.ask("POST", f"appointments/{code}/cancel", {}).json()["state"] == "cancelled"
        assert Client().get(f"/api/services/appointments/{code}").json()["code"] == "SRV-407"
        assert Client().get("/api/services/windows").json()["windows"][0]["key"] == "hall"

    def test_a_session_alone_applies_for_nothing(self) -> None:
        browser = Client(enforce_csrf_checks=True)
        told = {"subject": "F-1", "region": town.CITY}
        answer = browser.post(
            "/api/services/items/permit/applications", told, content_type="application/json"
        )
        assert (answer.status_code, answer.json()["code"]) == (403, "SRV-601")


class TestReach:
    def test_the_screen_and_the_door_find_services(self) -> None:
        chief = signed_in("supervisor", "government")
        answer = chief.get("/screen/ask", {"q": "建筑许可", "format": "json"}).json()
        found = {group["group"]: group["found"] for group in answer["groups"]}
        assert {"name": "建筑许可", "href": "/services/items/permit"} in found["services"]

    def test_a_subject_sees_the_appointments_to_come(self) -> None:
        hall = items.window("hall")
        day = booking.days(hall)[-1]
        booking.book("hall", booking.slots(hall, day)[0].starts, "P-1", by=SETUP)
        request = RequestFactory().get("/my")
        card = appointments_card(request, Subject("P-1", "甲", "person"))
        assert (card.count, len(card.lines)) == (1, 1)
        assert appointments_card(request, Subject("P-2", "乙", "person")).count == 0


@pytest.mark.parametrize(
    "told",
    [
        {"window": "hall", "starts_at": "0001-01-01T00:00:00+14:00", "subject": "P-1"},
        {"window": "hall", "starts_at": "9999-12-31T23:59:59-14:00", "subject": "P-1"},
        {"window": "ha\x00ll", "starts_at": "2025-06-10T10:00:00+08:00", "subject": "P-1"},
        {"window": "hall", "starts_at": "2025-06-10T10:00:00+08:00", "subject": "P\x00"},
        {"window": "hall", "starts_at": "2025-06-10T10:00:00", "subject": "有限公司"},
    ],
)
def test_hostile_bookings_are_refused(told: dict[str, str]) -> None:
    answer = Program("attendant", "window").ask("POST", "appointments", told)
    assert answer.status_code in (404, 422), answer.content
