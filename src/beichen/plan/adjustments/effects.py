"""What an adjustment would mean: for standings, for other targets, for projects, for other plans."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass

from beichen.plan.adjustments.models import Change
from beichen.plan.models import Plan, PlanIndicator, PlanState, Project, Target
from beichen.plan.service import Standing, likeness, name_of, standings_of
from beichen.web.numbers import COMPARATORS, figure

_MOST = 30
ALIKE = 0.8


@dataclass(frozen=True, slots=True)
class Effect:
    """Something that a change touches: what it is, where it stands, what it says now."""

    what: str
    plan: Plan
    kind: str
    key: str
    label: str
    says: str
    location: str


@dataclass(frozen=True, slots=True)
class Judged:
    """How an indicator stands, and how it would stand."""

    change: Change
    before: Standing
    after: Standing


def standings_after(plan: Plan, changes: list[Change]) -> list[Judged]:
    """For each indicator whose target changes: its judgement before and after."""
    fields: dict[str, list[Change]] = {}
    for change in changes:
        if change.kind == "indicators" and change.field:
            fields.setdefault(change.key, []).append(change)
    rows = {row.key: row for row in PlanIndicator.objects.filter(plan=plan, key__in=fields)}
    changed: list[PlanIndicator] = []
    for key, row in rows.items():
        new = copy(row)
        for change in fields[key]:
            setattr(new, change.field, change.new)
        new.target_raw = "" if new.target_value is None else f"{new.target_value:g}"
        changed.append(new)
    before = standings_of(plan, rows.values())
    after = standings_of(plan, changed)
    return [
        Judged(fields[one.indicator.key][0], one, other) for one, other in zip(before, after, strict=True)
    ]


def _said(row: Target | PlanIndicator) -> str:
    if isinstance(row, Target):
        return f"{COMPARATORS.get(row.comparator, '')}{figure(row.value)}{row.unit} ({row.target_year})"
    return f"{row.target_raw}{row.unit} ({row.target_year or ''})"


def _names(changes: list[Change]) -> list[str]:
    return list(dict.fromkeys(row.label for row in changes if row.kind != "projects"))


def dependents(plan: Plan, changes: list[Change]) -> Iterator[Effect]:
    """What else of the plan states the same, and the projects that stand beside a changed target."""
    own = {row.key for row in changes}
    names = [name_of(label) for label in _names(changes)]
    rows: list[Target | PlanIndicator] = [*PlanIndicator.objects.filter(plan=plan)]
    rows += Target.objects.filter(plan=plan)
    for row in rows:
        label = row.metric if isinstance(row, Target) else row.name
        name = name_of(label)
        if row.key not in own and any(likeness(name, other) >= ALIKE for other in names):
            kind = "targets" if isinstance(row, Target) else "indicators"
            yield Effect("same", plan, kind, row.key, label, _said(row), row.location)
    keys = [row.key for row in changes if row.kind == "targets"]
    places = Target.objects.filter(plan=plan, key__in=keys).values_list("location", flat=True)
    bare = {place.partition("#")[0] for place in places}
    boxes = (
        set(plan.nodes.filter(level="box", parent__in=bare).values_list("location", flat=True))
        if bare
        else set()
    )
    for project in Project.objects.filter(plan=plan, location__in=boxes)[:_MOST]:
        yield Effect(
            "beside", plan, "projects", project.key, project.name, project.box_title, project.location
        )


def other_plans(plan: Plan, changes: list[Change]) -> list[Effect]:
    """What the plans under this one state of the same: they are to be checked again."""
    wanted = {name_of(label).plain for label in _names(changes)}
    if not wanted:
        return []
    below = Plan.objects.filter(parent=plan).exclude(state=PlanState.SUPERSEDED).in_bulk()
    found: list[Effect] = []
    rows = [
        ("indicators", PlanIndicator.objects.filter(plan__in=below).values_list("pk", "name")),
        ("targets", Target.objects.filter(plan__in=below).values_list("pk", "metric")),
    ]
    for kind, names in rows:
        hits = [pk for pk, label in names.iterator() if name_of(label).plain in wanted][:_MOST]
        model = Target if kind == "targets" else PlanIndicator
        for row in model.objects.filter(pk__in=hits):
            label = row.metric if isinstance(row, Target) else row.name
            found.append(Effect("other", below[row.plan_id], kind, row.key, label, _said(row), row.location))
    return found
