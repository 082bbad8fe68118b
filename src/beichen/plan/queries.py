"""Reading a plan: the current one, its text, the facts of a passage, the projects by box."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.db import transaction
from django.db.models import Count, Min, QuerySet

from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.statements import Prepared
from beichen.plan.imports import KINDS
from beichen.plan.models import BodyMention, Fact, Node, Plan, PlanKind, PlanState, PlanText, Project
from beichen.problem import Problem, ProblemError, code, said, shorten

NO_PLAN = code("PLN-208", "There is no plan with this key.", status=404)


def current_plan() -> Plan | None:
    """The city's outline: the development plan in force without a parent that began last; one index row."""
    return _OUTLINE.first()


def _outlines() -> QuerySet[Plan]:
    rows = Plan.objects.filter(kind=PlanKind.DEVELOPMENT, parent=None, state=PlanState.IN_FORCE)
    return rows.select_related("region").order_by("-start_year", "key")[:1]


_OUTLINE = Prepared(_outlines)


def plan_by_key(key: str) -> Plan:
    """The plan with this key. Raises ProblemError PLN-208."""
    found = Plan.objects.select_related("region").filter(key=key).first()
    if found is None:
        raise ProblemError(Problem(NO_PLAN, shorten(said("no plan has the key {key}", key=key))))
    return found


@lru_cache(maxsize=4)
def _text(text_id: int, _sha256: str) -> str:
    return PlanText.objects.values_list("text", flat=True).get(pk=text_id)


def source_text(plan: Plan) -> str:
    """The plan's text. Kept in memory by its hash: a text never changes."""
    digest = PlanText.objects.values_list("sha256", flat=True).get(pk=plan.text_id)
    return _text(plan.text_id, digest)


def facts_between(plan: Plan, start: int, end: int) -> list[tuple[str, Fact, int, int]]:
    """(kind, fact, start, end) of each fact stated within the span, in the order of the text.

    A body stands once for every mention; headings are left out, they are the text's own frame.
    """
    found: list[tuple[str, Fact, int, int]] = []
    for kind, model in KINDS.items():
        if model is Node or kind == "bodies":
            continue
        rows: Any = model._default_manager
        inside = rows.filter(plan=plan, start__gte=start, start__lt=end)
        found += [(kind, row, row.start, row.end) for row in inside]
    mentions = BodyMention.objects.filter(plan=plan, start__gte=start, start__lt=end).select_related("body")
    found += [("bodies", mention.body, mention.start, mention.end) for mention in mentions]
    return sorted(found, key=lambda item: (item[2], -item[3]))


def box_counts(plan: Plan) -> list[dict[str, Any]]:
    """The boxes in the order of the text: ``box``, ``box_title`` and the number of projects."""
    rows = Project.objects.filter(plan=plan).values("box", "box_title")
    counted = rows.annotate(projects=Count("id"), first=Min("start")).order_by("first")
    return [dict(row) for row in counted]


@transaction.atomic
def name_in_english(plan: Plan, title: str, names: Mapping[str, str], *, by: Actor) -> bool:
    """Give the plan its English title and names; whether anything changed."""
    if plan.title_en == title and plan.english == dict(names):
        return False
    plan.title_en, plan.english = title, dict(names)
    plan.save(update_fields=["title_en", "english"])
    audit.record(by, "plan.names.change", f"plan.plan:{plan.key}", detail={"names": len(names)})
    return True
