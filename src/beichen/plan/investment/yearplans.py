"""The government investment plan of a year: drafted from the projects, checked, adopted, then paid out.

An adopted version never changes but for what is allotted; another draft copies it and replaces it when it
is adopted in turn.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from beichen.kernel.access.service import require
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.bus.service import publish
from beichen.plan.investment.codes import (
    BAD_DATE,
    BAD_FIELD,
    BAD_MONEY,
    DIFFERS,
    NO_PLAN,
    NO_REASON,
    NOT_DRAFT,
    OVER_BUDGET,
)
from beichen.plan.investment.declared import Source
from beichen.plan.investment.models import (
    FundLine,
    Investment,
    InvestmentPlan,
    PlanBudget,
    PlanLine,
    PlanState,
    YearMoney,
)
from beichen.plan.investment.money import exact
from beichen.plan.investment.register import as_json
from beichen.plan.investment.rights import MANAGE
from beichen.plan.models import Plan
from beichen.problem import Problem, ProblemError, Where, said, shorten

ZERO = Decimal(0)


def investment_plans(plan: Plan) -> QuerySet[InvestmentPlan]:
    """All versions of all years, the latest year and version first."""
    return InvestmentPlan.objects.filter(plan=plan).order_by("-year", "-version")


def investment_plan(plan: Plan, year: int, version: int | None = None) -> InvestmentPlan:
    """A version of a year's plan, the last when none is named. Raises ProblemError PLN-612."""
    rows = investment_plans(plan).filter(year=year).select_related("plan", "plan__region")
    found = (rows.filter(version=version) if version else rows).first()
    if found is None:
        raise ProblemError(Problem(NO_PLAN, said("there is no investment plan of {year}", year=year)))
    return found


def adopted_plan(plan: Plan, year: int) -> InvestmentPlan | None:
    """The version in force, or None."""
    return investment_plans(plan).filter(year=year, state=PlanState.ADOPTED).first()


def _record(row: InvestmentPlan, what: str, detail: dict[str, Any], *, by: Actor, reason: str = "") -> None:
    subject = f"{row.plan.key}/{row.year}/{row.version}"
    audit.record(
        by,
        f"plan.investment.{what}",
        f"plan_investment.investmentplan:{subject}",
        detail=detail,
        reason=reason,
    )
    path = row.plan.region.path if row.plan.region else ""
    publish(f"plan.investment.{what}", subject, {"year": row.year, **detail}, by=by, region=path)


def _as_draft(row: InvestmentPlan, by: Actor) -> None:
    require(by, MANAGE, row)
    if row.state != PlanState.DRAFT:
        hint = said("make a new draft of the year")
        raise ProblemError(
            Problem(
                NOT_DRAFT,
                said(
                    "{year} version {version} is {state}", year=row.year, version=row.version, state=row.state
                ),
                hint=hint,
            )
        )


@transaction.atomic
def draft_investment_plan(plan: Plan, year: int, *, by: Actor, is_demo: bool = False) -> InvestmentPlan:
    """A draft of the year: the one there is, else the next version with the lines of the last one.

    Raises ProblemError ACC-403, PLN-602 for a year outside the plan.
    """
    require(by, MANAGE, plan)
    if not plan.start_year <= year <= plan.end_year:
        message = said(
            "{year} lies outside {start_year}–{end_year}",
            year=year,
            start_year=plan.start_year,
            end_year=plan.end_year,
        )
        raise ProblemError(Problem(BAD_FIELD, message, Where(field="year")))
    last = investment_plans(plan).filter(year=year).first()
    if last is not None and last.state == PlanState.DRAFT:
        return last
    row = InvestmentPlan.objects.create(
        plan=plan,
        year=year,
        version=last.version + 1 if last else 1,
        state=PlanState.DRAFT,
        is_demo=is_demo,
        by=by.key,
        at=timezone.now(),
    )
    if last is not None:
        copies = [
            PlanLine(of=row, investment_id=one.investment_id, source=one.source, amount=one.amount,
                     allotted=one.allotted)
            for one in last.lines.all()
        ]  # fmt: skip
        PlanLine.objects.bulk_create(copies, batch_size=400)
        PlanBudget.objects.bulk_create(
            PlanBudget(of=row, source=one.source, amount=one.amount) for one in last.budgets.all()
        )
    _record(row, "plan-drafted", {"version": row.version}, by=by)
    return row


@transaction.atomic
def set_plan_line(
    row: InvestmentPlan, project: Investment, source: str, amount: Any, *, by: Actor
) -> PlanLine | None:
    """Write a line of a draft; no amount takes it out. Raises ACC-403, PLN-602, PLN-609."""
    _as_draft(row, by)
    if source not in Source.values or project.plan_id != row.plan_id:
        raise ProblemError(
            Problem(BAD_FIELD, shorten(said("no source {source}", source=source)), Where(field="source"))
        )
    value = exact(amount, "amount")
    line = PlanLine.objects.filter(of=row, investment=project, source=source).first()
    before = line.amount if line else None
    if before == value:
        return line
    if value is None:
        PlanLine.objects.filter(of=row, investment=project, source=source).delete()
        line = None
    else:
        line, _ = PlanLine.objects.update_or_create(
            of=row, investment=project, source=source, defaults={"amount": value}
        )
    told = {"project": project.key, "source": source, "amount": [as_json(before), as_json(value)]}
    _record(row, "plan-line-set", told, by=by)
    return line


@transaction.atomic
def set_budget(row: InvestmentPlan, source: str, amount: Any, *, by: Actor) -> None:
    """Write what a source can give in a draft; no amount takes it out. Raises ACC-403, PLN-602, PLN-609."""
    _as_draft(row, by)
    if source not in Source.values:
        raise ProblemError(
            Problem(BAD_FIELD, shorten(said("no source {source}", source=source)), Where(field="source"))
        )
    value = exact(amount, "amount")
    found = PlanBudget.objects.filter(of=row, source=source).first()
    before = found.amount if found else None
    if before == value:
        return
    if value is None:
        PlanBudget.objects.filter(of=row, source=source).delete()
    else:
        PlanBudget.objects.update_or_create(of=row, source=source, defaults={"amount": value})
    _record(row, "plan-budget-set", {"source": source, "amount": [as_json(before), as_json(value)]}, by=by)


def plan_findings(row: InvestmentPlan) -> list[Problem]:
    """What stands against adopting a version: lines over a budget (PLN-610), and lines that differ from
    the projects' own planned money of the year or exceed their fund lines (PLN-611).
    """
    lines = list(row.lines.select_related("investment"))
    by_source: dict[str, Decimal] = defaultdict(lambda: ZERO)
    by_project: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for line in lines:
        by_source[line.source] += line.amount
        by_project[line.investment_id] += line.amount
    budgets = {one.source: one.amount for one in row.budgets.all()}
    found = [
        Problem(
            OVER_BUDGET,
            said("{source}: {spent} of {budgets}", source=source, spent=spent, budgets=budgets[source]),
            Where(field=source),
        )
        for source, spent in by_source.items()
        if source in budgets and spent > budgets[source]
    ]
    keys = list(by_project)
    own = dict(
        YearMoney.objects.filter(investment__in=keys, year=row.year).values_list("investment_id", "planned")
    )
    funds = {
        (one.investment_id, one.source): one.planned for one in FundLine.objects.filter(investment__in=keys)
    }
    names = {line.investment_id: line.investment for line in lines}
    for pk, together in by_project.items():
        planned = own.get(pk)
        if planned is not None and together > planned:
            message = said(
                "{name}: lines {together}, planned {planned}",
                name=names[pk].name[:24],
                together=together,
                planned=planned,
            )
            found.append(Problem(DIFFERS, shorten(message), Where(field=names[pk].key)))
    for line in lines:
        limit = funds.get((line.investment_id, line.source))
        if limit is not None and line.amount > limit:
            message = said(
                "{name}: {source} {amount} of {limit}",
                name=line.investment.name[:24],
                source=line.source,
                amount=line.amount,
                limit=limit,
            )
            found.append(Problem(DIFFERS, shorten(message), Where(field=line.investment.key)))
    return found


@transaction.atomic
def adopt_investment_plan(
    row: InvestmentPlan,
    number: str,
    on: date,
    *,
    by: Actor,
    reason: str = "",
    today: date | None = None,
) -> InvestmentPlan:
    """Put a draft in force by a document; the version before it is replaced.

    Raises ProblemError: ACC-403, PLN-609; PLN-602 without document number or lines, PLN-604 for a day
    in the future, PLN-603 for a later version without a reason; PLN-610 and PLN-611 as
    :func:`plan_findings` finds.
    """
    _as_draft(row, by)
    problems = plan_findings(row)
    if not number.strip():
        problems.append(
            Problem(BAD_FIELD, said("the document that adopts it has a number"), Where(field="number"))
        )
    if not row.lines.exists():
        problems.append(
            Problem(BAD_FIELD, said("a plan without lines cannot be adopted"), Where(field="lines"))
        )
    if on > (today or timezone.localdate()):
        problems.append(Problem(BAD_DATE, said("{on} lies in the future", on=on), Where(field="on")))
    if row.version > 1 and not reason.strip():
        problems.append(
            Problem(NO_REASON, said("say why the adopted plan is changed"), Where(field="reason"))
        )
    if problems:
        raise ProblemError(*problems)
    InvestmentPlan.objects.filter(plan=row.plan, year=row.year, state=PlanState.ADOPTED).update(
        state=PlanState.REPLACED
    )
    row.state, row.number, row.adopted_on, row.reason = PlanState.ADOPTED, number.strip(), on, reason.strip()
    row.save(update_fields=["state", "number", "adopted_on", "reason"])
    _record(row, "plan-adopted", {"version": row.version, "number": row.number}, by=by, reason=reason)
    return row


@transaction.atomic
def allot(line: PlanLine, amount: Any, *, by: Actor) -> None:
    """Write how much of an adopted line has been paid out. Raises ACC-403, PLN-602, PLN-606, PLN-609."""
    require(by, MANAGE, line.of)
    if line.of.state != PlanState.ADOPTED:
        raise ProblemError(Problem(NOT_DRAFT, said("money is allotted on an adopted plan")))
    value = exact(amount, "allotted")
    if value is not None and value > line.amount:
        message = said("{value} allotted of {amount}", value=value, amount=line.amount)
        raise ProblemError(Problem(BAD_MONEY, message, Where(field="allotted")))
    if value != line.allotted:
        told = {"project": line.investment.key, "source": line.source}
        _record(
            line.of, "money-allotted", {**told, "amount": [as_json(line.allotted), as_json(value)]}, by=by
        )
        line.allotted = value
        line.save(update_fields=["allotted"])
