"""What the room says about bodies and districts as evidence: shares in time, real before made up."""

from __future__ import annotations

from datetime import date

from beichen.hubs.data.service import Figure, Period, evidence_of
from beichen.kernel.org.models import Body
from beichen.plan.duties.models import Duty, Milestone, Round
from beichen.plan.duties.service import (
    Assignment,
    ReportFacts,
    assign_duties,
    open_round,
    save_report,
    submit_report,
)
from beichen.plan.duties.tests.conftest import BY, at
from beichen.plan.models import Plan

YEAR = Period("2024", "year", date(2024, 1, 1), date(2024, 12, 31))
EVERY = ["gardens", "roads", "north"]


def figures(key: str, subjects: list[str], period: Period = YEAR) -> dict[str, tuple[str, str, bool]]:
    """Value, note and whether it is made up, by subject."""
    found: dict[str, Figure] = dict(evidence_of([key])[key].figures(period, subjects))
    return {one: (str(item.value), item.note, item.is_demo) for one, item in found.items()}


def test_duties_and_milestones_count_on_the_day_they_fall_due(plan: Plan, park: Duty) -> None:
    for due, done in ((1, 1), (2, 3), (3, None)):
        done_on = date(2024, done, 1) if done else None
        Milestone.objects.create(duty=park, title="x", due=date(2024, due, 1), done_on=done_on)
    assert figures("duties-in-time", EVERY) == {"gardens": ("33.33", "1 / 3", False)}
    assert figures("duties-in-time", ["roads"]) == {}
    assert figures("district-duties-in-time", ["990100", "990102"]) == {"990100": ("33.33", "1 / 3", False)}
    future = Period("2199", "year", date(2199, 1, 1), date(2199, 12, 31))
    Milestone.objects.create(duty=park, title="x", due=date(2199, 1, 1))
    assert figures("duties-in-time", EVERY, future) == {}


def test_what_is_made_up_gives_way_to_what_is_real(plan: Plan, park: Duty) -> None:
    Milestone.objects.create(duty=park, title="x", due=date(2024, 1, 1), is_demo=True)
    assert figures("duties-in-time", EVERY) == {"gardens": ("0.00", "0 / 1", True)}
    Milestone.objects.create(duty=park, title="x", due=date(2024, 1, 1), done_on=date(2024, 1, 1))
    assert figures("duties-in-time", EVERY) == {"gardens": ("100.00", "1 / 1", False)}


def test_reports_count_by_the_day_of_their_round(plan: Plan, park: Duty) -> None:
    other = Duty.objects.get(plan=plan, kind="projects", key="p2")
    lead = Body.objects.get(key="north")
    assign_duties(plan, [Assignment(other, lead)], reason="x", by=BY, now=at(2021, 3, 1))
    half: Round = open_round(plan, "2024-S1", by=BY, today=date(2024, 7, 5))
    report = save_report(
        park, half, ReportFacts("in-progress", 40, "完成地基施工"), by=BY, now=at(2024, 7, 6)
    )
    submit_report(report, by=BY, now=at(2024, 7, 6))
    assert figures("reports-in-time", EVERY) == {
        "gardens": ("100.00", "1 / 1", False),
        "north": ("0.00", "0 / 1", False),
    }
    assert figures("district-reports-in-time", ["990102"]) == {"990102": ("0.00", "0 / 1", False)}
