"""`/plan/investment/projects`: every project with its stage, money and gaps, filtered and exported."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from beichen.kernel.access.service import acting, decide
from beichen.plan.investment.service import GAP_NAMES, MANAGE, Gap, InvestmentStanding
from beichen.plan.investment.stages import Stage
from beichen.plan.investment.views.shown import (
    gap_badges,
    lead_of,
    money,
    parts_of,
    plan_of,
    project_link,
    region_of,
    stage_badge,
    stage_name,
    standings_for,
    year_of,
)
from beichen.plan.models import Plan
from beichen.plan.pages import without_plan
from beichen.web.tables import Column, Filter, Table, answer

NONE = "none"


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """A project as the table filters and searches it."""

    standing: InvestmentStanding
    name: str
    box_title: str
    builder: str
    lead: str
    region: str
    part: str
    body: str
    place: str
    stage: str
    gaps: tuple[str, ...]
    years: tuple[str, ...]
    planned: Decimal | None
    done: Decimal | None


def _years(one: InvestmentStanding, plan: Plan) -> tuple[str, ...]:
    """The years in which the project is planned to be built or has money."""
    row = one.row
    found = {str(year) for year in one.years}
    if row.starts and row.ends:
        first, last = int(row.starts[:4]), int(row.ends[:4])
        found |= {str(year) for year in range(first, last + 1) if plan.start_year <= year <= plan.end_year}
    return tuple(sorted(found))


def table_row(one: InvestmentStanding, plan: Plan, year: int) -> ProjectRow:
    """What the table needs of a project."""
    row = one.row
    return ProjectRow(
        standing=one,
        name=row.name,
        box_title=row.box_title,
        builder=row.builder,
        lead=lead_of(row),
        region=region_of(row),
        part=row.part or NONE,
        body=row.lead.key if row.lead else row.lead_name or NONE,
        place=row.region.code if row.region else NONE,
        stage=row.stage or NONE,
        gaps=tuple(gap.value for gap in one.gaps) or (NONE,),
        years=_years(one, plan),
        planned=one.amount(year, "planned"),
        done=one.amount(year, "done"),
    )


def _columns(year: int) -> list[Column[ProjectRow]]:
    return [
        Column(
            "name", _("Project"), lambda row: row.name, lambda row: project_link(row.standing.row),
            ("name",), is_header=True,
        ),
        Column(
            "stage", _("Stage"), lambda row: stage_name(row.standing.row.stage),
            lambda row: stage_badge(row.standing.row.stage), ("stage",),
        ),
        Column("stage_on", _("Since"), lambda row: row.standing.row.stage_on, sort=("stage_on",)),
        Column("lead", _("Responsible body"), lambda row: row.lead, sort=("lead",)),
        Column("region", _("Region"), lambda row: row.region, sort=("region",)),
        Column("box", _("Box"), lambda row: row.box_title, is_exported_only=True),
        Column(
            "total", _("Total investment (10,000 yuan)"), lambda row: row.standing.row.total,
            lambda row: money(row.standing.row.total), ("total",), is_number=True,
        ),
        Column("planned", f"{year} {_('Planned')}", lambda row: row.planned, lambda row: money(row.planned),
               ("planned",), is_number=True),
        Column("done", f"{year} {_('Invested')}", lambda row: row.done, lambda row: money(row.done),
               ("done",), is_number=True),
        Column(
            "gaps", _("Gaps"),
            lambda row: "; ".join(str(GAP_NAMES[gap]) for gap in row.standing.gaps),
            lambda row: gap_badges(row.standing.shortages),
        ),
        Column("key", _("Project code"), lambda row: row.standing.row.key, is_exported_only=True),
        Column("demo", _("Demo"), lambda row: row.standing.row.is_demo, is_exported_only=True),
    ]  # fmt: skip


def _choices(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return sorted(set(pairs), key=lambda pair: (pair[0] == NONE, pair[1]))


def _filters(rows: list[ProjectRow], plan: Plan) -> list[Filter]:
    parts = parts_of(plan)
    nothing = str(_("No data"))
    present = {row.part for row in rows}
    stages = [(stage.value, stage.label) for stage in Stage]
    shown = [(key, f"{key} {title}") for key, title in parts.items() if key in present]
    bodies = _choices((row.body, row.lead or nothing) for row in rows)
    return [
        Filter("stage", _("Stage"), "stage", [*stages, (NONE, nothing)]),
        Filter("gap", _("Gaps"), "gaps",
               [*((gap.value, GAP_NAMES[gap]) for gap in Gap), (NONE, _("Nothing is missing"))]),
        Filter("part", _("Part"), "part",
               [*shown, (NONE, nothing)]),
        Filter("body", _("Responsible body"), "body", bodies),
        Filter("region", _("Region"), "place", _choices((row.place, row.region or nothing) for row in rows)),
        Filter("year", _("Year"), "years",
               [(str(year), str(year)) for year in range(plan.start_year, plan.end_year + 1)]),
    ]  # fmt: skip


@require_safe
def project_list(request: HttpRequest) -> HttpResponseBase:
    """The register as a table."""
    plan = plan_of(request)
    if plan is None:
        return without_plan(request)
    year = year_of(request, plan)
    rows = [table_row(one, plan, year) for one in standings_for(request, plan, year)]
    table: Table[ProjectRow] = Table(
        "investments",
        _("Projects of the plan"),
        rows,
        _columns(year),
        _filters(rows, plan),
        ("name", "builder", "lead", "box_title"),
    )
    context = {"plan": plan, "year": year, "may_manage": decide(acting(request), MANAGE, plan)}
    return answer(request, table, "plan_investment/projects.html", context)
