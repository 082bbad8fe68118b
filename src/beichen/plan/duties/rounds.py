"""Reporting rounds: a period, when its round opens, and until when bodies owe their reports."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone

from beichen.kernel.access.service import require
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.bus.service import publish
from beichen.kernel.calendar.service import is_working_day
from beichen.plan.duties import codes
from beichen.plan.duties.models import ReportingRule, Round
from beichen.plan.duties.periods import ReportingPeriod, parse_period, periods_of, working_day_after
from beichen.plan.duties.rights import SCHEDULE
from beichen.plan.duties.words import Length
from beichen.plan.models import Plan
from beichen.problem import Problem, ProblemError, Where, said


def rule_of(plan: Plan) -> ReportingRule:
    """How the plan's bodies report; every half-year within ten working days until somebody says otherwise."""
    return ReportingRule.objects.filter(plan=plan).first() or ReportingRule(plan=plan)


@transaction.atomic
def set_rule(plan: Plan, length: Length, working_days: int, remind_days: int, *, by: Actor) -> ReportingRule:
    """Say how the plan's bodies report from now on; rounds that are open stay as they are.

    Raises ProblemError ACC-403, PLN-312 for days out of range.
    """
    require(by, SCHEDULE, plan)
    if not (1 <= working_days <= 60 and 0 <= remind_days <= working_days):
        message = said("1 to 60 working days, and reminded within them")
        raise ProblemError(Problem(codes.PERIOD, message, Where(field="working_days")))
    values = {"length": str(length), "working_days": working_days, "remind_days": remind_days}
    row, _created = ReportingRule.objects.update_or_create(plan=plan, defaults=values)
    audit.record(by, SCHEDULE, f"plan_duties.reportingrule:{plan.key}", detail=values)
    return row


def next_periods(plan: Plan, today: date) -> list[ReportingPeriod]:
    """The plan's periods without a round that have ended, the newest first."""
    present = set(Round.objects.filter(plan=plan).values_list("period", flat=True))
    periods = periods_of(plan.start_year, plan.end_year, Length(rule_of(plan).length))
    return [one for one in reversed(periods) if one.ends < today and one.text not in present]


@transaction.atomic
def open_round(
    plan: Plan, text: str, *, by: Actor, today: date | None = None, is_demo: bool = False
) -> Round:
    """Open the round of a period that has ended, or return the one there is.

    It opens on the first working day after the period and is due on the working day that the plan's rule
    says. Publishes ``plan.round.opened``. Raises ProblemError ACC-403, PLN-312.
    """
    require(by, SCHEDULE, plan)
    Plan.objects.select_for_update(of=("self",)).filter(pk=plan.pk).values_list(
        "pk"
    ).get()  # one round a period
    found = Round.objects.filter(plan=plan, period=text).first()
    if found is not None:
        return found
    rule, period = rule_of(plan), parse_period(text)
    if period is None or not plan.start_year <= period.starts.year <= plan.end_year:
        hint = f"{plan.start_year}-S1 … {plan.end_year}-Q4"
        message = said("this is no period of the plan")
        raise ProblemError(Problem(codes.PERIOD, message, Where(field="period"), hint))
    if period.ends >= (today or timezone.localdate()):
        message = said("the period has not ended; it is reported on afterwards")
        raise ProblemError(Problem(codes.PERIOD, message, Where(field="period"), str(period.ends)))
    row = Round.objects.create(
        plan=plan,
        period=text,
        starts=period.starts,
        ends=period.ends,
        opens=working_day_after(period.ends, 1, is_working_day),
        due=working_day_after(period.ends, rule.working_days, is_working_day),
        opened_by=by.key,
        is_demo=is_demo,
    )
    detail = {"plan": plan.key, "period": text, "due": row.due.isoformat()}
    audit.record(by, SCHEDULE, f"plan_duties.round:{plan.key}/{text}", detail=detail)
    path = plan.region.path if plan.region else ""
    publish("plan.round.opened", f"{plan.key}/{text}", detail, by=by, region=path)
    return row


def round_by_number(plan: Plan, number: int) -> Round:
    """A round of the plan. Raises ProblemError PLN-311."""
    row = Round.objects.select_related("plan__region").filter(plan=plan, pk=number).first()
    if row is None:
        raise ProblemError(Problem(codes.NO_ROUND, said("there is no round {number}", number=number)))
    return row


def last_round(plan: Plan, today: date) -> Round | None:
    """The newest round that is open by ``today``."""
    return Round.objects.filter(plan=plan, opens__lte=today).order_by("-ends", "-pk").first()
