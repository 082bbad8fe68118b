"""An affair that is taken back, by its applicant or by the body that decided, takes its certificate along."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from beichen.fronts.services import service
from beichen.fronts.services.applicant import service as applicants
from beichen.fronts.services.models import Affair
from beichen.fronts.services.tests import mint, town
from beichen.fronts.services.tests.applicants import citizen
from beichen.fronts.services.tests.town import MONDAY, SETUP, do, person
from beichen.kernel.access import service as access
from beichen.kernel.audit.models import AuditRecord
from beichen.kernel.bus.models import OutboxEvent
from beichen.kernel.org.models import Person
from beichen.platforms.ledger import service as ledger
from beichen.platforms.ledger.models import Certificate
from beichen.problem import ProblemError
from beichen.settings import settings
from beichen_proof.refusal import Reason

pytestmark = pytest.mark.django_db
WHY = "住所证明系伪造"


@pytest.fixture(autouse=True)
def own_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Keys of the test's own."""
    monkeypatch.setenv("BEICHEN_LEDGER_KEYS", str(tmp_path / "keys"))
    settings.cache_clear()
    mint.build()
    yield
    monkeypatch.undo()
    settings.cache_clear()


def granted(subject: str) -> tuple[Affair, Certificate]:
    """An affair that was granted, with what it gave."""
    affair = mint.apply(subject, now=None)
    do(affair, "look", now=None)
    told = {"payment": "P-1", "paid_yuan": 20.0}
    affair = service.act_on_affair("message", affair.code, {"message": "paid", "data": told}, by=SETUP)
    return affair, Certificate.objects.get(origin=f"affair:{affair.code}")


def handed_out_early() -> None:
    """The same process, which goes on when the certificate is there: it is still to be fetched."""
    body = town.diagram(
        '<startEvent id="begin"/><userTask id="look"/><serviceTask id="issue"/><userTask id="fetch"/>'
        '<endEvent id="granted"/>' + town.flow("begin look", "look issue", "issue fetch", "fetch granted"),
        lanes={"window": "look issue fetch"},
        key="trade",
    )
    town.simple(
        "trade",
        body,
        steps={"look": {}, "issue": {"door": "certificate"}, "fetch": {}},
        ends="granted",
        fields=mint.FIELDS,
        start=["shop", "area_m2"],
    )


def signed_in(actor: Any) -> Client:
    """A browser of somebody at work."""
    row = Person.objects.get(code=actor.key.partition(":")[2])
    browser = Client()
    browser.force_login(access.create_account(f"at-work-{row.code}", "x" * 20, row, by=SETUP))
    return browser


def verdict(row: Certificate) -> str:
    """What anybody reads who checks the certificate."""
    return Client().post("/verify", {"text": row.text}, HTTP_ACCEPT_LANGUAGE="en").content.decode()


def test_who_withdraws_gives_back_what_the_affair_gave_already() -> None:
    handed_out_early()
    applicant, by, browser = citizen()
    affair = mint.apply(applicant.code, now=None)
    do(affair, "look", now=None)
    row = Certificate.objects.get()
    assert ledger.check(row.text).is_sound
    applicants.withdraw(affair.code, "不开店了", by=by)
    row.refresh_from_db()
    assert (row.state, row.cause, row.reason) == ("revoked", "withdrawn", "不开店了")
    assert ledger.check(row.text).reason is Reason.REVOKED
    assert "不开店了" in browser.get(f"/certificates/{row.code}").content.decode(), "its holder reads why"
    page = verdict(row)
    assert "The application that it came from was withdrawn." in page
    assert "不开店了" not in page, "who checks reads the kind of reason, nobody's own words"
    record = AuditRecord.objects.get(action="ledger.certificate.revoke")
    assert (record.actor, record.subject, record.reason) == (by.key, applicant.code, "不开店了")
    assert f"affair:{affair.code}" in record.detail


def test_a_decision_is_taken_back_with_its_certificate_and_stays_concluded() -> None:
    applicant, _by, browser = citizen()
    affair, row = granted(applicant.code)
    affair = service.annul(affair.code, WHY, by=SETUP, expected=affair.version)
    row.refresh_from_db()
    assert (row.state, row.cause) == ("revoked", "annulled")
    assert (affair.status, affair.is_in_time) == ("done", True), "it was concluded, and in time"
    assert affair.annulled_at is not None
    page = browser.get(f"/my/affairs/{affair.code}", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert "The decision was taken back" in page
    assert WHY in page
    assert "The decision that it came from was taken back." in verdict(row)
    event = OutboxEvent.objects.get(type="services.affair.annulled")
    assert WHY not in event.payload, "what somebody wrote stays with the affair"
    assert row.code in OutboxEvent.objects.get(type="ledger.certificate.revoked").payload


def test_only_who_supervises_at_the_body_that_decided_takes_a_decision_back() -> None:
    affair, row = granted("FIRM-1")
    for actor in (person("officer", "window"), person("supervisor", "fire"), person("attendant", "window")):
        with pytest.raises(ProblemError) as caught:
            service.annul(affair.code, WHY, by=actor)
        assert caught.value.problems[0].code in ("ACC-403", "SRV-301")
    row.refresh_from_db()
    assert row.state == "valid"
    above = person("supervisor", "government")
    service.annul(affair.code, WHY, by=above)
    row.refresh_from_db()
    assert row.state == "revoked"
    assert AuditRecord.objects.get(action="ledger.certificate.revoke").actor == above.key


def test_a_decision_is_taken_back_once_and_only_when_there_is_one() -> None:
    running = mint.apply("FIRM-2")
    affair, row = granted("FIRM-1")
    for code, reason, problem in (
        (running.code, WHY, "SRV-302"),
        (affair.code, " ", "SRV-305"),
        ("20250101-NONE", WHY, "SRV-301"),
    ):
        with pytest.raises(ProblemError) as caught:
            service.annul(code, reason, by=SETUP)
        assert caught.value.problems[0].code == problem
    service.annul(affair.code, WHY, by=SETUP)
    with pytest.raises(ProblemError) as caught:
        service.annul(affair.code, WHY, by=SETUP)
    assert caught.value.problems[0].code == "SRV-302"
    with pytest.raises(ProblemError) as caught:
        service.annul(affair.code, WHY, by=SETUP, expected=1)
    assert caught.value.problems[0].code == "SRV-303"
    row.refresh_from_db()
    assert row.reason == WHY


def test_a_certificate_that_its_issuer_revoked_keeps_its_reason() -> None:
    affair, row = granted("FIRM-1")
    ledger.change_state(row.code, "revoke", "遗失", by=SETUP)
    service.annul(affair.code, WHY, by=SETUP)
    row.refresh_from_db()
    assert (row.reason, row.cause) == ("遗失", "")
    page = verdict(row)
    assert "Revoked" in page
    assert "taken back" not in page


def test_what_other_affairs_gave_stays() -> None:
    affair, _row = granted("FIRM-1")
    _other, kept = granted("FIRM-1")
    service.annul(affair.code, WHY, by=SETUP)
    kept.refresh_from_db()
    assert kept.state == "valid"


def test_the_desk_offers_it_to_who_may_and_says_so_afterwards() -> None:
    affair, row = granted("FIRM-1")
    path = f"/services/affairs/{affair.code}"
    at_work = signed_in(person("supervisor", "window"))
    assert f"{path}/annul" in at_work.get(path).content.decode()
    assert f"{path}/annul" not in signed_in(person("officer", "window")).get(path).content.decode()
    empty = at_work.post(f"{path}/annul", {"version": str(affair.version), "reason": ""})
    assert empty.status_code == 422
    assert at_work.post(f"{path}/annul", {"version": str(affair.version), "reason": WHY}).status_code == 302
    row.refresh_from_db()
    assert row.state == "revoked"
    page = at_work.get(path, HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert "taken back" in page
    assert f"{path}/annul" not in page


def test_an_affair_that_gave_nothing_is_withdrawn_as_ever() -> None:
    affair = mint.apply("FIRM-1")
    service.withdraw(affair.code, "不办了", by=SETUP, now=MONDAY)
    assert not Certificate.objects.exists()
