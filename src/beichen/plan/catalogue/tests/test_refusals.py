"""Everything that the catalogue refuses, by its code."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from beichen.kernel.access.service import load_roles
from beichen.kernel.actor import system
from beichen.kernel.org.models import Body, Region
from beichen.kernel.org.service import BodyFacts, RegionFacts, load_bodies, load_regions
from beichen.plan.catalogue.models import Entry, Filing, FindingRecord, FindingState
from beichen.plan.catalogue.service import (
    EntryFacts,
    check_filing,
    entry_of,
    file_plan,
    finding_of,
    move_filing,
    save_entry,
    settle_finding,
)
from beichen.plan.models import Plan
from beichen.plan.service import AmendmentFacts, amend_facts, import_facts
from beichen.plan.tests.facts import plan_facts
from beichen.problem import ProblemError

pytestmark = pytest.mark.django_db
BY = system("test")
DAY = date(2022, 5, 1)
PLAN = Path(__file__).parent / "plans/qinghe-outline.txt"


@pytest.fixture
def entry() -> Entry:
    """An entry of a city that has no outline yet."""
    load_roles(by=BY)
    load_regions([RegionFacts("990100", "星河市", "city")], by=BY)
    load_bodies([BodyFacts("city", "星河市", region="990100")], by=BY)
    return save_entry(
        EntryFacts("water", "水网规划", "special", Region.objects.get(), Body.objects.get()), by=BY
    )


@pytest.fixture
def filing(entry: Entry) -> Filing:
    """A document that was filed under the outline."""
    import_facts(plan_facts(), "star", by=BY, region=entry.region)
    return file_plan(entry, BytesIO(b"%PDF-1.4 x"), "x.pdf", on=DAY, by=BY, as_document=True)


def _finding(filing: Filing, state: str) -> FindingRecord:
    return FindingRecord.objects.create(
        entry=filing.entry, filing=filing, key="f1", digest="d", category="gap", severity="high", rank=0,
        subject="x", reason="missing", match=1, state=state, found_at=timezone.now(),
    )  # fmt: skip


def _code(work: Callable[[], Any]) -> str:
    with pytest.raises(ProblemError) as caught:
        work()
    return caught.value.problems[0].code


def test_a_plan_needs_an_outline_above_it(entry: Entry) -> None:
    assert _code(lambda: file_plan(entry, BytesIO(b"x"), "x.txt", on=DAY, by=BY)) == "PLN-707"


def test_entries_that_do_not_fit(entry: Entry, filing: Filing) -> None:
    facts = EntryFacts("new", " ", "grand", entry.region, entry.body, covers="9.9, #88")
    with pytest.raises(ProblemError) as caught:
        save_entry(facts, by=BY)
    assert [item.code for item in caught.value.problems] == ["PLN-702"] * 3 + ["PLN-703"] * 2
    assert _code(lambda: entry_of("none")) == "PLN-701"


def test_steps_that_cannot_be_taken(filing: Filing) -> None:
    assert _code(lambda: move_filing(filing, "file", on=DAY, by=BY)) == "PLN-704"
    move_filing(filing, "submit", on=DAY, by=BY)
    move_filing(filing, "link", on=DAY, by=BY)
    assert _code(lambda: move_filing(filing, "approve", on=DAY, by=BY)) == "PLN-706"
    assert _code(lambda: check_filing(filing, by=BY)) == "PLN-708"


def test_an_unchecked_plan_is_not_approved(entry: Entry, filing: Filing) -> None:
    with PLAN.open("rb") as content:
        second = file_plan(entry, content, "second.txt", on=DAY, by=BY)
    move_filing(second, "submit", on=DAY, by=BY)
    move_filing(second, "link", on=DAY, by=BY)
    assert _code(lambda: move_filing(second, "approve", on=DAY, by=BY, document="1号")) == "PLN-705"


def test_findings_that_cannot_be_settled(filing: Filing) -> None:
    finding = _finding(filing, FindingState.OPEN)
    assert _code(lambda: settle_finding(finding, "justified", reason=" ", by=BY)) == "PLN-709"
    assert _code(lambda: settle_finding(finding, "resolved", reason="x", by=BY)) == "PLN-711"
    assert _code(lambda: finding_of("water", "none")) == "PLN-710"


def test_an_address_names_a_plan_that_there_is(filing: Filing) -> None:
    assert "PLN-208" in Client().get("/plan?plan=none").content.decode()


def test_a_fact_is_not_added_twice(filing: Filing) -> None:
    plan = Plan.objects.get(key="star")
    item = AmendmentFacts("projects", "p1", "", None, {}, "x")
    assert _code(lambda: amend_facts(plan, [item], document="1号", by=BY)) == "PLN-212"
