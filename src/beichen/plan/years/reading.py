"""Reading year plans: the version in force, a year's targets, what differs between two versions."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from beichen.kernel.access.service import visible
from beichen.kernel.actor import Actor
from beichen.kernel.org.models import Region
from beichen.plan.models import Plan
from beichen.plan.service import READ
from beichen.plan.years.drafting import check_year, generated
from beichen.plan.years.models import State, YearPlan, YearTarget


def adopted_version(plan: Plan, year: int) -> YearPlan | None:
    """The version in force: the last one adopted."""
    rows = YearPlan.objects.filter(plan=plan, year=year, state=State.ADOPTED)
    return rows.select_related("plan__region").order_by("-version").first()


def versions(plan: Plan, year: int, *, by: Actor) -> QuerySet[YearPlan]:
    """The versions of a year that ``by`` may see, the newest first: drafts are internal."""
    rows = YearPlan.objects.filter(plan=plan, year=year).select_related("plan__region", "based_on")
    return visible(by, READ, rows).order_by("-version")


def draft_of(plan: Plan, year: int, *, by: Actor) -> YearPlan | None:
    """The year's draft, if there is one that ``by`` may see."""
    return versions(plan, year, by=by).filter(state=State.DRAFT).first()


def targets_of(version: YearPlan) -> list[YearTarget]:
    """The city's targets of a version, in the order of the table."""
    return list(version.targets.filter(region=None).order_by("position"))


def year_targets(plan: Plan, year: int, *, region: Region | None = None) -> list[YearTarget]:
    """The year's targets in force; where no version is adopted, as they are generated (and not saved).

    With ``region`` those of that district, which only an adopted version has. Raises ProblemError PLN-412.
    """
    check_year(plan, year)
    version = adopted_version(plan, year)
    if version is None:
        return [] if region is not None else generated(plan, year)
    rows = version.targets.filter(region=region).select_related("region")
    return list(rows.order_by("position"))


@dataclass(frozen=True, slots=True)
class Difference:
    """A target that two versions state differently; None where one of them has none."""

    older: YearTarget | None
    newer: YearTarget | None

    @property
    def shown(self) -> YearTarget:
        """The row that names the line."""
        row = self.newer or self.older
        if row is None:
            raise ValueError("a difference has at least one side")
        return row

    @property
    def name(self) -> str:
        """The line's name."""
        return self.shown.name


def compare(older: YearPlan, newer: YearPlan) -> list[Difference]:
    """What differs between two versions, city and districts, in the order of the table."""

    def rows(version: YearPlan) -> dict[tuple[str, str, int | None], YearTarget]:
        found = version.targets.select_related("region").order_by("position", "region__code")
        return {(row.key, row.part, row.region_id): row for row in found}

    before, after = rows(older), rows(newer)
    return [
        Difference(before.get(line), after.get(line))
        for line in dict.fromkeys([*after, *before])
        if _said(before.get(line)) != _said(after.get(line))
    ]


def _said(row: YearTarget | None) -> tuple[object, ...] | None:
    return (row.value, row.unit, row.name) if row is not None else None
