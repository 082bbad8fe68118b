"""Invented figures for a few projects of the plan, marked wherever they appear (演示)."""

from __future__ import annotations

from datetime import date
from typing import Any

from beichen.kernel.actor import Actor
from beichen.kernel.changes import Changes
from beichen.kernel.org.models import Body, Region
from beichen.kernel.scene.vocabulary import KEY, REGION, mapping_of, record
from beichen.plan.investment.declared import (
    APPROVALS,
    ElementKind,
    ElementState,
    LandKind,
    LandState,
    Nature,
    Source,
)
from beichen.plan.investment.elements import set_approval, set_element
from beichen.plan.investment.models import Investment, StageChange
from beichen.plan.investment.money import set_funds, set_year
from beichen.plan.investment.register import change_project, investments
from beichen.plan.investment.stages import Stage
from beichen.plan.investment.staging import change_stage
from beichen.plan.investment.yearplans import (
    adopt_investment_plan,
    draft_investment_plan,
    set_budget,
    set_plan_line,
)
from beichen.plan.models import Plan

REASON = "演示数据"
_AMOUNT = {"type": "number", "minimum": 0}
_DAY = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$", "x-form": "a day, such as 2023-05-06"}
_WORDS = {"type": "string", "minLength": 1, "maxLength": 300}


def _one_of(values: Any) -> dict[str, Any]:
    return {"enum": list(values)}


_STEP = record({"stage": _one_of(Stage.values), "on": _DAY}, {"reason": _WORDS, "evidence": _WORDS})
_PAIR = {"type": "array", "items": {"type": ["number", "null"]}, "minItems": 2, "maxItems": 2}
_GRANT = record(
    {"state": _one_of(("granted", "applied", "not-needed"))}, {"number": _WORDS, "on": _DAY, "body": _WORDS}
)
_LAND = record({"state": _one_of(LandState.values)}, {"kind": _one_of(LandKind.values), "area": _AMOUNT})
_ELEMENT = record({"state": _one_of(ElementState.values)}, {"amount": _WORDS})
_PROJECT = record(
    {"name": _WORDS, "total": _AMOUNT, "stages": {"type": "array", "items": _STEP}},
    {
        "builder": _WORDS, "nature": _one_of(Nature.values), "content": _WORDS, "lead": KEY, "region": REGION,
        "address": _WORDS, "at": {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
        "starts": _WORDS, "ends": _WORDS, "progress": _WORDS,
        "funds": mapping_of(_PAIR, keys=_one_of(Source.values)),
        "years": mapping_of(_PAIR, keys={"type": "string", "pattern": r"^\d{4}$"}),
        "land": _LAND,
        "approvals": mapping_of(_GRANT, keys=_one_of(APPROVALS)),
        "elements": mapping_of(_ELEMENT, keys=_one_of(ElementKind.values)),
    },
)  # fmt: skip
_BUDGETS = mapping_of(_AMOUNT, keys=_one_of(Source.values))
_FACT = {"type": "string", "pattern": r"^[0-9a-f]{16}(-\d+)?$", "x-form": "the key of a project"}
SCHEMA = record(
    {"projects": mapping_of(_PROJECT, keys=_FACT)},
    {
        "plans": mapping_of(
            record(
                {"number": _WORDS, "on": _DAY, "budgets": _BUDGETS, "lines": mapping_of(_BUDGETS, keys=_FACT)}
            ),
            keys={"type": "string", "pattern": r"^\d{4}$"},
        )
    },
)


def install_demonstration(plan: Plan, said: dict[str, Any], *, by: Actor) -> Changes:
    """Fill the named projects that nobody has reported on. Raises ProblemError as the services do."""
    changes = Changes()
    projects = said["projects"]
    reported = set(
        StageChange.objects.filter(investment__plan=plan).values_list("investment__key", flat=True)
    )
    bodies = {
        body.key: body for body in Body.objects.filter(key__in={one.get("lead") for one in projects.values()})
    }
    codes = {one.get("region") for one in projects.values()}
    regions = {region.code: region for region in Region.objects.filter(code__in=codes - {None})}
    rows = {row.key: row for row in investments(plan).filter(key__in=list(projects))}
    for key, row in rows.items():
        if key in reported or row.total is not None:
            changes.unchanged += 1
            continue
        _fill(row, projects[key], bodies, regions, by)
        changes.added.append(key)
    if changes:
        for year, one in said.get("plans", {}).items():
            _adopt(plan, int(year), one, rows, by)
    return changes


def _fill(
    row: Investment, one: dict[str, Any], bodies: dict[str, Body], regions: dict[str, Region], by: Actor
) -> None:
    land = one.get("land", {})
    copied = ("total", "builder", "nature", "content", "address", "starts", "ends", "progress")
    values: dict[str, Any] = {name: one[name] for name in copied if name in one}
    values |= {"is_demo": True, "land_state": land.get("state", ""), "land_kind": land.get("kind", "")}
    values |= {"land_area": land.get("area"), "lead": bodies.get(one.get("lead", "")) or row.lead}
    values["region"] = regions.get(one.get("region", "")) or row.region
    if "at" in one:
        values["geometry"] = {"type": "Point", "coordinates": one["at"]}
    change_project(row, values, by=by, reason=REASON)
    set_funds(
        row,
        {source: (pair[0], pair[1]) for source, pair in one.get("funds", {}).items()},
        by=by,
        reason=REASON,
    )
    for year, (planned, done) in one.get("years", {}).items():
        set_year(row, int(year), planned=planned, done=done, by=by, reason=REASON)
    for kind, grant in one.get("approvals", {}).items():
        told = {name: grant[name] for name in ("number", "body") if name in grant}
        on = date.fromisoformat(grant["on"]) if "on" in grant else None
        set_approval(row, kind, grant["state"], on=on, by=by, reason=REASON, **told)
    for kind, element in one.get("elements", {}).items():
        set_element(row, kind, element["state"], amount=element.get("amount", ""), by=by, reason=REASON)
    for step in one["stages"]:
        on = date.fromisoformat(step["on"])
        reason = step.get("reason", "")
        change_stage(row, step["stage"], on, by=by, reason=reason, evidence=step.get("evidence", REASON))


def _adopt(plan: Plan, year: int, one: dict[str, Any], rows: dict[str, Investment], by: Actor) -> None:
    draft = draft_investment_plan(plan, year, by=by, is_demo=True)
    for source, amount in one["budgets"].items():
        set_budget(draft, source, amount, by=by)
    for key, lines in one["lines"].items():
        for source, amount in lines.items():
            set_plan_line(draft, rows[key], source, amount, by=by)
    adopt_investment_plan(draft, one["number"], date.fromisoformat(one["on"]), by=by)
