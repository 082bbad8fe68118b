"""Which facts of a plan somebody must answer for, and a duty for each.

Part 17 of the plan asks for a responsible body for binding indicators, major projects, policies and
reform measures. So these are duties:

- every *binding* indicator (约束性指标); what is only expected is steered by the market and has no body;
- every project that a box names;
- every heading of the tree that nothing stands below (a task, else a section without tasks, else a
  chapter without sections): the finest work that the text sets apart. What stands above is the sum of it,
  and would be answered for twice.

Headings up to the end of the part with the indicator table set the frame (situation, principles, goals,
the way in outline); nobody can carry them out, and what they announce comes again in the working parts.

A heading is a *measure* when it, or a heading above it, speaks of reform, institutions, mechanisms or
policy; else it is a *task*.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from beichen.kernel.access.service import require
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.bus.service import publish
from beichen.kernel.changes import Changes
from beichen.plan.duties.history import Deed, keep
from beichen.plan.duties.models import Duty
from beichen.plan.duties.rights import ASSIGN
from beichen.plan.duties.suggestion import suggested
from beichen.plan.duties.words import Nature
from beichen.plan.models import Node, Plan, PlanIndicator, Project

HEADINGS = ("part", "chapter", "section", "item", "task")
REFORM = ("改革", "体制", "机制", "制度", "政策")
_COLUMNS = ("nature", "title", "location", "part", "start", "suggestion", "vanished_at")
_BATCH = 400


@dataclass(frozen=True, slots=True)
class DutyFacts:
    """A duty as the plan states it; ``end`` bounds the passage in which bodies are looked for."""

    kind: str
    key: str
    nature: str
    title: str
    location: str
    part: str
    start: int
    end: int


def _top(location: str, boxes: dict[str, str]) -> str:
    """The part that a place belongs to; a box belongs to the part that it stands in."""
    return boxes.get(location, location).partition("#")[0].partition(".")[0]


def _leaves(nodes: list[Node], boxes: dict[str, str], frame: str) -> Iterator[DutyFacts]:
    """The lowest headings after the part ``frame``."""
    headings = [node for node in nodes if node.level in HEADINGS]
    by_location = {node.location: node for node in headings}
    carrying = {node.parent for node in headings}
    parts = [node.location for node in headings if node.level == "part"]
    framing = set(parts[: parts.index(frame) + 1] if frame in parts else ())
    for node in headings:
        part = _top(node.location, boxes)
        if node.level == "part" or node.location in carrying or part in framing:
            continue
        titles, above = node.title, by_location.get(node.parent)
        while above is not None:
            titles, above = titles + above.title, by_location.get(above.parent)
        nature = Nature.MEASURE if any(word in titles for word in REFORM) else Nature.TASK
        yield DutyFacts(
            "outline", node.key, nature, node.title, node.location, part, node.start, node.body_end
        )


def duty_facts(plan: Plan) -> list[DutyFacts]:
    """The duties that the plan's facts ask for, in the order of the text: three queries."""
    nodes = list(Node.objects.filter(plan=plan).order_by("position"))
    boxes = {node.location: node.parent for node in nodes if node.level == "box"}
    indicators = list(PlanIndicator.objects.filter(plan=plan))
    frame = _top(indicators[0].location, boxes) if indicators else ""
    found = list(_leaves(nodes, boxes, frame))
    found += [
        DutyFacts(
            "indicators", row.key, Nature.INDICATOR, row.name, row.location, _top(row.location, boxes),
            row.start, row.end,
        )
        for row in indicators
        if row.attribute == "binding"
    ]  # fmt: skip
    found += [
        DutyFacts(
            "projects", row.key, Nature.PROJECT, row.name, row.location, _top(row.location, boxes),
            row.start, row.end,
        )
        for row in Project.objects.filter(plan=plan)
    ]  # fmt: skip
    return sorted(found, key=lambda fact: (fact.start, fact.kind))


def _values(fact: DutyFacts, bodies: dict[tuple[str, str], Any]) -> dict[str, Any]:
    return {
        "nature": fact.nature,
        "title": fact.title,
        "location": fact.location,
        "part": fact.part,
        "start": fact.start,
        "suggestion_id": bodies.get((fact.kind, fact.key)),
        "vanished_at": None,
    }


@transaction.atomic
def open_duties(plan: Plan, *, by: Actor) -> Changes:
    """Make the plan's duties those that its facts ask for; the same again writes nothing.

    A duty whose fact vanished stays with everything that it held, marked; it comes back with its fact.
    Publishes ``plan.duty.opened`` when anything changed. Raises ProblemError ACC-403.
    """
    require(by, ASSIGN, plan)
    facts = duty_facts(plan)
    bodies = suggested(plan, facts)
    existing = {(duty.kind, duty.key): duty for duty in Duty.objects.filter(plan=plan)}
    changes, deeds = Changes(), []
    created: list[Duty] = []
    updated: list[Duty] = []
    for fact in facts:
        values = _values(fact, bodies)
        duty = existing.pop((fact.kind, fact.key), None)
        if duty is None:
            created.append(Duty(plan=plan, kind=fact.kind, key=fact.key, region_id=plan.region_id, **values))
            changes.added.append(f"{fact.kind}/{fact.key}")
        elif any(getattr(duty, name) != value for name, value in values.items()):
            if duty.vanished_at is not None:
                deeds.append(Deed(duty, "returned-to-plan"))
            for name, value in values.items():
                setattr(duty, name, value)
            updated.append(duty)
            changes.changed.append(f"{fact.kind}/{fact.key}")
        else:
            changes.unchanged += 1
    now = timezone.now()
    for duty in existing.values():
        if duty.vanished_at is None:
            duty.vanished_at = now
            updated.append(duty)
            deeds.append(Deed(duty, "vanished"))
            changes.removed.append(f"{duty.kind}/{duty.key}")
    Duty.objects.bulk_create(created, batch_size=_BATCH)
    Duty.objects.bulk_update(updated, _COLUMNS, batch_size=_BATCH)
    keep(deeds, by=by, now=now)
    if changes:
        audit.record(by, "plan.duty.open", f"plan_duties.duty:{plan.key}", detail=changes.counts())
        path = plan.region.path if plan.region else ""
        publish("plan.duty.opened", plan.key, {"plan": plan.key, **changes.counts()}, by=by, region=path)
    return changes
