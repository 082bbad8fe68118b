"""The summary of a plan's projects: stages, money by line, part, body and district, and what is missing.

Sums take only what is known and say of how many projects it is known; a project added below another one
counts for itself in stages and gaps, and its money is not summed when the one above states its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from beichen.plan.investment.models import Investment
from beichen.plan.investment.register import investments
from beichen.plan.investment.standings import Gap, InvestmentStanding, standings_of
from beichen.plan.models import Plan

ZERO = Decimal(0)


@dataclass(slots=True)
class Sum:
    """A sum in 万元 with the number of projects that state the amount; ``amount`` None when none does."""

    amount: Decimal | None = None
    projects: int = 0

    def add(self, value: Decimal | None) -> None:
        """Count a project's amount in; None is not counted."""
        if value is not None:
            self.amount = (self.amount or ZERO) + value
            self.projects += 1


@dataclass(slots=True)
class Share:
    """The projects of a part, body or district; ``key`` is empty for those that have none."""

    key: str
    projects: int = 0
    stages: Counter[str] = field(default_factory=Counter)
    total: Sum = field(default_factory=Sum)
    planned: Sum = field(default_factory=Sum)
    done: Sum = field(default_factory=Sum)
    gaps: Counter[Gap] = field(default_factory=Counter)
    short: int = 0

    def add(self, one: InvestmentStanding, year: int, *, with_money: bool) -> None:
        """Count a project in."""
        self.projects += 1
        self.stages[one.row.stage] += 1
        self.gaps.update(one.gaps)
        self.short += bool(one.shortages)
        if with_money:
            self.total.add(one.row.total)
            self.planned.add(one.amount(year, "planned"))
            self.done.add(one.amount(year, "done"))


@dataclass(frozen=True, slots=True)
class InvestmentSummary:
    """Everything together, and by fund line, year, part, lead body and region."""

    year: int
    whole: Share
    done_so_far: Sum
    funds: dict[str, tuple[Sum, Sum]]  # source → planned, allotted
    years: dict[int, tuple[Sum, Sum]]  # year → planned, done
    parts: list[Share]
    bodies: list[Share]
    regions: list[Share]
    demo: int


def _counts_money(one: InvestmentStanding, stating: set[int]) -> bool:
    parent = one.row.parent_id
    return parent is None or parent not in stating


def _shares(
    rows: Sequence[InvestmentStanding], key: Callable[[Investment], str], year: int, stating: set[int]
) -> list[Share]:
    found: dict[str, Share] = {}
    for one in rows:
        name = key(one.row)
        share = found.setdefault(name, Share(name))
        share.add(one, year, with_money=_counts_money(one, stating))
    return list(found.values())


def summary_of(rows: Sequence[InvestmentStanding], year: int, years: Sequence[int]) -> InvestmentSummary:
    """The summary of projects that were read already; ``years`` are those of the plan."""
    stating = {one.row.pk for one in rows if one.row.total is not None}
    whole, so_far = Share(""), Sum()
    funds: dict[str, tuple[Sum, Sum]] = {}
    by_year = {one: (Sum(), Sum()) for one in years}
    for one in rows:
        with_money = _counts_money(one, stating)
        whole.add(one, year, with_money=with_money)
        if not with_money:
            continue
        so_far.add(one.done)
        for line in one.funds:
            planned, allotted = funds.setdefault(line.source, (Sum(), Sum()))
            planned.add(line.planned)
            allotted.add(line.allotted)
        for its_year, money in one.years.items():
            planned, done = by_year.setdefault(its_year, (Sum(), Sum()))
            planned.add(money.planned)
            done.add(money.done)
    return InvestmentSummary(
        year=year,
        whole=whole,
        done_so_far=so_far,
        funds=funds,
        years=dict(sorted(by_year.items())),
        parts=_shares(rows, lambda row: row.part, year, stating),
        bodies=_shares(rows, lambda row: row.lead.key if row.lead else row.lead_name, year, stating),
        regions=_shares(rows, lambda row: row.region.code if row.region else "", year, stating),
        demo=sum(one.row.is_demo for one in rows),
    )


def investment_summary(
    plan: Plan, year: int, *, body: str | None = None, region: str | None = None
) -> InvestmentSummary:
    """The summary of a plan's projects in ``year``, of all or of those of a body or region.

    ``body`` and ``region`` are paths of their trees. Five queries, however many projects there are.
    """
    rows = investments(plan)
    if body is not None:
        rows = rows.filter(lead__path__under=body)
    if region is not None:
        rows = rows.filter(region__path__under=region)
    return summary_of(standings_of(rows, year), year, range(plan.start_year, plan.end_year + 1))
