"""One thing once: one application, parts beside and after one another, one progress, one answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from beichen.fronts.services import service
from beichen.fronts.services.items import bundling
from beichen.fronts.services.items.models import BundlePart, BundleRun
from beichen.fronts.services.items.words import PartState
from beichen.fronts.services.models import Affair
from beichen.fronts.services.tests import stall
from beichen.fronts.services.tests.stall import papers, place
from beichen.fronts.services.tests.town import MONDAY, SETUP, do, names, person
from beichen.kernel.bus.service import heard_at_once
from beichen.problem import ProblemError

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def city() -> None:
    stall.build()


def apply(number: float = 3, *, key: str = "", **more: Any) -> BundleRun:
    return bundling.apply_bundle(
        "firm", {"number": number}, "FIRM-1", place(), by=SETUP, key=key, now=MONDAY, **more
    )


def states(run: BundleRun) -> Mapping[str, str]:
    return {part.item.key: part.state for part in bundling.parts_of(run)}


def affair_of(run: BundleRun, item: str) -> Affair:
    part = BundlePart.objects.get(run=run, item__key=item)
    assert part.affair is not None
    return part.affair


def finish(run: BundleRun, item: str, outcome: str = "granted") -> None:
    with heard_at_once():
        do(affair_of(run, item), "look", outcome)
    run.refresh_from_db()


def test_one_application_starts_what_waits_for_nothing() -> None:
    run = apply(materials=papers(articles="uploaded"))
    assert states(run) == {"licence": "running", "seal": "waiting", "tax": "waiting"}
    assert names(affair_of(run, "licence")) == ["look@window"]
    assert Affair.objects.count() == 1


def test_parts_follow_one_another_and_end_in_one_answer() -> None:
    run = apply(materials=papers(articles="uploaded"))
    finish(run, "licence")
    assert states(run) == {"licence": "done", "seal": "running", "tax": "waiting"}
    assert affair_of(run, "seal").data == {"number": 3.0}
    assert affair_of(run, "seal").application.materials["articles"]["how"] == "uploaded"
    finish(run, "seal")
    assert run.closed_at is None
    finish(run, "tax")
    assert (run.is_good, run.closed_at is not None) == (True, True)


def test_what_is_refused_blocks_what_waited_for_it_as_far_as_that_reaches() -> None:
    run = apply(materials=papers(articles="uploaded"))
    finish(run, "licence", "refused")
    assert states(run) == {"licence": "refused", "seal": "blocked", "tax": "blocked"}
    assert (run.is_good, run.closed_at is not None) == (False, True)
    reason = BundlePart.objects.get(run=run, item__key="tax").reason
    assert "公章备案" in reason
    assert Affair.objects.count() == 1


def test_a_part_that_is_not_needed_is_left_out() -> None:
    run = apply(0, materials=papers(articles="uploaded"))
    assert states(run)["tax"] == PartState.SKIPPED
    finish(run, "licence")
    finish(run, "seal")
    assert run.is_good is True


def test_a_withdrawn_part_blocks_too() -> None:
    run = apply(materials=papers(articles="uploaded"))
    with heard_at_once():
        service.withdraw(affair_of(run, "licence").code, "不办了", by=SETUP, now=MONDAY)
    run.refresh_from_db()
    assert states(run) == {"licence": "refused", "seal": "blocked", "tax": "blocked"}


def test_hearing_of_an_end_twice_changes_nothing() -> None:
    run = apply(materials=papers(articles="uploaded"))
    finish(run, "licence")
    code = affair_of(run, "licence").code
    bundling.follow(code, by=SETUP)
    assert Affair.objects.count() == 2
    assert bundling.follow("20250101-NOSUCH", by=SETUP) is None


def test_the_same_application_sent_again_is_the_same_run() -> None:
    first, again = apply(key="k", materials=papers(articles="uploaded")), apply(key="k")
    assert first.pk == again.pk
    assert Affair.objects.count() == 1


def test_what_is_wrong_refuses_the_whole() -> None:
    with pytest.raises(ProblemError) as error:
        apply(materials=papers(passport="copy"))
    assert error.value.problems[0].code == "SRV-305"
    with pytest.raises(ProblemError) as error:
        apply(materials=papers())
    assert [(one.code, one.where.field) for one in error.value.problems] == [("SRV-403", "articles")]
    with pytest.raises(ProblemError) as error:
        bundling.apply_bundle("firm", {"number": "many"}, "F-1", place(), by=SETUP, key="")
    assert error.value.problems[0].where.field == "number"
    with pytest.raises(ProblemError) as error:
        bundling.apply_bundle("firms", {}, "F-1", place(), by=SETUP, key="")
    assert error.value.problems[0].code == "SRV-409"
    assert BundleRun.objects.count() == Affair.objects.count() == 0


def test_who_does_not_act_for_the_subject_may_not_apply() -> None:
    with pytest.raises(ProblemError) as error:
        bundling.apply_bundle("firm", {"number": 1}, "F-1", place(), by=person("officer", "fire"), key="")
    assert error.value.problems[0].code == "ACC-302"
    run = apply(materials=papers(articles="uploaded"))
    with pytest.raises(ProblemError) as error:
        bundling.find_run(run.code, by=person("attendant", "east-window", "990102"))
    assert error.value.problems[0].code == "SRV-409"


def test_an_officer_sees_a_run_when_the_body_takes_part_in_it() -> None:
    """An officer of the same city whose body has nothing to do with it does not learn who applied."""
    run = apply(materials=papers(articles="uploaded"))
    fire, window = person("officer", "fire"), person("officer", "window")
    with pytest.raises(ProblemError) as error:
        bundling.find_run(run.code, by=fire)
    assert error.value.problems[0].code == "SRV-409"
    assert bundling.find_run(run.code, by=window) == run
    finish(run, "licence")
    assert bundling.find_run(run.code, by=fire) == run, "its part has come to the fire brigade"


def test_a_part_that_cannot_start_later_says_so() -> None:
    run = apply(materials=papers(articles="uploaded"))
    stall.declare({"permit": stall.PERMIT, "licence": stall.LICENCE, "tax": stall.TAX})
    with heard_at_once():
        do(affair_of(run, "licence"), "look", "granted")
    run.refresh_from_db()
    assert states(run) == {"licence": "done", "seal": "blocked", "tax": "blocked"}
    assert run.is_good is False
