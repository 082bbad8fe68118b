"""`/plan/duties/ID`: one duty: what the plan says, who answers, milestones, reports, notes, history."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from beichen.kernel.access.service import acting, decide
from beichen.kernel.org.models import Body
from beichen.plan.duties.forms import AssignForm, FinishForm, MilestoneForm, NoteForm, end_of, uploads
from beichen.plan.duties.models import Duty, Milestone, Report, SupervisionNote
from beichen.plan.duties.pages import (
    author,
    badge,
    body_link,
    body_name,
    crumbs,
    fact_address,
    frame,
    period_name,
    plan_of_duties,
)
from beichen.plan.duties.service import (
    SUPERVISE,
    Assignment,
    add_milestone,
    assign_duties,
    duty_by_number,
    finish_milestone,
    last_round,
    may_inspect,
    may_mark,
    may_report_now,
    take_back,
    with_standing,
    write_note,
)
from beichen.plan.duties.words import TONES, VERBS, Nature, NoteStatus, ReportStatus, Standing, State
from beichen.plan.models import Plan
from beichen.plan.pages import without_plan
from beichen.plan.service import KINDS, source_text
from beichen.problem import ProblemError
from beichen.web.links import Link

_STEPS = 200
_QUOTED = 600  # characters of the plan shown beside a duty


def _quote(plan: Plan, duty: Duty) -> str:
    """The plan's words for the duty: a heading's passage, an indicator's row, a project in its box."""
    if duty.vanished_at is not None:
        return ""
    row: Any = KINDS[duty.kind]._default_manager.filter(plan=plan, key=duty.key).first()
    if row is None:
        return ""
    if duty.kind == "indicators":
        return str(row.raw)
    if duty.kind == "projects":
        told = (row.box_title, row.group, row.name, row.description)
        return " · ".join(part for part in told if part)[:_QUOTED]
    joined = "".join(source_text(plan)[row.start : row.body_end].split())
    return joined[:_QUOTED] + ("…" if len(joined) > _QUOTED else "")


def milestone_rows(duty: Duty, bad: FinishForm | None, may_finish: bool) -> list[dict[str, Any]]:
    """Each milestone with its standing and, while it is not done, the form to finish it."""
    today, found = timezone.localdate(), []
    for row in duty.milestones.prefetch_related("evidence__file"):
        is_late = row.done_on is None and row.due < today
        tone = "done" if row.done_on else "overdue" if is_late else "unreported"
        form = None
        if may_finish and row.done_on is None:
            prefix = f"milestone-{row.pk}"
            form = bad if bad is not None and bad.prefix == prefix else FinishForm(prefix=prefix)
        found.append({"row": row, "tone": TONES[tone], "is_late": is_late, "form": form})
    return found


def report_rows(duty: Duty) -> list[dict[str, Any]]:
    """The duty's reports, the newest first, with badges."""
    rows = Report.objects.filter(duty=duty).select_related("round", "body").prefetch_related("evidence__file")
    return [
        {
            "row": row,
            "period": period_name(row.round.period),
            "status": badge(row.status, ReportStatus(row.status).label),
            "state": State(row.state).label,
        }
        for row in rows.order_by("-round__ends")
    ]


def note_rows(duty: Duty) -> list[dict[str, Any]]:
    """The duty's supervision notes, the newest first."""
    rows = SupervisionNote.objects.filter(duty=duty)
    return [{"row": row, "status": badge(row.status, NoteStatus(row.status).label)} for row in rows]


def history_rows(duty: Duty) -> list[dict[str, Any]]:
    """What was done, the newest first, in words."""
    steps = list(duty.steps.all()[:_STEPS])
    keys = {
        key for step in steps for name in ("lead", "supporting") for key in _listed(step.detail.get(name))
    }
    names = {body.key: body_name(body) for body in Body.objects.filter(key__in=keys)}
    return [
        {
            "row": step,
            "verb": VERBS.get(step.verb, step.verb),
            "by": author(step.by, step.by_name),
            "detail": _said(step.detail, names),
        }
        for step in steps
    ]


def _listed(value: Any) -> list[str]:
    if isinstance(value, list):
        return [str(item) for item in value]
    return [str(value)] if value else []


def _said(detail: dict[str, Any], names: dict[str, str]) -> str:
    """What changed, as people read it."""
    shown = []
    for label, name in ((_("Who leads"), "lead"), (_("Supporting bodies"), "supporting")):
        if keys := _listed(detail.get(name)):
            shown.append(f"{label}: {'、'.join(names.get(key, key) for key in keys)}")
    if "deadline" in detail:
        shown.append(f"{_('Deadline')}: {detail['deadline']}")
    if "round" in detail:
        shown.append(period_name(detail["round"]))
    if "percent" in detail:
        shown.append(f"{State(detail['state']).label} {detail['percent']}%")
    shown += [str(detail[name]) for name in ("due", "done_on") if detail.get(name)]
    return " · ".join(shown)


def _page(request: HttpRequest, plan: Plan, duty: Duty, **bad: Any) -> HttpResponse:
    by, today = acting(request), timezone.localdate()
    standing = with_standing(Duty.objects.filter(pk=duty.pk), today).values_list("standing", flat=True)[0]
    is_inside, marks = may_inspect(by, duty), bool(may_mark(by, duty))
    newest = last_round(plan, today)
    shown = frame(request, plan, "index") | {
        "duty": duty,
        "crumbs": crumbs(Link(duty.title)),
        "quote": _quote(plan, duty),
        "address": fact_address(duty),
        "nature": Nature(duty.nature).label,
        "standing": badge(standing, Standing(standing).label),
        "lead": body_link(duty.lead),
        "suggestion": body_link(duty.suggestion) if duty.lead is None else "",
        "supporting": [body_link(body) for body in duty.supporting.all()],
        "milestones": milestone_rows(duty, bad.get("finish"), marks),
        "may_mark": marks,
        "is_inside": is_inside,
        "may_supervise": bool(decide(by, SUPERVISE, plan)) and duty.lead is not None,
        "report_round": newest if newest and may_report_now(by, duty, newest) else None,
        "round_name": period_name(newest.period) if newest else "",
        "assign_form": bad.get("assign") or _assign_form(plan, duty),
        "milestone_form": bad.get("milestone") or MilestoneForm(),
        "note_form": bad.get("note") or NoteForm(),
        "refused": set(bad),
    }
    if is_inside:
        shown |= {"reports": report_rows(duty), "notes": note_rows(duty), "history": history_rows(duty)}
    return render(request, "plan_duties/duty.html", shown, status=422 if bad else 200)


def _assign_form(plan: Plan, duty: Duty) -> AssignForm:
    lead = duty.lead or duty.suggestion
    return AssignForm(
        initial={
            "lead": lead.key if lead else None,
            "supporting": [body.key for body in duty.supporting.all()],
            "deadline": duty.deadline or end_of(plan.end_year),
        }
    )


@require_safe
def duty(request: HttpRequest, number: int) -> HttpResponse:
    """The duty, as far as the reader may see it."""
    plan = plan_of_duties(request)
    return without_plan(request) if plan is None else _page(request, plan, duty_by_number(plan, number))


def _back(row: Duty, anchor: str = "") -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("plan_duties:duty", args=[row.pk]) + anchor)


@require_POST
def assign(request: HttpRequest, number: int) -> HttpResponse:
    """Assign this one duty, or take it back."""
    plan = plan_of_duties(request)
    if plan is None:
        return without_plan(request)
    row, form, by = duty_by_number(plan, number), AssignForm(request.POST), acting(request)
    if form.is_valid():
        said = form.cleaned_data
        try:
            if "take-back" in request.POST:
                take_back(plan, [row], reason=said["reason"], by=by)
            else:
                wanted = Assignment(row, said["lead"], list(said["supporting"]), said["deadline"])
                assign_duties(plan, [wanted], reason=said["reason"], by=by)
        except ProblemError as error:
            if error.status == 403:
                raise
            form.take(error)
        else:
            messages.success(request, gettext("Kept."))
            return _back(row)
    return _page(request, plan, duty_by_number(plan, number), assign=form)


@require_POST
def milestone(request: HttpRequest, number: int) -> HttpResponse:
    """Set a milestone of this duty."""
    plan = plan_of_duties(request)
    if plan is None:
        return without_plan(request)
    row, form = duty_by_number(plan, number), MilestoneForm(request.POST)
    if form.is_valid():
        try:
            add_milestone(row, form.cleaned_data["title"], form.cleaned_data["due"], by=acting(request))
        except ProblemError as error:
            if error.status == 403:
                raise
            form.take(error)
        else:
            return _back(row, "#milestones")
    return _page(request, plan, row, milestone=form)


@require_POST
def finish(request: HttpRequest, number: int, milestone: int) -> HttpResponse:
    """Mark a milestone of this duty as done."""
    plan = plan_of_duties(request)
    if plan is None:
        return without_plan(request)
    row = duty_by_number(plan, number)
    step = get_object_or_404(Milestone, pk=milestone, duty=row)
    step.duty = row
    form = FinishForm(request.POST, request.FILES, prefix=f"milestone-{step.pk}")
    if form.is_valid():
        said = form.cleaned_data
        try:
            finish_milestone(
                step, said["done_on"], note=said["note"], files=uploads(said["evidence"]), by=acting(request)
            )
        except ProblemError as error:
            if error.status == 403:
                raise
            form.take(error)
        else:
            return _back(row, "#milestones")
    return _page(request, plan, row, finish=form)


@require_POST
def note(request: HttpRequest, number: int) -> HttpResponse:
    """Write a supervision note about this duty."""
    plan = plan_of_duties(request)
    if plan is None:
        return without_plan(request)
    row, form = duty_by_number(plan, number), NoteForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        try:
            made = write_note(row, said["title"], said["text"], said["due"], by=acting(request))
        except ProblemError as error:
            if error.status == 403:
                raise
            form.take(error)
        else:
            return HttpResponseRedirect(reverse("plan_duties:note", args=[made.number]))
    return _page(request, plan, row, note=form)
