"""`/plan/duties/ID/reports/ROUND`: a report as its officer writes it, and as the planner decides on it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from beichen.kernel.access.service import acting, decide, require
from beichen.kernel.files.pages import attachment
from beichen.plan.duties.forms import ReasonForm, ReportForm, uploads
from beichen.plan.duties.models import Duty, Evidence, Report, Round
from beichen.plan.duties.pages import badge, body_link, crumbs, frame, period_name, plan_of_duties
from beichen.plan.duties.service import (
    INSPECT,
    REVIEW,
    ReportFacts,
    accept_report,
    duty_by_number,
    may_inspect,
    may_read_note,
    may_report_now,
    return_report,
    round_by_number,
    save_report,
    submit_report,
)
from beichen.plan.duties.words import ReportStatus, State
from beichen.plan.models import Plan
from beichen.plan.pages import without_plan
from beichen.problem import ProblemError
from beichen.web.links import Link


def _form(duty: Duty, report: Report | None) -> ReportForm:
    """The form with what is known: the draft, else how the duty stands, said anew in words."""
    if report is not None:
        names = ("state", "percent", "text", "problems", "done_on")
        return ReportForm(initial={name: getattr(report, name) for name in names})
    return ReportForm(initial={"state": duty.state or State.IN_PROGRESS, "percent": duty.percent or 0})


def _page(request: HttpRequest, plan: Plan, duty: Duty, row: Round, **bad: Any) -> HttpResponse:
    by = acting(request)
    if not may_inspect(by, duty):
        require(by, INSPECT, plan)
    report = Report.objects.select_related("body").filter(duty=duty, round=row).first()
    may_write = may_report_now(by, duty, row)
    if report is None and not may_write:
        raise Http404
    earlier = Report.objects.filter(duty=duty, round__ends__lt=row.ends).select_related("round")
    previous = earlier.filter(status=ReportStatus.ACCEPTED).order_by("-round__ends").first()
    name = period_name(row.period)
    shown = frame(request, plan, "rounds") | {
        "duty": duty,
        "round": row,
        "name": name,
        "crumbs": crumbs(Link(duty.title, reverse("plan_duties:duty", args=[duty.pk])), Link(name)),
        "report": report,
        "lead": body_link(report.body if report else duty.lead),
        "status": badge(report.status, ReportStatus(report.status).label) if report else "",
        "state": State(report.state).label if report else "",
        "evidence": report.evidence.select_related("file") if report else [],
        "previous": previous,
        "previous_name": period_name(previous.round.period) if previous else "",
        "form": bad.get("form") or (_form(duty, report) if may_write else None),
        "may_review": bool(decide(by, REVIEW, plan))
        and report is not None
        and report.status == ReportStatus.SUBMITTED,
        "reason_form": bad.get("reason") or ReasonForm(),
        "is_late": row.due < timezone.localdate(),
    }
    return render(request, "plan_duties/report.html", shown, status=422 if bad else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, number: int, period: int) -> HttpResponse:
    """The report; its officer keeps a draft or hands it in."""
    plan = plan_of_duties(request)
    if plan is None:
        return without_plan(request)
    duty, row = duty_by_number(plan, number), round_by_number(plan, period)
    if request.method != "POST":
        return _page(request, plan, duty, row)
    form, by = ReportForm(request.POST, request.FILES), acting(request)
    if form.is_valid():
        said, is_kept = form.cleaned_data, False
        facts = ReportFacts(said["state"], said["percent"], said["text"], said["problems"], said["done_on"])
        try:
            kept = save_report(duty, row, facts, files=uploads(said["evidence"]), by=by)
            is_kept = True
            if "submit" in request.POST:
                submit_report(kept, by=by)
        except ProblemError as error:
            if error.status in (403, 409):
                raise
            form.take(error)
            if is_kept:
                messages.info(request, gettext("Kept as a draft."))
        else:
            is_in = kept.status == ReportStatus.SUBMITTED
            messages.success(request, gettext("Handed in.") if is_in else gettext("Kept as a draft."))
            target = (
                reverse("plan_duties:body", args=[kept.body.key])
                if is_in
                else reverse("plan_duties:report", args=[duty.pk, row.pk])
            )
            return HttpResponseRedirect(target)
    return _page(request, plan, duty, row, form=form)


@require_POST
def decide_(request: HttpRequest, number: int, period: int) -> HttpResponse:
    """The planner accepts the report or gives it back."""
    plan = plan_of_duties(request)
    if plan is None:
        return without_plan(request)
    duty, row = duty_by_number(plan, number), round_by_number(plan, period)
    found = Report.objects.select_related("round", "body").filter(duty=duty, round=row).first()
    if found is None:
        raise Http404
    found.duty, by = duty, acting(request)
    form = ReasonForm(request.POST)
    try:
        if "accept" in request.POST:
            accept_report(found, by=by)
        else:
            return_report(found, form.cleaned_data["reason"] if form.is_valid() else "", by=by)
    except ProblemError as error:
        if error.status != 422:
            raise
        form.take(error)
        return _page(request, plan, duty, row, reason=form)
    words = gettext("Accepted.") if "accept" in request.POST else gettext("Given back.")
    messages.success(request, words)
    return HttpResponseRedirect(reverse("plan_duties:round", args=[row.pk]))


@require_safe
def evidence(request: HttpRequest, code: str) -> HttpResponseBase:
    """A file of evidence, for whoever may read what it belongs to."""
    rows = Evidence.objects.select_related(
        "file",
        "duty__plan__region",
        "duty__lead",
        "duty__region",
        "entry__note__plan__region",
        "entry__note__body",
        "entry__note__duty__region",
    )
    found = rows.filter(file__code=code).first()
    if found is None:
        raise Http404
    by, entry = acting(request), found.entry
    allowed = may_read_note(by, entry.note) if entry is not None else may_inspect(by, found.duty)
    if not allowed:
        require(by, INSPECT, found.duty.plan)
    return attachment(found.file)
