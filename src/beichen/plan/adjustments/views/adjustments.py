"""`/plan/adjustments`: the list; one adjustment with its changes, effects and decisions; its steps."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from beichen.kernel.access.service import acting, decide, require
from beichen.plan.adjustments.forms import REMOVE, AdjustmentForm, ChangeForm, ProjectForm, StepForm
from beichen.plan.adjustments.models import Adjustment, AdjustmentState, Change
from beichen.plan.adjustments.service import (
    FIELDS,
    PROPOSE,
    REMOVABLE,
    WAYS,
    Said,
    adjustment_of,
    current_number,
    decide_adjustment,
    dependents,
    other_plans,
    propose,
    standings_after,
)
from beichen.plan.adjustments.wording import EFFECTS, STEPS, described, field_name, value_word
from beichen.plan.models import Fact, Node, Plan, PlanIndicator, Project, Target
from beichen.plan.pages import KIND_NAMES, amount, place_of, shown_plan, without_plan
from beichen.plan.service import KINDS
from beichen.problem import ProblemError
from beichen.web.links import Link
from beichen.web.tables import Column, Filter, Table, answer
from beichen.web.templatetags.beichen import foreign

_MOST = 20
TONES = {"in-force": "ahead", "rejected": "missed", "ratified": "on-course", "approved": "on-course"}


def _title(row: Adjustment) -> str:
    href = reverse("plan_adjustments:adjustment", args=[row.number])
    demo = format_html(' <span class="badge">{}</span>', _("Demo")) if row.is_demo else ""
    return format_html('<a href="{}">{}</a>{}', href, foreign(row.title), demo)


COLUMNS: list[Column[Adjustment]] = [
    Column("number", _("No."), lambda row: row.number, sort=("number",), is_number=True),
    Column("title", _("Adjustment"), lambda row: row.title, _title, ("title",), is_header=True),
    Column("reason", _("Reason"), lambda row: row.reason, lambda row: foreign(row.reason)),
    Column("state", _("State"), lambda row: row.get_state_display(), sort=("state",)),
    Column("at", _("Proposed on"), lambda row: timezone.localdate(row.at).isoformat(), sort=("at",)),
]


@require_safe
def index(request: HttpRequest) -> HttpResponseBase:
    """All adjustments of the plan."""
    plan = shown_plan(request)
    if plan is None:
        return without_plan(request)
    table: Table[Adjustment] = Table(
        "adjustments",
        _("Adjustments of the plan"),
        Adjustment.objects.filter(plan=plan).order_by("-number"),
        COLUMNS,
        [Filter("state", _("State"), "state", AdjustmentState.choices)],
        ("title", "reason"),
    )
    context = {
        "plan": plan,
        "may_propose": decide(acting(request), PROPOSE, plan),
        "number": current_number(plan),
    }
    return answer(request, table, "plan_adjustments/index.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Begin a proposal."""
    plan = shown_plan(request)
    if plan is None:
        return without_plan(request)
    by = acting(request)
    require(by, PROPOSE, plan)
    form = AdjustmentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        row = propose(plan, form.cleaned_data["title"], form.cleaned_data["reason"], by=by)
        return HttpResponseRedirect(reverse("plan_adjustments:adjustment", args=[row.number]))
    crumbs = [Link(_("Adjustments"), reverse("plan_adjustments:index")), Link(_("Propose an adjustment"))]
    context = {"form": form, "crumbs": crumbs}
    return render(request, "plan_adjustments/new.html", context, status=422 if form.errors else 200)


def _found(plan: Plan, query: str) -> list[dict[str, Any]]:
    """Facts whose name holds the words."""
    if not query:
        return []
    rows: list[Fact] = [*PlanIndicator.objects.filter(plan=plan, name__icontains=query)[:_MOST]]
    rows += Target.objects.filter(plan=plan, metric__icontains=query)[:_MOST]
    rows += Project.objects.filter(plan=plan, name__icontains=query)[:_MOST]
    kinds = {model: kind for kind, model in KINDS.items()}
    return [
        {"kind": kinds[type(row)], "kind_name": KIND_NAMES[kinds[type(row)]], "row": row, "says": _says(row)}
        for row in rows
    ]


def _says(row: Fact) -> str:
    if isinstance(row, Target):
        return f"{row.metric} {amount(row)}"
    if isinstance(row, PlanIndicator):
        return f"{row.name} {row.target_raw}{row.unit}"
    return str(row)


def change_form(plan: Plan, chosen: str, data: Any = None) -> tuple[ChangeForm | None, Fact | None]:
    """The form for the fact ``KIND/KEY`` with the fields that it has, and the fact."""
    kind, _slash, key = chosen.partition("/")
    rows: Any = KINDS[kind]._default_manager if kind in FIELDS else None
    row: Fact | None = rows.filter(plan=plan, key=key).first() if rows is not None else None
    if row is None:
        return None, None
    choices: list[tuple[str, Any]] = [
        (name, f"{field_name(name)}: {value_word(name, getattr(row, name))}") for name in FIELDS[kind]
    ]
    if kind in REMOVABLE:
        choices.append((REMOVE, _("Remove it from the plan")))
    return ChangeForm(data, initial={"kind": kind, "key": key}, choices=choices), row


def boxes_of(plan: Plan) -> list[tuple[str, str]]:
    """The boxes that a project can be added to."""
    rows = Node.objects.filter(plan=plan, level="box").order_by("position")
    return [(row.location, f"{row.location} {row.title}") for row in rows]


def _effects(plan: Plan, changes: list[Change]) -> list[dict[str, Any]]:
    found = [*dependents(plan, changes), *other_plans(plan, changes)]
    shown = []
    for item in found:
        item.plan.is_chosen = item.plan.pk != plan.pk
        href = place_of(item.location, f"{item.kind}-{item.key}", item.plan)
        shown.append({"effect": item, "what": EFFECTS[item.what], "href": href})
    return shown


def adjustment_page(
    request: HttpRequest, plan: Plan, row: Adjustment, bad: dict[str, Any] | None = None
) -> HttpResponse:
    """The page of an adjustment; ``bad`` replaces forms that came back with errors."""
    by = acting(request)
    may_propose = decide(by, PROPOSE, row)
    is_draft = row.state == AdjustmentState.DRAFT
    changes = list(row.changes.all())
    query = request.GET.get("q", "").strip()[:60]
    form, fact = change_form(plan, request.GET.get("fact", ""))
    ways = WAYS.get(AdjustmentState(row.state), {})
    is_over = row.state in (AdjustmentState.IN_FORCE, AdjustmentState.REJECTED)
    context = {
        "plan": plan,
        "adjustment": row,
        "tone": TONES.get(row.state, "unknown"),
        "changes": [described(item) for item in changes],
        "judged": [] if is_over else standings_after(plan, changes),
        "effects": [] if is_over else _effects(plan, changes),
        "decisions": row.decisions.all(),
        "may_edit": is_draft and may_propose,
        "steps": [(name, STEPS[name]) for name, way in ways.items() if decide(by, way.right, row)],
        "query": query,
        "found": _found(plan, query) if is_draft and may_propose else [],
        "change_form": form,
        "fact": fact,
        "says": _says(fact) if fact else "",
        "project_form": ProjectForm(boxes=boxes_of(plan)) if is_draft and may_propose else None,
        "step_form": StepForm(initial={"on": timezone.localdate()}),
        "crumbs": [Link(_("Adjustments"), reverse("plan_adjustments:index")), Link(row.title)],
        **(bad or {}),
    }
    return render(request, "plan_adjustments/adjustment.html", context, status=422 if bad else 200)


@require_safe
def adjustment(request: HttpRequest, number: int) -> HttpResponse:
    """What is to change, what it means, and what was decided."""
    plan = shown_plan(request)
    if plan is None:
        return without_plan(request)
    return adjustment_page(request, plan, adjustment_of(plan, number))


@require_POST
def step(request: HttpRequest, number: int, step: str) -> HttpResponse:
    """Take a step."""
    plan = shown_plan(request)
    if plan is None:
        return without_plan(request)
    row = adjustment_of(plan, number)
    form = StepForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        try:
            decide_adjustment(row, step, Said(said["on"], said["document"], said["note"]), by=acting(request))
        except ProblemError as error:
            if error.status == 403:
                raise
            form.take(error)
        else:
            return HttpResponseRedirect(reverse("plan_adjustments:adjustment", args=[number]))
    return adjustment_page(request, plan, row, {"step_form": form})
