"""Importing facts: the rows of a plan made equal to what was read, with people's corrections kept."""

from __future__ import annotations

import dataclasses
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson
from django.db import transaction
from django.utils import timezone

from beichen.kernel.access.service import permission, require
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.bus.service import publish
from beichen.kernel.changes import Changes
from beichen.kernel.org.models import Region
from beichen.plan.importer.facts import PlanFacts
from beichen.plan.models import (
    PLACE,
    Amendment,
    BodyMention,
    Correction,
    Fact,
    NamedBody,
    Node,
    Plan,
    PlanIndicator,
    PlanKind,
    PlanState,
    PlanText,
    Project,
    Target,
)
from beichen.problem import Level, Problem, ProblemError, Where, code, said, shorten

IMPORT = permission("plan.facts.import", "导入规划要素", "Import a plan's facts")
OUTSIDE = code("PLN-201", "A fact lies outside the plan's text.", status=422)

KINDS: Mapping[str, type[Fact]] = {
    "outline": Node,
    "indicators": PlanIndicator,
    "targets": Target,
    "projects": Project,
    "bodies": NamedBody,
}
_BATCH = 400
Overlay = dict[tuple[str, str], dict[str, Any]]


def _stated(fact: Any, model: type[Fact]) -> dict[str, Any]:
    """A fact's values as JSON holds them; None becomes an empty text where the column has no null."""
    values: dict[str, Any] = orjson.loads(orjson.dumps(dataclasses.asdict(fact)))
    stated = {name: values[name] for name in (*PLACE, *model.VALUES)}
    for name, value in stated.items():
        if value is None and not model._meta.get_field(name).null:
            stated[name] = ""
    return stated


def _check(facts: PlanFacts) -> None:
    """Raise everything for which the facts cannot be imported."""
    problems = [problem for problem in facts.problems if problem.level is Level.ERROR]
    for kind in KINDS:
        rows = getattr(facts, kind)
        for row in rows:
            if not 0 <= row.start <= row.end <= len(facts.text):
                where = Where(file=facts.source, start=row.start, end=row.end)
                problems.append(
                    Problem(
                        OUTSIDE,
                        shorten(said("{kind} {key} is not in the text", kind=kind, key=row.key)),
                        where,
                    )
                )
    if problems:
        raise ProblemError(*problems)


def overlay_of(plan: Plan) -> Overlay:
    """What is in force beside the text, by (kind, key): of each field the last amendment or correction."""
    found: Overlay = {}
    for rows in (plan.corrections, plan.amendments.exclude(field="")):
        for kind, key, field, new in rows.order_by("id").values_list("kind", "key", "field", "new"):
            found.setdefault((kind, key), {})[field] = new
    return found


def amended_facts(plan: Plan) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """The facts that adjustments added, and those that they removed, as (kind, key)."""
    added: set[tuple[str, str]] = set()
    removed: set[tuple[str, str]] = set()
    for row in Amendment.objects.filter(plan=plan, field="").order_by("id"):
        into, out_of = (removed, added) if row.new is None else (added, removed)
        into.add((row.kind, row.key))
        out_of.discard((row.kind, row.key))
    return added, removed


def _save_text(text: str) -> PlanText:
    digest = hashlib.sha256(text.encode()).hexdigest()
    row, _created = PlanText.objects.get_or_create(sha256=digest, defaults={"text": text})
    return row


@dataclasses.dataclass(frozen=True, slots=True)
class PlanPlace:
    """Where a plan stands in the planning system; without one an import leaves that as it is."""

    kind: PlanKind
    parent: Plan | None = None
    state: PlanState = PlanState.DRAFT


def _save_plan(
    facts: PlanFacts, key: str, region: Region | None, place: PlanPlace | None
) -> tuple[Plan, bool]:
    values: dict[str, Any] = {
        "title": facts.title,
        "start_year": facts.start_year,
        "end_year": facts.end_year,
        "source": facts.source,
        "text": _save_text(facts.text),
    }
    if region is not None:
        values["region"] = region
    if place is not None:
        values |= {"kind": place.kind, "parent": place.parent, "state": place.state}
    plan = Plan.objects.filter(key=key).first()
    if plan is not None and all(getattr(plan, name) == value for name, value in values.items()):
        return plan, False
    values["imported_at"] = timezone.now()
    plan, _created = Plan.objects.update_or_create(key=key, defaults=values)
    return plan, True


def _keyed(stated: Iterable[Any]) -> Iterator[tuple[str, Any]]:
    """Each fact with its key; facts that say the same are told apart by their order in the text."""
    seen: Counter[str] = Counter()
    for fact in stated:
        seen[fact.key] += 1
        times = seen[fact.key]
        yield fact.key if times == 1 else f"{fact.key}-{times}", fact


def _load(plan: Plan, kind: str, stated: Iterable[Any], overlay: Overlay, changes: Changes) -> None:
    """Make the rows of one kind equal ``stated``; facts that vanished go, their corrections stay.

    What an adjustment added stays, what it removed does not come back.
    """
    model = KINDS[kind]
    rows: Any = model._default_manager
    added, removed = ({key for of, key in facts if of == kind} for facts in amended_facts(plan))
    existing: dict[str, Fact] = {row.key: row for row in rows.filter(plan=plan).exclude(key__in=added)}
    created: list[Fact] = []
    updated: list[Fact] = []
    kept: set[str] = set()
    for position, (key, fact) in enumerate(_keyed(stated)):
        if key in removed:
            continue
        imported = _stated(fact, model)
        kept.add(key)
        row = existing.get(key)
        if row is not None and row.imported == imported and row.position == position:
            changes.unchanged += 1
            continue
        if row is None:
            row = model(plan=plan, key=key)
            created.append(row)
            changes.added.append(f"{kind}/{key}")
        else:
            updated.append(row)
            changes.changed.append(f"{kind}/{key}")
            if any(row.imported.get(name) != imported[name] for name in model.VALUES if name != "body_end"):
                row.checked_by, row.checked_at = "", None  # what was checked is no longer what is stated
        row.position, row.imported = position, imported
        for name, value in (imported | overlay.get((kind, key), {})).items():
            setattr(row, name, value)
    rows.bulk_create(created, batch_size=_BATCH)
    columns = [*PLACE, *model.VALUES, "position", "imported", "checked_by", "checked_at"]
    rows.bulk_update(updated, columns, batch_size=_BATCH)
    gone = sorted(set(existing) - kept)
    rows.filter(plan=plan, key__in=gone).delete()
    changes.removed += [f"{kind}/{key}" for key in gone]


def _write_mentions(plan: Plan) -> None:
    BodyMention.objects.filter(plan=plan).delete()
    BodyMention.objects.bulk_create(
        (
            BodyMention(plan=plan, body=body, **mention)
            for body in NamedBody.objects.filter(plan=plan)
            for mention in body.mentions
        ),
        batch_size=_BATCH,
    )


@transaction.atomic
def import_facts(
    facts: PlanFacts,
    plan_key: str,
    *,
    by: Actor,
    region: Region | None = None,
    place: PlanPlace | None = None,
) -> Changes:
    """Make the plan ``plan_key`` equal ``facts``, all of it or nothing; the same again writes nothing.

    Corrections stay in force; a fact whose stated values changed is to be checked again. Publishes
    ``plan.facts.imported`` when anything changed. Raises ProblemError: the facts' own errors, PLN-201
    when one lies outside the text, ACC-403.
    """
    require(by, IMPORT)
    _check(facts)
    plan, is_changed = _save_plan(facts, plan_key, region, place)
    overlay = overlay_of(plan)
    changes = Changes()
    for kind in KINDS:
        _load(plan, kind, getattr(facts, kind), overlay, changes)
    bodies = ("bodies/",)
    if any(name.startswith(bodies) for name in [*changes.added, *changes.changed, *changes.removed]):
        _write_mentions(plan)
    if changes or is_changed:
        detail = changes.counts() | {"text": plan.text.sha256}
        audit.record(by, "plan.facts.import", f"plan.plan:{plan_key}", detail=detail)
        path = plan.region.path if plan.region else ""
        data = {"plan": plan_key, "title": plan.title, **changes.counts()}
        publish("plan.facts.imported", plan_key, data, by=by, region=path)
    return changes


def corrections_of(plan: Plan, kind: str, key: str) -> list[Correction]:
    """What people changed in a fact, the first change first."""
    return list(plan.corrections.filter(kind=kind, key=key).order_by("id"))
