"""Where each indicator stands: the plan's rows beside the city's statistics, judged.

An indicator that is stated in several lines (urban and rural income) has one standing a line. The
first measure with a value within the plan's years decides; a statistic that was computed here and not
published makes the judgement indicative, and says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils.translation import get_language

from beichen.hubs.data.models import IndicatorValue
from beichen.hubs.data.service import series_of
from beichen.plan.measurement import Direction, Goal, Period, Point, Verdict, measure
from beichen.plan.models import Measure, Plan, PlanIndicator
from beichen.plan.reasoning import words
from beichen.web.numbers import COMPARATORS, figure
from beichen.web.status import Status

_LOWER = {"<", "<="}
OWN = "plan--"  # the data hub's indicators that hold values recorded for a plan's own line


def own_statistic(plan: Plan, number: int, line: int = 0) -> str:
    """The key under which values are recorded for a line that no statistic of the city measures.

    ``line`` counts the parts of an indicator from zero.
    """
    return f"{OWN}{plan.key}--{number}" + (f"-{line}" if line else "")


@dataclass(frozen=True)
class Standing:
    """One line of the indicator table, its real values, and the judgement."""

    indicator: PlanIndicator
    name: str
    unit: str
    base: float | None
    base_raw: str
    target: float | None
    target_raw: str
    measures: Sequence[Measure]
    values: Sequence[IndicatorValue]
    goal: Goal
    verdict: Verdict
    is_indicative: bool
    english: dict[str, str] = field(default_factory=dict)

    @property
    def status(self) -> Status:
        """The first status."""
        return self.verdict.status

    @property
    def number(self) -> int:
        """The indicator's number in the plan's table."""
        return self.indicator.number

    @property
    def group(self) -> str:
        """The category that the table puts it under."""
        return self.indicator.group

    @property
    def attribute(self) -> str:
        """Binding, expected, or empty."""
        return self.indicator.attribute

    @property
    def name_en(self) -> str:
        """The English name, or the Chinese one where there is none."""
        return self.english.get(self.name, self.name)

    @property
    def group_en(self) -> str:
        """The category in English."""
        return self.english.get(self.group, self.group)

    @cached_property
    def points(self) -> list[Point]:
        """The values used, by year, in the plan's unit."""
        factor = self.measures[0].factor if self.measures else 1.0
        return [Point(row.starts.year, float(row.value) * factor) for row in self.values]

    @property
    def latest(self) -> Point | None:
        """The newest value."""
        return self.points[-1] if self.points else None

    @property
    def base_shown(self) -> str:
        """The base as printed, in English without the table's Chinese words; empty when it has none."""
        return _shown(self.base_raw, self.base, "")

    @property
    def target_shown(self) -> str:
        """The target as printed, in English its comparator and number; empty when the table has none."""
        return _shown(self.target_raw, self.target, COMPARATORS.get(self.goal.comparator, ""))

    @property
    def target_is_number(self) -> bool:
        """Whether what is shown as the target is a number, which a unit may follow."""
        return any(character.isdigit() for character in self.target_shown)

    @property
    def reasoning(self) -> str:
        """Why it stands so, in the reader's language."""
        return words(self.verdict, self.unit)


def _shown(raw: str, value: float | None, sign: str) -> str:
    if raw == "-":
        return ""
    if value is not None and not raw.isascii() and get_language() == "en":
        return f"{sign}{figure(value)}"
    return raw


def _lines(row: PlanIndicator) -> list[dict[str, Any]]:
    """The lines of an indicator: itself, or each of its parts."""
    own = {
        "name": row.name,
        "unit": row.unit,
        "base_value": row.base_value,
        "base_raw": row.base_raw,
        "target_value": row.target_value,
        "target_raw": row.target_raw,
        "comparator": row.comparator,
    }
    return [{**own, **part} for part in row.parts] or [own]


def _goal(plan: Plan, row: PlanIndicator, line: dict[str, Any], measures: Sequence[Measure]) -> Goal:
    comparator = line["comparator"] or ">="
    direction: Direction = "lower" if comparator in _LOWER else "higher"
    if measures and measures[0].direction in {"higher", "lower"}:
        direction = "lower" if measures[0].direction == "lower" else "higher"
    period: Period = "level"
    if row.period in {"annual_average", "cumulative"}:
        period = "annual_average" if row.period == "annual_average" else "cumulative"
    return Goal(
        period=period,
        direction=direction,
        comparator=comparator,
        is_binding=row.attribute == "binding",
        start_year=plan.start_year,
        target_year=row.target_year or plan.end_year,
        base_year=row.base_year or plan.start_year - 1,
        base=line["base_value"],
        target=line["target_value"],
        rate=line["unit"] == "%",
    )


def _judged(
    goal: Goal, measures: Sequence[Measure], values: dict[str, list[IndicatorValue]]
) -> tuple[Verdict, list[IndicatorValue], list[Measure]]:
    """The verdict of the first measure that gives one, else that of the first measure at all."""
    first: tuple[Verdict, list[IndicatorValue], list[Measure]] | None = None
    for item in measures:
        rows = values.get(item.statistic, [])
        points = [Point(row.starts.year, float(row.value) * item.factor) for row in rows]
        verdict = measure(goal, points)
        found = (verdict, rows, [item, *(other for other in measures if other is not item)])
        if verdict.status is not Status.NO_DATA:
            return found
        first = first or (found if rows else None)
    return first or (measure(goal, []), [], list(measures))


def _standing(
    plan: Plan,
    row: PlanIndicator,
    line: dict[str, Any],
    measures: Sequence[Measure],
    values: dict[str, list[IndicatorValue]],
) -> Standing:
    goal = _goal(plan, row, line, measures)
    verdict, used, ordered = _judged(goal, measures, values)
    return Standing(
        indicator=row,
        name=line["name"],
        unit=line["unit"],
        base=line["base_value"],
        base_raw=line["base_raw"],
        target=line["target_value"],
        target_raw=line["target_raw"],
        measures=ordered,
        values=used,
        goal=goal,
        verdict=verdict,
        is_indicative=any(value.status == "computed" for value in used),
        english=plan.english,
    )


def _standings(plan: Plan, rows: Iterable[PlanIndicator], until: int | None = None) -> list[Standing]:
    by_number: dict[int, list[Measure]] = {}
    for item in Measure.objects.filter(plan=plan):
        by_number.setdefault(item.number, []).append(item)
    wanted = {item.statistic for items in by_number.values() for item in items if item.statistic}
    rows = list(rows)
    for row in rows:
        wanted |= {own_statistic(plan, row.number, line) for line in range(max(1, len(row.parts)))}
    region = plan.region.code if plan.region else ""
    values: dict[str, list[IndicatorValue]] = {}
    for value in series_of(wanted, region=region):
        is_known = until is None or value.starts.year <= until
        if value.period.isdecimal() and is_known:  # parts of a year say nothing about a yearly target
            values.setdefault(value.indicator.key, []).append(value)
    standings: list[Standing] = []
    for row in rows:
        lines = _lines(row)
        for index, line in enumerate(lines):
            measures = [
                item for item in by_number.get(row.number, []) if len(lines) == 1 or item.part == line["name"]
            ]
            own = own_statistic(plan, row.number, index)
            if own in values and not any(item.statistic for item in measures):
                direction = measures[0].direction if measures else ""
                part = line["name"] if len(lines) > 1 else ""
                measures = [Measure(number=row.number, part=part, statistic=own, direction=direction)]
            standings.append(_standing(plan, row, line, measures, values))
    return standings


def standings_of(plan: Plan, rows: Iterable[PlanIndicator]) -> list[Standing]:
    """How ``rows`` would stand, stored or not: what a changed target would mean."""
    return _standings(plan, rows)


def standings(plan: Plan, *, until: int | None = None) -> list[Standing]:
    """Every line of the plan's indicator table with its judgement: three queries in all.

    ``until`` leaves out the values of later years: how things stood at the end of that one.
    """
    return _standings(plan, PlanIndicator.objects.filter(plan=plan).order_by("position"), until)


def standing_of(plan: Plan, number: int) -> list[Standing]:
    """The lines of one indicator; empty when the plan has none of that number."""
    return _standings(plan, PlanIndicator.objects.filter(plan=plan, number=number))
