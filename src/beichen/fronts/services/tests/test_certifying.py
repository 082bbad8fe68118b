"""The result of an item as a certificate: issued once, with the step, or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from beichen.fronts.services import service
from beichen.fronts.services.items.models import Application, Payment
from beichen.fronts.services.items.payment import paying
from beichen.fronts.services.items.words import PaymentState
from beichen.fronts.services.models import Affair
from beichen.fronts.services.tests import mint
from beichen.fronts.services.tests.town import MONDAY, SETUP, do
from beichen.kernel.access.service import create_account
from beichen.kernel.bus.models import OutboxEvent
from beichen.kernel.org.models import Region
from beichen.kernel.org.service import register_person
from beichen.platforms.ledger import service as ledger
from beichen.platforms.ledger.models import Certificate
from beichen.problem import ProblemError
from beichen.settings import settings

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Keys of the test's own."""
    monkeypatch.setenv("BEICHEN_LEDGER_KEYS", str(tmp_path / "keys"))
    settings.cache_clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()


def paid(affair: Affair) -> Affair:
    """The payment comes."""
    told = {"payment": "P-1", "paid_yuan": 20.0}
    return service.act_on_affair("message", affair.code, {"message": "paid", "data": told}, by=SETUP)


def test_who_is_granted_gets_a_certificate_that_anybody_can_check() -> None:
    mint.build()
    person = register_person("王小明", by=SETUP)
    affair = mint.apply(person.code)
    do(affair, "look")
    assert not Certificate.objects.exists()
    affair = paid(affair)
    assert (affair.status, affair.outcome) == ("done", "granted")
    (row,) = Certificate.objects.all()
    assert (row.holder, row.issuer.key, row.issued_by) == (person, "planning", "system:services.results")
    assert row.claims == {"shop": "星河书店", "area_m2": 40.0}
    assert ledger.check(row.text).is_sound
    (entry,) = ledger.entries_of("certificate", row.code)
    assert entry.reference == row.code
    assert OutboxEvent.objects.filter(type="services.affair.notified").count() == 1


def test_the_holder_finds_it_with_the_affair() -> None:
    mint.build()
    person = register_person("王小明", by=SETUP)
    browser = Client()
    browser.force_login(create_account("wang", "x" * 20, person, by=SETUP))
    affair = mint.apply(person.code, now=None)
    do(affair, "look", now=None)
    paid(affair)
    row = Certificate.objects.get()
    assert row.code in browser.get(f"/my/affairs/{affair.code}").content.decode()
    assert row.code in browser.get("/my/certificates").content.decode()


def test_what_does_not_fit_the_kind_refuses_the_step_and_nothing_is_written() -> None:
    mint.build()
    affair = mint.apply(data={"area_m2": 5e15})
    do(affair, "look")
    before = Affair.objects.get().version
    with pytest.raises(ProblemError, match="LED-403"):
        paid(affair)
    affair.refresh_from_db()
    assert (affair.status, affair.version) == ("running", before)
    assert not Certificate.objects.exists()
    assert not OutboxEvent.objects.filter(type__in=["ledger.certificate.issued", "services.affair.notified"])


def test_a_name_is_signed_on_one_line() -> None:
    mint.build()
    affair = mint.apply(data={"shop": "星河\u3000书店\t（一\u200b号）\n东街"})
    do(affair, "look")
    paid(affair)
    assert Certificate.objects.get().claims["shop"] == "星河 书店 （一 号） 东街"


def test_what_cannot_be_issued_is_told_again_and_written_down(caplog: pytest.LogCaptureFixture) -> None:
    """A payment that came stays to be told, and the operator reads why it could not be."""
    mint.build()
    affair = mint.apply(data={"area_m2": 5e15})
    do(affair, "look")
    row = paying._new(Application.objects.get(affair=affair), timezone.now(), by=SETUP)
    Payment.objects.filter(pk=row.pk).update(state=PaymentState.PAID, paid_at=timezone.now())
    assert paying.tell_process(row.pk) is False
    assert "LED-403" in caplog.text
    row.refresh_from_db()
    assert row.told_at is None


def test_a_city_that_issues_none_hands_its_result_over() -> None:
    mint.build(kinds=False)
    affair = mint.apply()
    do(affair, "look")
    assert paid(affair).outcome == "granted"
    assert not Certificate.objects.exists()
    assert OutboxEvent.objects.filter(type="services.affair.notified").count() == 1


def test_what_a_demo_issues_says_so() -> None:
    mint.build()
    affair = mint.apply(is_demo=True)
    do(affair, "look", now=MONDAY)
    paid(affair)
    assert Certificate.objects.get().is_demo


def test_an_affair_without_an_application_has_the_result_of_its_process() -> None:
    mint.build()
    place = Region.objects.get(code="990100")
    affair = service.start("trade", {"shop": "书店"}, "FIRM-2", place, by=SETUP, now=MONDAY)[0]
    do(affair, "look")
    paid(affair)
    assert Certificate.objects.get().claims == {"shop": "书店"}
