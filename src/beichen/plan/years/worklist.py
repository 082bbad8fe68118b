"""The year's key work (年度重点工作): what of the plan falls due in a year, from every place that says so.

An indicator's yearly target names the body that answers for the indicator; a duty for an indicator is
therefore not listed a second time. A promise of the prose stands with the duty for it, if there is one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from beichen.kernel.access.service import visible
from beichen.kernel.actor import Actor
from beichen.kernel.org.models import Body
from beichen.plan.duties.models import Duty, Milestone
from beichen.plan.duties.service import READ as READ_DUTIES
from beichen.plan.duties.service import duties_of
from beichen.plan.models import Plan, Target
from beichen.plan.years.reading import year_targets
from beichen.web.numbers import COMPARATORS, figure


@dataclass(frozen=True, slots=True)
class Work:
    """One thing to be done in the year. ``kind`` is target, promise, duty or milestone.

    ``reference`` is an indicator's number, a place in the text, or a duty's number, by the kind.
    """

    kind: str
    title: str
    amount: str
    unit: str
    due: date
    lead: Body | None
    reference: str
    is_done: bool = False
    is_demo: bool = False

    @property
    def lead_name(self) -> str:
        """The body that answers for it, empty while nobody does."""
        return self.lead.name if self.lead else ""


def work_list(plan: Plan, year: int, *, by: Actor) -> list[Work]:
    """Everything due in the year that ``by`` may see: five queries however much there is."""
    duties = visible(by, READ_DUTIES, duties_of(plan))
    answering = {
        (duty.kind, duty.key): duty.lead
        for duty in visible(by, READ_DUTIES, duties_of(plan)).filter(kind__in=("indicators", "targets"))
    }
    return [
        *_targets(plan, year, answering),
        *_promises(plan, year, answering),
        *_duties(duties, year),
        *_milestones(duties, year),
    ]


Answering = dict[tuple[str, str], Body | None]


def _targets(plan: Plan, year: int, answering: Answering) -> list[Work]:
    end = date(year, 12, 31)
    return [
        Work(
            "target",
            row.name,
            f"{COMPARATORS.get(row.comparator, '')}{figure(row.value)}",
            row.unit,
            end,
            answering.get(("indicators", row.key)),
            str(row.number),
        )
        for row in year_targets(plan, year)
        if row.value is not None
    ]


def _promises(plan: Plan, year: int, answering: Answering) -> list[Work]:
    found = []
    for row in Target.objects.filter(plan=plan, target_year=year).order_by("position"):
        upper = f"–{figure(row.upper)}" if row.upper is not None else ""
        amount = f"{COMPARATORS.get(row.comparator, '')}{figure(row.value)}{upper}"
        title = f"{row.subject} {row.metric}".strip()
        lead = answering.get(("targets", row.key))
        found.append(Work("promise", title, amount, row.unit, date(year, 12, 31), lead, row.location))
    return found


def _duties(duties: QuerySet[Duty], year: int) -> list[Work]:
    rows = duties.filter(deadline__year=year).exclude(kind__in=("indicators", "targets"))
    return [
        Work(
            "duty",
            row.title,
            "",
            "",
            row.deadline,
            row.lead,
            str(row.pk),
            row.done_on is not None,
            row.is_demo,
        )
        for row in rows
        if row.deadline is not None
    ]


def _milestones(duties: QuerySet[Duty], year: int) -> list[Work]:
    rows = Milestone.objects.filter(duty__in=duties.order_by().values("pk"), due__year=year)
    return [
        Work(
            "milestone",
            f"{row.duty.title}：{row.title}",
            "",
            "",
            row.due,
            row.duty.lead,
            str(row.duty_id),
            row.done_on is not None,
            row.is_demo,
        )
        for row in rows.select_related("duty__lead").order_by("due", "id")
    ]
