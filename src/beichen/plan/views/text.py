"""`/plan/text/<location>`: a passage beside the facts read from it; check, confirm and correct them."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from beichen.kernel.access.service import acting, decide
from beichen.plan.forms import FIELD_NAMES, CorrectionForm
from beichen.plan.models import Correction, Fact, Node, Plan, Target
from beichen.plan.pages import ATTRIBUTES, KIND_NAMES, PERIODS, amount, shown_plan, without_plan
from beichen.plan.pagetext import Span, page_text
from beichen.plan.service import CORRECT, confirm_fact, correct_fact, fact, facts_between, source_text
from beichen.problem import ProblemError
from beichen.web.links import Link

FRAME = ("part", "chapter", "section", "item", "box")


def _title(fact_: Fact) -> str:
    if isinstance(fact_, Target):
        whose = f"{fact_.subject} " if fact_.subject and fact_.subject not in fact_.metric else ""
        return f"{whose}{fact_.metric} {amount(fact_)}"
    return str(getattr(fact_, "name", fact_))


def _corrected(row: Correction) -> dict[str, Any]:
    """A correction with its field and values in words."""
    words = {"attribute": ATTRIBUTES, "period": PERIODS}.get(row.field, {})
    old, new = (words.get(value, value) if isinstance(value, str) else value for value in (row.old, row.new))
    return {"row": row, "field": FIELD_NAMES.get(row.field, row.field), "old": old, "new": new}


def _card(kind: str, row: Fact, changes: dict[str, list[Correction]], form: CorrectionForm) -> dict[str, Any]:
    return {
        "kind": kind,
        "key": row.key,
        "kind_name": KIND_NAMES[kind],
        "title": _title(row),
        "anchor": f"{kind}-{row.key}",
        "is_checked": row.is_checked,
        "checked_by": row.checked_by,
        "corrections": [_corrected(one) for one in changes.get(row.key, [])],
        "form": form,
    }


def _cards(
    plan: Plan, found: list[tuple[str, Fact, int, int]], bad: CorrectionForm | None
) -> list[dict[str, Any]]:
    """One card a fact, in the order of the text."""
    changes: dict[str, list[Correction]] = {}
    keys = {row.key for _kind, row, _start, _end in found}
    for correction in Correction.objects.filter(plan=plan, key__in=keys).order_by("id"):
        changes.setdefault(correction.key, []).append(correction)
    cards: dict[tuple[str, str], dict[str, Any]] = {}
    for kind, row, _start, _end in found:
        if (kind, row.key) not in cards:
            is_bad = bad is not None and (bad.kind, bad.row.key) == (kind, row.key)
            form = bad if is_bad and bad is not None else CorrectionForm(kind=kind, row=row)
            cards[kind, row.key] = _card(kind, row, changes, form)
    return list(cards.values())


def _around(plan: Plan, node: Node) -> dict[str, Any]:
    """The way down to the node, and its neighbours of any level that has a text page."""
    frame = list(Node.objects.filter(plan=plan, level__in=FRAME).order_by("start"))
    by_location = {item.location: item for item in frame}
    way = [Link(node.title)]
    above = by_location.get(node.parent)
    while above is not None:
        way.append(Link(above.title, reverse("plan:text", args=[above.location]) + plan.query))
        above = by_location.get(above.parent)
    way.append(Link(_("Plan"), reverse("plan:outline") + plan.query))
    at = next(index for index, item in enumerate(frame) if item.pk == node.pk)
    return {
        "crumbs": way[::-1],
        "previous": frame[at - 1] if at else None,
        "next": frame[at + 1] if at + 1 < len(frame) else None,
        "headings": {item.start: item.level for item in frame if node.start < item.start < node.body_end},
    }


def _page(request: HttpRequest, plan: Plan, location: str, bad: CorrectionForm | None = None) -> HttpResponse:
    node = Node.objects.filter(plan=plan, location=location, level__in=FRAME).first()
    if node is None:
        raise Http404
    found = facts_between(plan, node.start, node.body_end)
    spans = [Span(f"{kind}/{row.key}", kind, start, end) for kind, row, start, end in found]
    around = _around(plan, node)
    paragraphs = page_text(source_text(plan), node.end, node.body_end, around.pop("headings"), spans)
    cards = _cards(plan, found, bad)
    context = {
        "plan": plan,
        "node": node,
        "paragraphs": paragraphs,
        "cards": cards,
        "checked": sum(card["is_checked"] for card in cards),
        "may_correct": decide(acting(request), CORRECT, node),
        **around,
    }
    return render(request, "plan/text.html", context, status=422 if bad is not None else 200)


@require_safe
def text(request: HttpRequest, location: str) -> HttpResponse:
    """A node's text with its facts marked, beside the facts themselves."""
    plan = shown_plan(request)
    return without_plan(request) if plan is None else _page(request, plan, location)


@require_POST
def check(request: HttpRequest, location: str, kind: str, key: str) -> HttpResponse:
    """Confirm a fact, or correct one of its fields; then back to it."""
    plan = shown_plan(request)
    if plan is None:
        return without_plan(request)
    row = fact(plan, kind, key)
    by = acting(request)
    if "confirm" in request.POST:
        confirm_fact(plan, kind, key, by=by)
    else:
        form = CorrectionForm(request.POST, kind=kind, row=row)
        if not form.is_valid():
            return _page(request, plan, location, form)
        said = form.cleaned_data
        try:
            correct_fact(plan, kind, key, said["field"], said["value"], reason=said["reason"], by=by)
        except ProblemError as error:
            if error.status == 403:
                raise
            form.take(error)
            return _page(request, plan, location, form)
    return HttpResponseRedirect(f"{reverse('plan:text', args=[location])}{plan.query}#fact-{kind}-{key}")
