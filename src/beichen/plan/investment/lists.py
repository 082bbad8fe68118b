"""Project lists in and out of the register: previewed, applied in one transaction, or refused whole.

A blank cell says nothing: it leaves what is there. A row finds its project by code, else by name (with
its box where a name stands twice); a name that the register lacks is a new project.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from beichen.kernel.access.service import require
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.org.models import Body, Region, RegionLevel
from beichen.plan.investment.codes import BAD_CELL, BAD_DATE, MANY
from beichen.plan.investment.models import Investment
from beichen.plan.investment.money import set_funds, set_year
from beichen.plan.investment.register import add_project, change_project, investments
from beichen.plan.investment.rights import MANAGE
from beichen.plan.investment.sheets.header import plain
from beichen.plan.investment.sheets.reading import ProjectSheet
from beichen.plan.investment.sheets.rows import ListRow
from beichen.plan.investment.sheets.writing import write_sheet
from beichen.plan.investment.staging import change_stage
from beichen.plan.investment.standings import InvestmentStanding
from beichen.plan.models import Plan
from beichen.problem import Problem, ProblemError, Where, nearest, said, shorten

COPIED = (
    "builder", "nature", "content", "address", "total", "starts", "ends", "done_total", "done_until",
    "progress", "land_state", "land_area",
)  # fmt: skip


SHOWN = ("name", "key", "box_title", "stage", "stage_on", "is_demo")


@dataclass(slots=True)
class ListEffect:
    """What applying a row does to a project: its key, whether it is new, old and new by field.

    ``waived`` are approvals that a start by this list lacks: the list is recorded as the reason.
    """

    row: int
    key: str
    name: str
    is_new: bool
    changes: dict[str, Any] = field(default_factory=dict)
    waived: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ListReport:
    """What a list does to the register; ``notes`` are columns that were not read."""

    effects: tuple[ListEffect, ...]
    unchanged: int
    notes: tuple[Problem, ...]

    def counts(self) -> dict[str, int]:
        """The numbers, for a report."""
        new = sum(effect.is_new for effect in self.effects)
        return {"added": new, "changed": len(self.effects) - new, "unchanged": self.unchanged}


class _Register:
    """The register as rows find their projects, bodies and regions in it: read once a list."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.by_key: dict[str, Investment] = {}
        self.by_name: dict[str, list[Investment]] = {}
        for row in investments(plan).prefetch_related("funds", "years"):
            self.by_key[row.key] = row
            self.by_name.setdefault(plain(row.name), []).append(row)
        self.bodies = {plain(body.name): body for body in Body.objects.filter(is_current=True)}
        levels = (RegionLevel.CITY, RegionLevel.COUNTY)
        regions = Region.objects.filter(is_current=True, level__in=levels)
        if plan.region is not None:
            regions = regions.filter(path__under=plan.region.path)
        self.regions = {plain(region.name): region for region in regions}

    def find(self, stated: ListRow) -> Investment | None:
        """The project that a row means, None when it is new. Raises ProblemError PLN-628."""
        if stated.key in self.by_key:
            row = self.by_key[stated.key]
            if plain(row.name) != plain(stated.name):
                where = Where(row=stated.row, field=stated.columns.get("name", ""))
                message = shorten(said("the code is that of {name}", name=row.name))
                raise ProblemError(Problem(BAD_CELL, message, where, said("correct the name or the code")))
            return row
        found = self.by_name.get(plain(stated.name), [])
        if len(found) > 1:
            box = plain(stated.box_title)
            found = [row for row in found if box and plain(row.box_title) == box]
            if len(found) != 1:
                where = Where(row=stated.row, field=stated.columns.get("name", ""))
                message = shorten(
                    said("the name stands several times in the register: {name}", name=stated.name)
                )
                raise ProblemError(Problem(MANY, message, where, said("add the column 项目编码 or 所属专栏")))
        return found[0] if found else None

    def region(self, stated: ListRow) -> Region:
        """The region that a row names. Raises ProblemError PLN-625."""
        found = self.regions.get(plain(stated.region))
        if found is None:
            where = Where(row=stated.row, field=stated.columns.get("region", ""))
            hint = nearest(plain(stated.region), self.regions)
            raise ProblemError(
                Problem(BAD_CELL, shorten(said("no region {region}", region=stated.region)), where, hint)
            )
        return found


def _values(stated: ListRow, register: _Register) -> dict[str, Any]:
    """The fields that the row states."""
    values = {name: getattr(stated, name) for name in COPIED if getattr(stated, name) not in ("", None)}
    if stated.region:
        values["region"] = register.region(stated)
    if stated.lead:
        body = register.bodies.get(plain(stated.lead))
        values |= {"lead": body, "lead_name": "" if body else stated.lead}
    if stated.longitude is not None and stated.latitude is not None:
        at = [float(stated.longitude), float(stated.latitude)]
        values["geometry"] = {"type": "Point", "coordinates": at}
    if stated.is_demo:
        values["is_demo"] = True
    return values


def _is_newer(stated: ListRow, row: Investment) -> bool:
    return bool(stated.stage) and stated.stage != row.stage


def _apply(stated: ListRow, register: _Register, by: Actor, reason: str, today: date | None) -> ListEffect:
    values = _values(stated, register)
    row = register.find(stated)
    is_new = row is None
    if row is None:
        row = add_project(register.plan, stated.name, by=by, values=values)
        told: dict[str, Any] = {name: [None, str(value)] for name, value in values.items()}
        told |= _apply_funds(stated, row, by, reason)
    else:
        told = {}
        falls = row.total is not None and stated.total is not None and stated.total < row.total
        if falls:  # the lines first: together they never exceed the total
            told |= _apply_funds(stated, row, by, reason)
        told |= change_project(row, values, by=by, reason=reason)
        if not falls:
            told |= _apply_funds(stated, row, by, reason)
    told |= _apply_years(stated, row, by, reason)
    waived: tuple[str, ...] = ()
    if _is_newer(stated, row):
        before = row.stage
        if stated.stage_on is None:
            where = Where(row=stated.row, field=stated.columns.get("stage", ""))
            hint = said("add the column 阶段日期")
            raise ProblemError(Problem(BAD_DATE, said("the stage changes without a day"), where, hint))
        change = change_stage(
            row, stated.stage, stated.stage_on, by=by, reason=reason, evidence=reason, today=today
        )
        told["stage"], waived = [before, stated.stage], tuple(change.waived)
    return ListEffect(stated.row, row.key, row.name, is_new, told, waived)


def _apply_funds(stated: ListRow, row: Investment, by: Actor, reason: str) -> dict[str, Any]:
    if not stated.funds:
        return {}
    known: dict[str, tuple[Any, Any]] = {
        line.source: (line.planned, line.allotted) for line in row.funds.all()
    }
    lines = dict(known)
    for source, amount in stated.funds.items():
        before = known.get(source, (None, None))
        lines[source] = (amount if amount is not None else before[0], before[1])
    if lines == known:
        return {}
    return dict(set_funds(row, lines, by=by, reason=reason))


def _apply_years(stated: ListRow, row: Investment, by: Actor, reason: str) -> dict[str, Any]:
    known = {line.year: line for line in row.years.all()}
    told: dict[str, Any] = {}
    for year in sorted({*stated.planned, *stated.done}):
        given: dict[str, Decimal] = {}
        for name, amounts in (("planned", stated.planned), ("done", stated.done)):
            if year in amounts and amounts[year] != getattr(known.get(year), name, None):
                given[name] = amounts[year]
                told[f"{year} {name}"] = [str(getattr(known.get(year), name, None) or ""), str(amounts[year])]
        if given:
            set_year(row, year, by=by, reason=reason, **given)
    return told


def _at_row(error: ProblemError, stated: ListRow) -> list[Problem]:
    """The problems of a row with its place in the sheet."""
    found = []
    for problem in error.problems:
        where = problem.where
        if where.row is None:
            label = stated.columns.get(where.field or "", "") or stated.columns.get("name", "")
            where = Where(row=stated.row, field=label)
        found.append(Problem(problem.code, problem.message, where, problem.hint, problem.level))
    return found


@transaction.atomic
def apply_list(
    plan: Plan,
    sheet: ProjectSheet,
    *,
    by: Actor,
    name: str = "",
    dry_run: bool = False,
    today: date | None = None,
) -> ListReport:
    """Make the register say what the list says, in one transaction; with ``dry_run`` nothing stays.

    Raises ProblemError with everything against it, by row and column (PLN-601 to 608, 625, 628), and
    ACC-403; then nothing is written.
    """
    require(by, MANAGE, plan)
    register = _Register(plan)
    reason = shorten(f"项目清单 {name}".strip(), 120)
    problems: list[Problem] = []
    effects: list[ListEffect] = []
    unchanged = 0
    for stated in sheet.rows:
        try:
            with transaction.atomic():
                effect = _apply(stated, register, by, reason, today)
        except ProblemError as error:
            if error.status == 403:
                raise
            problems += _at_row(error, stated)
            continue
        if effect.is_new or effect.changes:
            effects.append(effect)
        else:
            unchanged += 1
    if problems:
        raise ProblemError(*problems)
    report = ListReport(tuple(effects), unchanged, sheet.notes)
    if dry_run:
        transaction.set_rollback(True)
    elif effects:
        audit.record(
            by, "plan.investment.import", f"plan.plan:{plan.key}", detail=report.counts() | {"file": name}
        )
    return report


def list_row(one: InvestmentStanding) -> ListRow:
    """A project as a line of a list."""
    row = one.row
    geometry: Mapping[str, Any] = row.geometry or {}
    at: Sequence[Any] = geometry["coordinates"] if geometry.get("type") == "Point" else (None, None)
    return ListRow(
        **{name: getattr(row, name) for name in (*COPIED, *SHOWN)},
        region=row.region.name if row.region else "",
        lead=row.lead.name if row.lead else row.lead_name,
        longitude=None if at[0] is None else Decimal(str(at[0])),
        latitude=None if at[1] is None else Decimal(str(at[1])),
        funds={line.source: line.planned for line in one.funds},
        planned={year: money.planned for year, money in one.years.items() if money.planned is not None},
        done={year: money.done for year, money in one.years.items() if money.done is not None},
    )


def list_of(plan: Plan, rows: Iterable[InvestmentStanding]) -> bytes:
    """The projects as a list in xlsx, which :func:`apply_list` takes back without a change."""
    return write_sheet(f"{plan.title}项目清单", [list_row(one) for one in rows])
