"""The register: a row for each project of a box, made from the plan's facts, and projects added to it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import models, transaction
from django.db.models import Max, QuerySet, Sum
from django.utils import timezone

from beichen.kernel.access.service import require
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.bus.service import publish
from beichen.kernel.changes import Changes
from beichen.plan.investment.checking import cleaned
from beichen.plan.investment.codes import BAD_MONEY, NO_PROJECT
from beichen.plan.investment.models import Change, FundLine, Investment
from beichen.plan.investment.rights import MANAGE, require_writer
from beichen.plan.models import Node, Plan, Project
from beichen.problem import Problem, ProblemError, Where, said, shorten

COPIED = ("position", "name", "part", "box", "box_title", "is_stated")
_BATCH = 400


def investments(plan: Plan) -> QuerySet[Investment]:
    """Every project of the plan's register in its order, with lead and region; those that left are gone."""
    rows = Investment.objects.filter(plan=plan, is_stated=True)
    return rows.select_related("lead", "region", "plan").order_by("position", "id")


def investment(plan: Plan, key: str) -> Investment:
    """One project. Raises ProblemError PLN-601."""
    row = Investment.objects.filter(plan=plan, key=key).select_related("lead", "region", "plan", "parent")
    found = row.first()
    if found is None:
        raise ProblemError(Problem(NO_PROJECT, said("no project has the key {key}", key=key[:40])))
    return found


def as_json(value: Any) -> Any:
    """A value as a history and an audit record hold it."""
    if isinstance(value, models.Model):
        return str(value)
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value


def note(
    row: Investment,
    what: str,
    values: Mapping[str, Any],
    *,
    by: Actor,
    reason: str = "",
    event: str = "changed",
) -> None:
    """Write one change to the project's history, the audit and the bus."""
    Change.objects.create(
        investment=row, what=what, values=values, reason=reason, by=by.key, at=timezone.now()
    )
    resource = f"plan_investment.investment:{row.plan.key}/{row.key}"
    audit.record(by, f"plan.investment.{what}", resource, detail=dict(values), reason=reason)
    path = row.region.path if row.region else ""
    data = {"plan": row.plan.key, "key": row.key, "name": row.name, "what": what}
    subject = f"{row.plan.key}/{row.key}"
    publish(f"plan.investment.{event}", subject, data, by=by, region=path, level=row.level)


def _parts(plan: Plan) -> dict[str, str]:
    """The number of the part in which each box stands."""
    parents = Node.objects.filter(plan=plan, level="box").values_list("location", "parent")
    return {location: parent.partition(".")[0] for location, parent in parents}


@transaction.atomic
def register_projects(plan: Plan, *, by: Actor) -> Changes:
    """Give each project of a box its row; what people wrote stays. The same again writes nothing.

    A project that the text no longer names keeps its row, marked as not stated. Raises ACC-403.
    """
    require(by, MANAGE, plan)
    parts = _parts(plan)
    existing = {row.key: row for row in Investment.objects.filter(plan=plan, kind="projects")}
    changes, created, updated = Changes(), [], []
    for fact in Project.objects.filter(plan=plan).order_by("position"):
        values = {
            "position": fact.position * 100,
            "name": fact.name,
            "part": parts.get(fact.box, ""),
            "box": fact.box,
            "box_title": fact.box_title,
            "is_stated": True,
        }
        row = existing.pop(fact.key, None)
        if row is None:
            content = fact.description
            created.append(Investment(plan=plan, kind="projects", key=fact.key, content=content, **values))
            changes.added.append(fact.key)
        elif any(getattr(row, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(row, name, value)
            updated.append(row)
            changes.changed.append(fact.key)
        else:
            changes.unchanged += 1
    for row in existing.values():
        if row.is_stated:
            row.is_stated = False
            updated.append(row)
            changes.removed.append(row.key)
    Investment.objects.bulk_create(created, batch_size=_BATCH)
    Investment.objects.bulk_update(updated, COPIED, batch_size=_BATCH)
    if changes:
        audit.record(by, "plan.investment.register", f"plan.plan:{plan.key}", detail=changes.counts())
    return changes


@transaction.atomic
def add_project(
    plan: Plan,
    name: str,
    *,
    by: Actor,
    parent: Investment | None = None,
    values: Mapping[str, Any] | None = None,
) -> Investment:
    """Add a project of its own, or below ``parent`` (a site of it); publishes ``plan.investment.added``.

    Raises ProblemError: ACC-403, PLN-602.
    """
    if parent is None:
        require(by, MANAGE, plan)
    else:
        require_writer(by, parent)
    fields = cleaned(Investment(plan=plan), {"name": name, **(values or {})})
    if parent is not None:
        last = parent.children.aggregate(last=Max("position"))["last"] or parent.position
        inherited = {"part": parent.part, "box": parent.box, "box_title": parent.box_title}
        fields = inherited | {"lead": parent.lead, "lead_name": parent.lead_name} | fields
    else:
        last = Investment.objects.filter(plan=plan).aggregate(last=Max("position"))["last"] or 0
    row = Investment.objects.create(
        plan=plan, key=f"x{secrets.token_hex(6)}", parent=parent, position=last + 1, **fields
    )
    told = {name: [None, as_json(value)] for name, value in fields.items() if value not in ("", None)}
    note(row, "add", told, by=by, event="added")
    return row


def _refuse_less_than_lines(row: Investment, total: Decimal | None) -> None:
    """Raises ProblemError PLN-606 when a new total is less than the project's fund lines together."""
    if total is None:
        return
    together = FundLine.objects.filter(investment=row).aggregate(sum=Sum("planned"))["sum"]
    if together is not None and together > total:
        message = said(
            "the fund lines together are {together}, more than {total}", together=together, total=total
        )
        raise ProblemError(Problem(BAD_MONEY, shorten(message), Where(field="total")))


@transaction.atomic
def change_project(
    row: Investment, values: Mapping[str, Any], *, by: Actor, reason: str = ""
) -> dict[str, list[Any]]:
    """Write fields of a project; returns old and new of those that changed, empty when none did.

    Raises ProblemError: ACC-403, PLN-602 with every field that does not fit, PLN-606 for a total below
    the fund lines.
    """
    require_writer(by, row)
    fields = cleaned(row, values)
    changed = {name: value for name, value in fields.items() if getattr(row, name) != value}
    if not changed:
        return {}
    _refuse_less_than_lines(row, changed.get("total"))
    told = {name: [as_json(getattr(row, name)), as_json(value)] for name, value in changed.items()}
    for name, value in changed.items():
        setattr(row, name, value)
    row.save(update_fields=[*changed, "updated_at"])
    note(row, "change", told, by=by, reason=reason)
    return told
