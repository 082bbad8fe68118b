"""What `demo-adjustments.yaml` shows: proposals on their way through the authorities, none of them in force.

Every step is taken by the room's own service, so that what is refused elsewhere is refused here too.
All carry ``is_demo``. The steps end before an adjustment is put in force: the plan stays as it was adopted.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from beichen.kernel.actor import Actor
from beichen.kernel.scene import codes
from beichen.kernel.scene.document import Document
from beichen.kernel.scene.vocabulary import record
from beichen.plan.adjustments.contradictions import FIELDS, Proposed
from beichen.plan.adjustments.decisions import Said, decide_adjustment
from beichen.plan.adjustments.models import Adjustment
from beichen.plan.adjustments.proposals import add_change, propose
from beichen.plan.models import Plan, PlanIndicator, Project, Target
from beichen.problem import Problem, ProblemError, shorten

STEPS = ("submit", "approve", "return", "reject", "ratify", "refuse")
_WORDS = {"type": "string", "minLength": 1, "maxLength": 300}
_DAY = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$", "x-form": 'a day in quotes, such as "2025-12-31"'}


def schema() -> dict[str, Any]:
    """Adjustments with their changes and steps; a fact is named by its number, its quote or its name."""
    change = record(
        {"kind": {"enum": sorted(FIELDS)}, "fact": _WORDS, "reason": _WORDS},
        {"field": _WORDS, "new": {"type": ["string", "number", "null"]}, "justification": _WORDS},
    )
    step = record({"step": {"enum": list(STEPS)}, "on": _DAY}, {"document": _WORDS, "note": _WORDS})
    adjustment = record(
        {"title": _WORDS, "reason": _WORDS, "changes": {"type": "array", "items": change}},
        {"steps": {"type": "array", "items": step}},
    )
    return record({"adjustments": {"type": "array", "items": adjustment}})


def _key(plan: Plan, kind: str, named: str) -> str | None:
    """The key of the fact that a person would point at."""
    found: dict[str, Any] = {
        "indicators": PlanIndicator.objects.filter(plan=plan, number=int(named) if named.isdecimal() else 0),
        "targets": Target.objects.filter(plan=plan, quote=named),
        "projects": Project.objects.filter(plan=plan, name=named),
    }
    keys: list[str] = list(found[kind].values_list("key", flat=True)[:2])
    return keys[0] if len(keys) == 1 else None


def _changes(plan: Plan, document: Document, at: int) -> list[Proposed]:
    """The changes of one adjustment. Raises ProblemError with every fact that the plan does not have once."""
    wanted, problems = [], []
    for number, item in enumerate(document.value["adjustments"][at]["changes"]):
        key = _key(plan, item["kind"], item["fact"])
        if key is None:
            message = f"the plan has no single fact {item['fact']!r} of {item['kind']}"
            where = document.position(("adjustments", at, "changes", number, "fact"))
            problems.append(Problem(codes.NO_REFERENCE, shorten(message), where))
            continue
        words = (item["reason"], item.get("justification", ""))
        wanted.append(Proposed(item["kind"], key, item.get("field", ""), item.get("new"), *words))
    if problems:
        raise ProblemError(*problems)
    return wanted


def install_demo(plan: Plan, document: Document, *, by: Actor) -> list[str]:
    """Show the file's adjustments; one whose title is there already is left as it is.

    Raises ProblemError: a fact that the plan does not have, and whatever the services refuse.
    """
    shown = set(Adjustment.objects.filter(plan=plan).values_list("title", flat=True))
    added = []
    for at, item in enumerate(document.value["adjustments"]):
        if item["title"] in shown:
            continue
        changes = _changes(plan, document, at)
        row = propose(plan, item["title"], item["reason"], by=by, is_demo=True)
        for change in changes:
            add_change(row, change, by=by)
        for step in item.get("steps", ()):
            said = Said(date.fromisoformat(step["on"]), step.get("document", ""), step.get("note", ""))
            decide_adjustment(row, step["step"], said, by=by)
        added.append(f"demo/adjustment/{row.number}")
    return added
