"""A year seen whole: every line's target, value and status then, and what lies ahead."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from beichen.plan.models import Plan
from beichen.plan.monitoring.forecasting import forecasts
from beichen.plan.monitoring.judging import warnings
from beichen.plan.monitoring.models import EarlyWarning, Forecast
from beichen.plan.monitoring.yearly import judge_year
from beichen.plan.service import Standing, Verdict, measure, standings
from beichen.plan.years.models import YearTarget
from beichen.plan.years.service import part_of, year_targets
from beichen.web.status import Status


@dataclass(frozen=True, slots=True)
class YearLine:
    """A line of the indicator table in one year. ``status`` is the year's own, ``verdict`` the plan's."""

    standing: Standing
    target: YearTarget | None
    value: float | None
    is_preliminary: bool
    source: str
    status: Status
    verdict: Verdict
    forecast: Forecast | None
    warning: EarlyWarning | None

    @property
    def number(self) -> int:
        """The indicator's number."""
        return self.standing.number

    @property
    def name(self) -> str:
        """The line's name."""
        return self.standing.name

    @property
    def name_en(self) -> str:
        """The line's name in English."""
        return self.standing.name_en

    @property
    def group(self) -> str:
        """The category in the table."""
        return self.standing.group

    @property
    def attribute(self) -> str:
        """Binding, expected, or empty."""
        return self.standing.attribute

    @property
    def aim(self) -> Decimal | None:
        """The year's target."""
        return self.target.value if self.target else None

    @property
    def course(self) -> Status:
        """How the line stood on its way to the plan's target by the values until this year."""
        return self.verdict.status


def year_lines(plan: Plan, year: int, lines: list[Standing] | None = None) -> list[YearLine]:
    """Every line of the table in ``year``, in a fixed number of queries. Raises ProblemError PLN-412."""
    targets = {(row.key, row.part): row for row in year_targets(plan, year)}
    ahead, warned = forecasts(plan), {(row.number, row.part): row for row in warnings(plan)}
    found = []
    for line in standings(plan) if lines is None else lines:
        part = part_of(line)
        target = targets.get((line.indicator.key, part))
        values = {point.year: point.value for point in line.points}
        value = values.get(year)
        stated = next((row for row in line.values if row.starts.year == year), None)
        known = [point for point in line.points if point.year <= year]
        found.append(
            YearLine(
                standing=line,
                target=target,
                value=value,
                is_preliminary=stated is not None and stated.status != "published",
                source=stated.source_title if stated else "",
                status=judge_year(line.goal, target.value if target else None, value),
                verdict=measure(line.goal, known),
                forecast=ahead.get((line.number, part)),
                warning=warned.get((line.number, part)),
            )
        )
    return found
