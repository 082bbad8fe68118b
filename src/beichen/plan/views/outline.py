"""`/plan`: the plan as a tree with what stands in each part, and a search in titles and text."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from beichen.plan.models import NamedBody, Node, Plan, PlanIndicator, Project, Target
from beichen.plan.pages import shown_plan, without_plan
from beichen.plan.service import source_text

_AROUND = 36
_MOST_HITS = 60


@dataclass
class Branch:
    """A node with those under it, and how many targets and projects stand within."""

    node: Node
    children: list[Branch] = field(default_factory=list)
    targets: int = 0
    projects: int = 0


@dataclass(frozen=True)
class Hit:
    """A place in the text that was searched for."""

    location: str
    title: str
    before: str
    found: str
    after: str


def _tree(plan: Plan) -> list[Branch]:
    nodes = Node.objects.filter(plan=plan).exclude(level="task").order_by("position")
    branches: dict[str, Branch] = {}
    top: list[Branch] = []
    for node in nodes:
        branch = branches[node.location] = Branch(node)
        above = branches.get(node.parent)
        (above.children if above else top).append(branch)
    targets = Counter(
        _bare(place) for place in Target.objects.filter(plan=plan).values_list("location", flat=True)
    )
    projects = Counter(Project.objects.filter(plan=plan).values_list("location", flat=True))
    for branch in top:
        _count(branch, targets, projects)
    return top


def _bare(location: str) -> str:
    return location.partition("#")[0]


def _count(branch: Branch, targets: Counter[str], projects: Counter[str]) -> None:
    branch.targets = targets[branch.node.location]
    branch.projects = projects[branch.node.location]
    for child in branch.children:
        _count(child, targets, projects)
        branch.targets += child.targets
        branch.projects += child.projects


def _search(plan: Plan, query: str) -> list[Hit]:
    """Places of ``query`` in the text; a line break of the source within a word does not hide it."""
    letters = [re.escape(letter) for letter in query if not letter.isspace()]
    text = source_text(plan)
    nodes = list(Node.objects.filter(plan=plan).exclude(level="task").order_by("start"))
    hits: list[Hit] = []
    at = 0
    for match in re.finditer(r"\s*".join(letters), text, re.IGNORECASE):
        while at + 1 < len(nodes) and nodes[at + 1].start <= match.start():
            at += 1
        if not nodes or nodes[at].start > match.start():
            continue
        before = re.sub(r"\s+", "", text[max(0, match.start() - _AROUND) : match.start()])
        after = re.sub(r"\s+", "", text[match.end() : match.end() + _AROUND])
        found = re.sub(r"\s+", "", match.group())
        hits.append(Hit(nodes[at].location, nodes[at].title, before, found, after))
        if len(hits) == _MOST_HITS:
            break
    return hits


@require_safe
def outline(request: HttpRequest) -> HttpResponse:
    """The tree, or the places that were searched for."""
    plan = shown_plan(request)
    if plan is None:
        return without_plan(request)
    query = request.GET.get("q", "").strip()[:60]
    counts = {
        "parts": Node.objects.filter(plan=plan, level="part").count(),
        "chapters": Node.objects.filter(plan=plan, level="chapter").count(),
        "sections": Node.objects.filter(plan=plan, level="section").count(),
        "indicators": PlanIndicator.objects.filter(plan=plan).count(),
        "targets": Target.objects.filter(plan=plan).count(),
        "projects": Project.objects.filter(plan=plan).count(),
        "bodies": NamedBody.objects.filter(plan=plan).count(),
    }
    context = {"plan": plan, "query": query, "counts": counts}
    if query:
        hits = _search(plan, query)
        context |= {"hits": hits, "is_cut": len(hits) == _MOST_HITS}
    else:
        context["tree"] = _tree(plan)
    return render(request, "plan/outline.html", context)
