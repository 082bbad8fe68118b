"""A firm's certificates: for who acts for it, as far as they may; and what gave a certificate, taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from beichen.kernel.access.models import Account
from beichen.kernel.access.representation import Representation
from beichen.kernel.access.service import Subject, record_representation, subjects_of
from beichen.kernel.audit.models import AuditRecord
from beichen.kernel.bus.models import OutboxEvent
from beichen.kernel.org.models import Person
from beichen.kernel.org.service import actor_of
from beichen.platforms.ledger import codes, service
from beichen.platforms.ledger.models import Cause, Certificate
from beichen.platforms.ledger.tests import offices
from beichen.platforms.ledger.tests.ground import BY
from beichen.problem import ProblemError
from beichen_proof.refusal import Reason

pytestmark = pytest.mark.django_db
FIRM = Subject("91220101MA0000000X", "星河书店", "firm")


@pytest.fixture(autouse=True)
def built() -> None:
    offices.build()


def of_firm(matter: str = "trade", origin: str = "", firm: str = FIRM.code) -> Certificate:
    """A certificate of the firm."""
    return service.issue(offices.kind(), offices.GIVEN, by=BY, firm=firm, origin=origin, matter=matter)


def acting_for(name: str, *affairs: str) -> tuple[Person, Client]:
    """Somebody who acts for the firm, with a browser in which they chose to."""
    row = offices.person(name)
    record_representation(row, FIRM, "staff", by=BY, evidence="委托书", affairs=affairs)
    return row, browser(row, FIRM.code)


def browser(row: Person, code: str = "") -> Client:
    """A browser of a person, acting for the subject with this code."""
    client = Client(headers={"accept-language": "en"})
    client.cookies["beichen_language"] = "en"
    client.force_login(Account.objects.get(person=row))
    if code:
        session = client.session
        session["access_acting_for"] = code
        session.save()
    return client


def seen(client: Client, row: Certificate) -> list[int]:
    """The answers of a certificate's page, its PDF and its text."""
    return [client.get(f"/certificates/{row.code}{place}").status_code for place in ("", "/pdf", "/text")]


def test_who_acts_for_a_firm_sees_presents_and_takes_its_certificates_along() -> None:
    row, other = of_firm(), of_firm(firm="91220101MA0000000Y")
    _person, client = acting_for("wang")
    page = client.get("/my/certificates").content.decode()
    assert row.code in page
    assert other.code not in page
    assert f"Certificates of {FIRM.name}" in page
    assert seen(client, row) == [200, 200, 200]
    assert seen(client, other) == [403, 403, 403]
    shown = client.get(f"/certificates/{row.code}/text?choose=1&show=born").content.decode()
    found = service.check(shown)
    assert found.is_sound
    assert found.credential is not None
    assert (found.credential.claims.get("name"), found.credential.claims["born"]) == (None, "1990-02-03")
    changed = client.post(f"/certificates/{row.code}/state", {"step": "revoke", "reason": "x"})
    assert changed.status_code == 403


def test_who_acts_in_some_affairs_sees_what_came_of_these() -> None:
    trade, tax, by_clerk = of_firm("trade"), of_firm("tax"), of_firm("")
    _person, client = acting_for("wang", "trade")
    page = client.get("/my/certificates").content.decode()
    assert [one.code in page for one in (trade, tax, by_clerk)] == [True, False, False]
    assert "certificates of others are not shown" in page
    assert [seen(client, one)[0] for one in (trade, tax, by_clerk)] == [200, 403, 403]


def test_a_representation_that_ended_opens_nothing() -> None:
    row = of_firm()
    person, client = acting_for("wang")
    assert seen(client, row) == [200, 200, 200]
    Representation.objects.filter(representative=person).update(until=timezone.now() - timedelta(seconds=1))
    assert seen(client, row) == [403, 403, 403]
    assert row.code not in client.get("/my/certificates").content.decode()


def test_every_look_for_another_leaves_a_record_and_one_s_own_leaves_none() -> None:
    row = of_firm()
    person, client = acting_for("wang")
    client.get(f"/certificates/{row.code}")
    record = AuditRecord.objects.get(action="ledger.certificate.represent")
    assert (record.actor, record.subject) == (f"person:{person.code}", FIRM.code)
    own = offices.issued(person)
    browser(person).get(f"/certificates/{own.code}")
    assert AuditRecord.objects.filter(action__startswith="ledger.certificate.r").count() == 1


def test_one_s_own_are_not_among_a_firm_s() -> None:
    person, client = acting_for("wang")
    own, firm = offices.issued(person), of_firm()
    subject = next(one for one in subjects_of(actor_of(person)) if one.kind == "firm")
    assert list(service.own_certificates(subject)) == [firm]
    assert own.code not in client.get("/my/certificates").content.decode()
    assert own.code in browser(person).get("/my/certificates").content.decode()


def test_a_parent_sees_a_child_s() -> None:
    child, parent = offices.person("xiaoming"), offices.person("father")
    row = offices.issued(child)
    assert seen(browser(parent), row) == [403, 403, 403]
    whose = Subject(child.code, child.name, "person")
    record_representation(parent, whose, "parent", by=BY, evidence="出生证明")
    client = browser(parent, child.code)
    assert seen(client, row) == [200, 200, 200]
    assert row.code in client.get("/my/certificates").content.decode()
    assert AuditRecord.objects.filter(subject=child.code, action="ledger.certificate.represent").count() == 3


def test_a_clerk_issues_for_a_firm_by_its_credit_code() -> None:
    officer = browser(offices.person("clerk", "certifier"))
    address = f"/certificates/issue/{offices.ISSUED}"
    good = "91110000600037341L"
    for wrong in ("91110000600037341A", "NOBODY", "x" * 70):
        assert officer.post(address, {**offices.GIVEN, "holder": wrong}).status_code == 422
    assert officer.post(address, {**offices.GIVEN, "holder": good.lower()}).status_code == 302
    row = Certificate.objects.get()
    assert (row.holder, row.firm, row.subject) == (None, good, good)


def test_a_certificate_is_a_person_s_or_a_firm_s() -> None:
    row = offices.issued(offices.person("zhang"))
    with pytest.raises(IntegrityError), transaction.atomic():
        Certificate.objects.filter(pk=row.pk).update(firm=FIRM.code)


def test_what_an_origin_gave_is_revoked_with_it_and_nothing_else() -> None:
    given, other, nothing = of_firm(origin="affair:A-1"), of_firm(origin="affair:A-2"), of_firm()
    suspended = of_firm(origin="affair:A-1")
    service.change_state(suspended.code, "suspend", "审查", by=BY)
    rows = service.revoke_given("affair:A-1", Cause.ANNULLED, "材料不实", by=BY)
    assert {row.code for row in rows} == {given.code, suspended.code}
    assert service.revoke_given("affair:A-1", Cause.ANNULLED, "再来", by=BY) == [], "done once"
    assert service.revoke_given("", Cause.ANNULLED, "空", by=BY) == [], "no origin is no match"
    for row in (given, suspended):
        row.refresh_from_db()
        assert (row.state, row.cause, row.reason) == ("revoked", "annulled", "材料不实")
        found = service.check(row.text)
        assert (found.reason, found.cause, found.since) == (Reason.REVOKED, "annulled", row.changed_at)
    assert service.check(other.text).is_sound
    assert service.check(nothing.text).is_sound
    assert OutboxEvent.objects.filter(type="ledger.certificate.revoked").count() == 2
    with pytest.raises(ProblemError, match=codes.NO_REASON):
        service.revoke_given("affair:A-2", Cause.WITHDRAWN, " ", by=BY)


def test_who_acts_for_nobody_sees_no_firm_s() -> None:
    person = offices.person("stranger")
    client = browser(person, FIRM.code)
    row = of_firm()
    assert row.code not in client.get("/my/certificates").content.decode()
    assert seen(client, row) == [403, 403, 403]
