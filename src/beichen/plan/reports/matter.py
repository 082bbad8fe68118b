"""What a report is written from: the plan and how it stands at the end of a year, gathered once.

Nothing here is estimated but the forecasts, which are marked as such. A year's report knows no value of a
later year; an open report knows only what the public may see; every figure that is taken from somewhere is
cited by number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from beichen.hubs.data.models import AnnualTarget, IndicatorValue
from beichen.hubs.data.service import READ as READ_DATA
from beichen.hubs.data.service import series_of
from beichen.kernel.access.service import visible
from beichen.kernel.actor import PUBLIC, Actor, system
from beichen.kernel.levels import Level
from beichen.kernel.org.models import Body, Region
from beichen.plan.models import Node, Plan, Project, Target
from beichen.plan.monitoring.service import Outlook, outlooks
from beichen.plan.pages import in_english
from beichen.plan.reports.document import Source
from beichen.plan.service import Standing, box_counts, standings
from beichen.web.status import Status

GOOD, BAD = (Status.AHEAD, Status.ON_COURSE), (Status.BEHIND, Status.MISSED)


@dataclass
class Sources:
    """Where figures were found, numbered in the order in which they are first cited."""

    is_short: bool = False
    _numbers: dict[tuple[str, str], int] = field(default_factory=dict)

    def cite(self, title: str, url: str = "") -> str:
        """The number of a source in brackets; the same source has one number. Empty without a title."""
        if not title:
            return ""
        return f"[{self._numbers.setdefault((title, url), len(self._numbers) + 1)}]"

    def listed(self) -> tuple[Source, ...]:
        """Every source that was cited."""
        return tuple(
            Source(number, title, "" if self.is_short else url)
            for (title, url), number in self._numbers.items()
        )


@dataclass
class Matter:
    """The plan, the year, for whom; the rest is read when a chapter asks for it, and kept.

    ``region`` is a district for its edition, None for the whole; ``body`` likewise.
    """

    plan: Plan
    year: int
    made_on: date
    audience: Level = Level.L1
    body: Body | None = None
    region: Region | None = None
    edition: int = 1
    is_short: bool = False
    made_up: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.sources = Sources(self.is_short)

    @property
    def reader(self) -> Actor:
        """For whose eyes it is: the public, or everybody in the house."""
        return PUBLIC if self.audience is Level.L1 else system("reports")

    @cached_property
    def standings(self) -> list[Standing]:
        """Every line of the indicator table as it stood at the end of the year."""
        return standings(self.plan, until=self.year)

    @cached_property
    def outlooks(self) -> list[Outlook]:
        """What lay ahead of every line by the values up to the year."""
        return outlooks(self.plan, self.standings)

    @property
    def warned(self) -> list[Outlook]:
        """The lines with an early warning, the binding before the others."""
        rows = [row for row in self.outlooks if row.is_warned]
        return sorted(rows, key=lambda row: row.standing.attribute != "binding")

    def count(self, rows: Iterable[Standing] | None = None) -> Mapping[Status, int]:
        """How many lines stand how."""
        found = dict.fromkeys(Status, 0)
        for row in self.standings if rows is None else rows:
            found[row.status] += 1
        return found

    @cached_property
    def groups(self) -> dict[str, list[Standing]]:
        """The lines by the table's categories."""
        found: dict[str, list[Standing]] = {}
        for row in self.standings:
            found.setdefault(row.group, []).append(row)
        return found

    @cached_property
    def aims(self) -> list[tuple[AnnualTarget, IndicatorValue | None]]:
        """What the city set itself for the year, each beside the real value of that year."""
        if self.plan.region is None:
            return []
        rows = AnnualTarget.objects.filter(region=self.plan.region, period=str(self.year))
        rows = visible(self.reader, READ_DATA, rows.select_related("indicator")).order_by("indicator__key")
        aims = list(rows)
        values = series_of([aim.indicator.key for aim in aims], region=self.plan.region.code)
        known = {value.indicator.key: value for value in values if value.period == str(self.year)}
        return [(aim, known.get(aim.indicator.key)) for aim in aims]

    @cached_property
    def local_values(self) -> list[IndicatorValue]:
        """The district's own statistics up to the year, the newest of each indicator."""
        if self.region is None:
            return []
        rows = IndicatorValue.objects.filter(region=self.region, kind="real", ends__year__lte=self.year)
        found: dict[str, IndicatorValue] = {}
        for value in rows.select_related("indicator").order_by("starts", "ends"):
            found[value.indicator.key] = value
        return list(found.values())

    @cached_property
    def boxes(self) -> list[dict[str, object]]:
        """The boxes of projects in the order of the text."""
        return box_counts(self.plan)

    @cached_property
    def targets(self) -> list[Target]:
        """Every quantity that the prose promises."""
        return list(Target.objects.filter(plan=self.plan).order_by("position"))

    @cached_property
    def projects(self) -> list[Project]:
        """Every project that a box names."""
        return list(Project.objects.filter(plan=self.plan).order_by("position"))

    @cached_property
    def parts(self) -> list[Node]:
        """The plan's parts."""
        return list(Node.objects.filter(plan=self.plan, level="part").order_by("position"))

    @property
    def of_plan(self) -> str:
        """The citation of the plan's own text."""
        title = self.plan.title_en if in_english() and self.plan.title_en else self.plan.title
        return self.sources.cite(title)

    def cite(self, value: IndicatorValue | AnnualTarget) -> str:
        """The citation of a value."""
        return self.sources.cite(value.source_title, value.source_url)

    def cite_latest(self, row: Standing) -> str:
        """The citation of a line's newest value; empty without one."""
        return self.cite(row.values[-1]) if row.values else ""


def name_of(row: Standing) -> str:
    """A line's name in the language of the report."""
    return row.name_en if in_english() else row.name


def group_of(row: Standing) -> str:
    """A line's category in the language of the report."""
    return row.group_en if in_english() else row.group
