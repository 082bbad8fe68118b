"""The year's key work (年度重点工作): what of the plan falls due in a year, from every place that says so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from beichen.plan.models import Plan, Target
from beichen.plan.years.reading import year_targets
from beichen.web.numbers import COMPARATORS, figure


@dataclass(frozen=True, slots=True)
class Work:
    """One thing to be done in the year. ``kind`` is target, promise, duty or milestone."""

    kind: str
    title: str
    amount: str
    unit: str
    due: date
    lead: str
    reference: str
    is_demo: bool = False


def work_list(plan: Plan, year: int) -> list[Work]:
    """The year's targets, and what the plan's prose promises for just this year."""
    end = date(year, 12, 31)
    found = [
        Work(
            "target",
            row.name,
            f"{COMPARATORS.get(row.comparator, '')}{figure(row.value)}",
            row.unit,
            end,
            "",
            str(row.number),
        )
        for row in year_targets(plan, year)
        if row.value is not None
    ]
    for promise in Target.objects.filter(plan=plan, target_year=year).order_by("position"):
        upper = f"–{figure(promise.upper)}" if promise.upper is not None else ""
        amount = f"{COMPARATORS.get(promise.comparator, '')}{figure(promise.value)}{upper}"
        title = f"{promise.subject} {promise.metric}".strip()
        found.append(Work("promise", title, amount, promise.unit, end, "", promise.location))
    return found
