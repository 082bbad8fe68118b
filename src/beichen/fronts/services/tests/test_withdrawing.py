"""A bundle withdrawn as one: what is decided stands, and it is said who could take it back."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from beichen.fronts.services import service as services
from beichen.fronts.services.applicant import service
from beichen.fronts.services.applicant.models import Draft
from beichen.fronts.services.items import bundling
from beichen.fronts.services.items.models import BundleRun
from beichen.fronts.services.models import Affair
from beichen.fronts.services.tests import stall, town
from beichen.fronts.services.tests.applicants import citizen, picture, signed
from beichen.fronts.services.tests.town import SETUP, do, words
from beichen.kernel.access import service as access
from beichen.kernel.access.rates import forget_rates
from beichen.kernel.actor import Actor
from beichen.kernel.audit.models import AuditRecord
from beichen.kernel.bus.models import OutboxEvent
from beichen.kernel.bus.service import heard_at_once
from beichen.kernel.org.models import Region
from beichen.problem import ProblemError

pytestmark = pytest.mark.django_db
BUNDLE: dict[str, Any] = {
    "name": words("开办企业一件事", "Starting a firm"),
    "promised": "3d",
    "items": {"licence": {}, "seal": {}, "tax": {"after": ["licence", "seal"]}},
}


@pytest.fixture(autouse=True)
def city() -> None:
    stall.build()
    items = {"permit": stall.PERMIT, "licence": stall.LICENCE, "seal": stall.SEAL, "tax": stall.TAX}
    stall.declare(items, bundles={"firm": BUNDLE})
    forget_rates()


def sent(by: Actor) -> BundleRun:
    """A bundle of which two parts run and one waits for both."""
    region = Region.objects.get(code=town.CITY)
    draft: Draft = service.begin("firm", access.subjects_of(by)[0], region, {}, by=by)
    draft = service.keep(draft.code, {"number": ["3"]}, by=by)
    service.bring(draft, "material.articles", picture(), by=by)
    run: BundleRun | None = service.send(draft.code, signed(by), by=by)[0].run
    assert run is not None
    return run


def affair_of(run: BundleRun, item: str) -> Affair:
    """The affair of a part."""
    found = run.parts.get(item__key=item).affair
    assert found is not None
    return found


def states(run: BundleRun) -> dict[str, str]:
    """How each part stands."""
    return {one.item.key: one.state for one in bundling.parts_of(run)}


def test_one_act_takes_back_what_runs_and_what_waits() -> None:
    applicant, by, _browser = citizen()
    run = sent(by)
    with heard_at_once():
        run = service.withdraw_all(run.code, "不办了", by=by)
    assert states(run) == dict.fromkeys(("licence", "seal", "tax"), "withdrawn")
    assert (run.is_good, run.closed_at) == (False, run.withdrawn_at)
    assert set(Affair.objects.values_list("status", flat=True)) == {"withdrawn"}
    assert Affair.objects.count() == 2, "what waited does not start"
    record = AuditRecord.objects.get(action="services.bundle.withdraw")
    assert (record.actor, record.subject, record.reason) == (by.key, applicant.code, "不办了")
    closed = OutboxEvent.objects.get(type="services.bundle.closed")
    assert '"outcome":"withdrawn"' in closed.payload.replace(" ", ""), closed.payload


def test_what_is_decided_stands_and_it_is_said_who_could_take_it_back() -> None:
    _applicant, by, browser = citizen()
    run = sent(by)
    with heard_at_once():
        do(affair_of(run, "licence"), "look", "granted", now=None)
    path = f"/services/bundles/runs/{run.code}"
    page = browser.get(path, HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert f"/my/bundles/{run.code}/withdraw" in page
    assert "Only Window, which decided, can take its decision back" in page
    done = browser.post(f"/my/bundles/{run.code}/withdraw", {"reason": "不办了"})
    assert done["Location"] == path
    run.refresh_from_db()
    assert states(run) == {"licence": "done", "seal": "withdrawn", "tax": "withdrawn"}
    assert (run.is_good, affair_of(run, "licence").status) == (False, "done")
    page = browser.get(path, HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert "Only Window, which decided, can take its decision back" in page
    assert f"/my/bundles/{run.code}/withdraw" not in page


def test_what_ended_just_before_it_was_heard_of_is_not_taken_back() -> None:
    _applicant, by, _browser = citizen()
    run = sent(by)
    do(affair_of(run, "licence"), "look", "granted", now=None)
    run = service.withdraw_all(run.code, "不办了", by=by)
    assert states(run) == {"licence": "done", "seal": "withdrawn", "tax": "withdrawn"}
    bundling.follow(affair_of(run, "licence").code, by=SETUP)
    bundling.follow(affair_of(run, "seal").code, by=SETUP)
    assert states(run) == {"licence": "done", "seal": "withdrawn", "tax": "withdrawn"}
    assert Affair.objects.count() == 2


def test_it_is_done_once_with_a_reason_and_by_its_applicant_alone() -> None:
    _applicant, by, browser = citizen()
    _other, thief, thieves = citizen("贼")
    run = sent(by)
    with pytest.raises(ProblemError) as caught:
        service.withdraw_all(run.code, "x", by=thief)
    assert caught.value.problems[0].code == "SRV-409"
    path = f"/my/bundles/{run.code}/withdraw"
    assert thieves.post(path, {"reason": "x"}).status_code == 404
    assert Client().post(path, {"reason": "x"}).status_code in (302, 403)
    assert browser.get(path).status_code == 405
    refused = browser.post(path, {"reason": ""})
    assert refused.status_code == 422
    assert states(run)["licence"] == "running"
    assert browser.post(path, {"reason": "不办了"}).status_code == 302
    again = browser.post(path, {"reason": "不办了"})
    assert again.status_code == 422
    with pytest.raises(ProblemError) as caught:
        service.withdraw_all(run.code, "x", by=by)
    assert caught.value.problems[0].code == "SRV-302"


def test_one_that_cannot_be_taken_back_keeps_everything_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """All of it, or nothing of it."""
    _applicant, by, _browser = citizen()
    run = sent(by)
    real, calls = services.withdraw, iter((0, 1))

    def second_fails(code: str, reason: str, **more: Any) -> Affair:
        if next(calls):
            raise RuntimeError("the database went away")
        return real(code, reason, **more)

    monkeypatch.setattr("beichen.fronts.services.affair.taking_back.withdraw", second_fails)
    with pytest.raises(RuntimeError):
        service.withdraw_all(run.code, "不办了", by=by)
    assert states(run) == {"licence": "running", "seal": "running", "tax": "waiting"}
    assert set(Affair.objects.values_list("status", flat=True)) == {"running"}


def test_a_decision_that_is_taken_back_later_is_no_good_answer_any_more() -> None:
    _applicant, by, browser = citizen()
    run = sent(by)
    for item in ("licence", "seal", "tax"):
        with heard_at_once():
            do(affair_of(run, item), "look", "granted", now=None)
    run.refresh_from_db()
    assert run.is_good is True
    with heard_at_once():
        services.annul(affair_of(run, "seal").code, "材料不实", by=SETUP)
    run.refresh_from_db()
    assert (run.is_good, states(run)["seal"]) == (False, "refused")
    page = browser.get(f"/services/bundles/runs/{run.code}").content.decode()
    assert "决定已被撤销" in page
    assert OutboxEvent.objects.filter(type="services.bundle.closed").count() == 1
