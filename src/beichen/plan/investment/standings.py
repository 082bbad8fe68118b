"""How each project stands: money and elements with what is missing, in a fixed number of queries.

A gap (缺口) is either known ("land is needed and not allotted") or an absence of data; the two are told
apart, so that silence is never counted as a shortage. What is completed or ended has no gaps.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from beichen.plan.investment.declared import GATE, MET, ElementState, LandState
from beichen.plan.investment.models import Approval, Element, FundLine, Investment, YearMoney
from beichen.plan.investment.stages import ACTIVE, DONE, Stage


class Gap(StrEnum):
    """What a project lacks, the known shortages first."""

    MONEY = "money"
    YEAR = "year"
    LAND = "land"
    APPROVAL = "approval"
    ELEMENT = "element"
    NO_STAGE = "no-stage"
    NO_MONEY = "no-money"
    NO_LAND = "no-land"
    NO_APPROVAL = "no-approval"
    NO_BODY = "no-body"
    NO_PLACE = "no-place"


GAP_NAMES = {
    Gap.MONEY: _("Money does not cover the total"),
    Gap.YEAR: _("No investment planned this year"),
    Gap.LAND: _("Land is needed, not allotted"),
    Gap.APPROVAL: _("Approvals for the start are missing"),
    Gap.ELEMENT: _("Another element is missing"),
    Gap.NO_STAGE: _("No data on the stage"),
    Gap.NO_MONEY: _("No data on money"),
    Gap.NO_LAND: _("No data on land"),
    Gap.NO_APPROVAL: _("No data on approvals"),
    Gap.NO_BODY: _("No lead body"),
    Gap.NO_PLACE: _("No place on the map"),
}
SHORTAGES = (Gap.MONEY, Gap.YEAR, Gap.LAND, Gap.APPROVAL, Gap.ELEMENT)


@dataclass(frozen=True, slots=True)
class Money:
    """Planned and done of a year in 万元; None is "no data"."""

    planned: Decimal | None
    done: Decimal | None


@dataclass(frozen=True, slots=True)
class InvestmentStanding:
    """A project with its money, its approvals and what it lacks."""

    row: Investment
    funds: tuple[FundLine, ...]
    years: Mapping[int, Money]
    approvals: tuple[Approval, ...]
    elements: tuple[Element, ...]
    gaps: tuple[Gap, ...]

    @property
    def funded(self) -> Decimal | None:
        """The planned money of all lines; None when no line says an amount."""
        known = [line.planned for line in self.funds if line.planned is not None]
        return sum(known, Decimal(0)) if known else None

    @property
    def done(self) -> Decimal | None:
        """What was done altogether: the sum of the years, or what was reported when that is more."""
        known = [money.done for money in self.years.values() if money.done is not None]
        together = sum(known, Decimal(0)) if known else None
        reported = self.row.done_total
        if together is None or reported is None:
            return reported if together is None else together
        more: Decimal = max(together, reported)
        return more

    @property
    def shortages(self) -> tuple[Gap, ...]:
        """The gaps that are known to be shortages."""
        return tuple(gap for gap in self.gaps if gap in SHORTAGES)

    def amount(self, year: int, name: Literal["planned", "done"]) -> Decimal | None:
        """``planned`` or ``done`` of a year."""
        money = self.years.get(year)
        if money is None:
            return None
        return money.planned if name == "planned" else money.done


def _grouped(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.investment_id].append(row)
    return found


def standings_of(rows: QuerySet[Investment] | Sequence[Investment], year: int) -> list[InvestmentStanding]:
    """How each of ``rows`` stands in ``year``: the projects' query and four more, however many there are."""
    projects = list(rows)
    inside: Any = (
        {"investment__in": rows.order_by().values("pk")}
        if isinstance(rows, QuerySet) and not rows.query.is_sliced
        else {"investment__in": [row.pk for row in projects]}
    )
    funds = _grouped(FundLine.objects.filter(**inside))
    years = _grouped(YearMoney.objects.filter(**inside))
    approvals = _grouped(Approval.objects.filter(**inside))
    elements = _grouped(Element.objects.filter(**inside))
    found = []
    for row in projects:
        money = {line.year: Money(line.planned, line.done) for line in years[row.pk]}
        lines, granted, others = funds[row.pk], approvals[row.pk], elements[row.pk]
        gaps = tuple(gaps_of(row, lines, money, granted, others, year))
        found.append(InvestmentStanding(row, tuple(lines), money, tuple(granted), tuple(others), gaps))
    return found


def gaps_of(
    row: Investment,
    funds: Sequence[FundLine],
    years: Mapping[int, Money],
    approvals: Sequence[Approval],
    elements: Sequence[Element],
    year: int,
) -> list[Gap]:
    """What a project lacks in ``year``, in the order of :class:`Gap`."""
    if row.stage in (*DONE, Stage.ENDED):
        return []
    has_place = row.geometry is not None
    lacking = {
        **_money_gaps(row, funds, years, year),
        Gap.LAND: row.land_state == LandState.NEEDED,
        Gap.NO_LAND: not row.land_state,
        Gap.APPROVAL: bool(approvals)
        and not set(GATE) <= {one.kind for one in approvals if one.state in MET},
        Gap.NO_APPROVAL: not approvals,
        Gap.ELEMENT: any(one.state == ElementState.NEEDED for one in elements),
        Gap.NO_STAGE: not row.stage,
        Gap.NO_BODY: row.lead_id is None and not row.lead_name,
        Gap.NO_PLACE: not has_place and row.region_id is None,
    }
    return [gap for gap in Gap if lacking[gap]]


def _money_gaps(
    row: Investment, funds: Sequence[FundLine], years: Mapping[int, Money], year: int
) -> dict[Gap, bool]:
    known = [line.planned for line in funds if line.planned is not None]
    together = sum(known, Decimal(0))
    this_year = years.get(year)
    has_plan = this_year is not None and this_year.planned is not None
    return {
        Gap.MONEY: row.total is not None and bool(known) and together < row.total,
        Gap.NO_MONEY: row.total is None or not known,
        Gap.YEAR: row.stage in ACTIVE and not has_plan,
    }
