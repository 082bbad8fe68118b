"""What services offer at scanned codes: apply there, check in at a window, pay an open fee."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from beichen.fronts.services.applicant.models import Draft
from beichen.fronts.services.items import bundling, coming
from beichen.fronts.services.items import service as items
from beichen.fronts.services.items.declaring import declare_items
from beichen.fronts.services.items.models import Appointment, Payment, ServiceWindow, Ticket
from beichen.fronts.services.items.words import BookingState, PaymentState
from beichen.fronts.services.models import Affair
from beichen.fronts.services.tests import stall, town
from beichen.fronts.services.tests.applicants import citizen
from beichen.fronts.services.tests.town import SETUP, person
from beichen.kernel.access import service as access
from beichen.kernel.access.rates import forget_rates
from beichen.kernel.actor import Actor
from beichen.kernel.org.models import Body, Person, Region
from beichen.problem import ProblemError
from beichen.registry import service as registry
from beichen.registry.models import Kind, Object, ObjectType

pytestmark = pytest.mark.django_db
NOON = datetime(2025, 6, 10, 10, 0, tzinfo=town.ZONE)
LAMP: dict[str, Any] = {**stall.PERMIT, "conditions": [], "at": {"Square": "project"}, "windows": ["hall"]}


@pytest.fixture(autouse=True)
def city() -> None:
    stall.build()
    stall.declare({"permit": LAMP, "licence": stall.LICENCE, "seal": stall.SEAL, "tax": stall.TAX})
    forget_rates()


def square(name: str = "文化广场") -> Object:
    """A place of the registry."""
    urn = f"urn:ngsi-ld:Square:{Object.objects.count() + 1}"
    attributes: dict[str, Any] = {
        "name": {"type": "Property", "value": name},
        "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [125.3, 43.9]}},
    }
    draft = registry.Draft(
        registry.Entity(urn, ["Square"], None, attributes), region=Region.objects.get(code=town.CITY), level=1
    )
    registry.write_object(draft, by=SETUP)
    ObjectType.objects.filter(key="Square").update(kind=Kind.PLACE)
    return Object.objects.get(urn=urn)


def offers(code: str, browser: Client | None = None) -> dict[str, str]:
    """What is offered at a signed code, each with where it leads."""
    parts = urlsplit(registry.address_of_code(code))
    found = (browser or Client()).get(f"{parts.path}?{parts.query}")
    assert found.status_code == 200, code
    return {one.key: one.href for one in found.context["offers"]}


def hall() -> ServiceWindow:
    """The window."""
    return ServiceWindow.objects.get(key="hall")


def booked(subject: str, at: datetime) -> Appointment:
    """An appointment at the hall."""
    return Appointment.objects.create(
        code=f"A-{Appointment.objects.count() + 1}",
        window=hall(),
        subject=subject,
        by="person:X",
        starts_at=at,
        ends_at=at + timedelta(minutes=30),
        seat=Appointment.objects.count(),
        booked_at=at - timedelta(days=1),
        region=Region.objects.get(code=town.CITY),
        body=Body.objects.get(key="window"),
    )


class TestApplying:
    def test_an_item_is_offered_where_it_belongs_with_the_place_filled_in(self) -> None:
        row = square()
        found = offers(row.code)
        assert found["apply:permit"] == f"/services/apply/permit?at={row.code}"
        _person, by, browser = citizen()
        page = browser.get(found["apply:permit"])
        assert page.status_code == 200
        begun = browser.post(found["apply:permit"], {"region": town.CITY})
        assert f"文化广场（{row.code}）" in browser.get(begun["Location"]).content.decode()
        draft = Draft.objects.get(owner=by.key)
        assert draft.given == {"project": [f"文化广场（{row.code}）"]}
        assert "project" in draft.sources

    def test_codes_that_are_none_fill_nothing_in(self) -> None:
        _person, _by, browser = citizen()
        for code in ("NOTHING", "%00", "x" * 500, square().code.lower() + "x"):
            begun = browser.post(f"/services/apply/permit?at={code}", {"region": town.CITY})
            assert begun.status_code == 302
        assert {str(one.given) for one in Draft.objects.all()} == {"{}"}

    def test_windows_are_found_by_their_place_and_by_their_own_code(self) -> None:
        row = square()
        declare_items(
            {"permit": LAMP, "licence": stall.LICENCE},
            {},
            {"hall": {**stall.HALL, "place": row.code}},
            scene="permits",
            by=SETUP,
        )
        assert offers(row.code)["apply:hall"] == "/services?window=hall"
        assert offers(coming.code_of(hall()))["apply:hall"] == "/services?window=hall"
        page = Client().get("/services?window=hall").content.decode()
        assert "/services/items/permit" in page
        assert "/services/items/licence" in page, "the window is of the body that is responsible for it"
        assert "apply:hall" not in offers(square("别处").code)

    def test_a_window_that_is_not_there_is_no_code(self) -> None:
        parts = urlsplit(registry.address_of_code("WINDOW-NONE"))
        assert Client().get(f"{parts.path}?{parts.query}").status_code == 404


class TestCheckingIn:
    def test_who_has_an_appointment_today_gets_a_number_once(self) -> None:
        row, by, browser = citizen()
        booked(row.code, timezone.now())
        href = offers(coming.code_of(hall()), browser)["check-in:hall"]
        page = browser.get(href)
        assert page.status_code == 200
        assert browser.post(href, {"appointment": "A-1"}).status_code == 302
        ticket = Ticket.objects.get()
        assert "A001" in browser.get(href).content.decode()
        browser.post(href, {"appointment": "A-1"})
        assert Ticket.objects.count() == 1, "said twice, it is one number"
        assert Appointment.objects.get().state == BookingState.ARRIVED
        assert ticket.appointment is not None
        token = parse_qs(urlsplit(href).query)["at"][0]
        assert coming.check_in("hall", "A-1", token, by=by).pk == ticket.pk
        assert "check-in:hall" not in offers(coming.code_of(hall()), browser)

    def test_only_who_scanned_the_code_just_now(self) -> None:
        row, by, browser = citizen()
        booked(row.code, timezone.now())
        for token in ("", "hall", "hall:x:y", coming.token_of(ServiceWindow(key="other"))):
            with pytest.raises(ProblemError) as caught:
                coming.check_in("hall", "A-1", token, by=by)
            assert caught.value.problems[0].code == "SRV-420"
            browser.post(f"/services/windows/hall/check-in?at={token}", {"appointment": "A-1"})
        assert Ticket.objects.count() == 0

    def test_not_too_early_not_on_another_day_not_for_somebody_else(self) -> None:
        row, by, _browser = citizen()
        _other, stranger, thief = citizen("贼")
        token = coming.token_of(hall())
        booked(row.code, NOON)
        with pytest.raises(ProblemError) as caught:
            coming.check_in("hall", "A-1", token, by=by, now=NOON - timedelta(hours=3))
        assert caught.value.problems[0].code == "SRV-408"
        with pytest.raises(ProblemError) as caught:
            coming.check_in("hall", "A-1", token, by=by, now=NOON - timedelta(days=1))
        assert caught.value.problems[0].code == "SRV-408"
        with pytest.raises(ProblemError) as caught:
            coming.check_in("hall", "A-1", token, by=stranger, now=NOON)
        assert caught.value.problems[0].code == "SRV-407"
        assert "check-in:hall" not in offers(coming.code_of(hall()), thief)
        assert coming.check_in("hall", "A-1", token, by=by, now=NOON).number == 1

    def test_who_is_not_signed_in_is_led_to_signing_in_and_back(self) -> None:
        href = offers(coming.code_of(hall()))["check-in:hall"]
        way = Client().get(href)["Location"]
        assert way.startswith("/account/login/?next=")
        assert parse_qs(urlsplit(way).query)["next"][0].startswith("/services/windows/hall/check-in?at=")

    def test_the_clerk_s_page_shows_the_code_to_hang_up(self) -> None:
        clerk = person("attendant", "window")
        assert "window-code" in page_of(clerk, "/services/windows/hall/queue")


class TestPaying:
    def affair(self, by: Actor) -> Affair:
        """An affair of a citizen that costs 100.5 yuan."""
        return items.apply(
            "permit",
            stall.DATA,
            by.key.rpartition(":")[2],
            stall.place(),
            by=SETUP,
            key="",
            answers=stall.ANSWERS,
        )

    def test_the_open_fee_is_offered_to_who_may_pay_it(self) -> None:
        _row, by, browser = citizen()
        affair = self.affair(by)
        assert offers(affair.code, browser)["pay"] == f"/services/pay/{affair.code}"
        assert "100.5" in browser.get(f"/services/pay/{affair.code}").content.decode()
        assert f"/services/pay/{affair.code}" in browser.get(f"/my/affairs/{affair.code}").content.decode()
        assert offers(affair.code, browser)["affair"] == f"/my/affairs/{affair.code}"

    def test_what_is_paid_free_or_another_s_is_not(self) -> None:
        _row, by, browser = citizen()
        _other, _stranger, thief = citizen("贼")
        affair = self.affair(by)
        parts = urlsplit(registry.address_of_code(affair.code))
        assert thief.get(f"{parts.path}?{parts.query}").status_code == 404
        assert Client().get(f"{parts.path}?{parts.query}").status_code == 404
        moment = timezone.now()
        Payment.objects.create(
            code="X",
            affair=affair,
            item=affair.application.item,
            region=affair.region,
            amount=10050,
            state=PaymentState.PAID,
            opened_at=moment,
            expires_at=moment,
        )
        assert "pay" not in offers(affair.code, browser)
        free = items.apply(
            "licence",
            {"number": 1},
            by.key.rpartition(":")[2],
            stall.place(),
            by=SETUP,
            key="",
            materials=stall.papers(articles="copy"),
        )
        assert "pay" not in offers(free.code, browser)

    def test_an_officer_without_the_counter_sees_the_affair_but_pays_nothing(self) -> None:
        _row, by, _browser = citizen()
        affair = self.affair(by)
        officer = browser_of(person("officer", "window"))
        found = offers(affair.code, officer)
        assert found["affair"] == f"/services/affairs/{affair.code}"
        assert "pay" not in found


def browser_of(by: Actor) -> Client:
    """A browser in which somebody is signed in."""
    row = Person.objects.get(code=by.key.rpartition(":")[2])
    browser = Client()
    browser.force_login(access.create_account(f"account-{row.code}", "x" * 20, row, by=SETUP))
    return browser


def page_of(by: Actor, path: str) -> str:
    """A page as somebody sees it."""
    found = browser_of(by).get(path)
    assert found.status_code == 200
    return found.content.decode()


def test_a_bundle_s_code_leads_its_applicant_to_it() -> None:
    row, _by, browser = citizen()
    run = bundling.apply_bundle(
        "firm",
        {"number": 1},
        row.code,
        stall.place(),
        by=SETUP,
        key="",
        materials=stall.papers(articles="copy"),
    )
    assert offers(run.code, browser)["bundle"] == f"/services/bundles/runs/{run.code}"
