"""`/plan/reports/congress`: the yearly report before the standing committee, its opinions, their answers."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from beichen.kernel.access.service import acting, decide, require
from beichen.plan.models import Plan
from beichen.plan.pages import shown_plan, without_plan
from beichen.plan.reports import service
from beichen.plan.reports.forms import (
    AnswerForm,
    DaysForm,
    OpinionForm,
    ProblemForm,
    SubmissionForm,
    VerdictForm,
)
from beichen.plan.reports.models import Kind, Opinion, State, Submission
from beichen.plan.reports.views.reports import tabs
from beichen.problem import ProblemError


def _open_reports(plan: Plan, request: HttpRequest) -> Any:
    rows = service.reports_of(plan, by=acting(request))
    return rows.filter(kind=Kind.CONGRESS, state=State.PUBLISHED)


def _days(row: Submission) -> DaysForm:
    known = {name: getattr(row, name) for name in ("delivered_on", "deliberated_on", "session")}
    return DaysForm(initial=known, auto_id=f"days-{row.year}-%s")


def _page(request: HttpRequest, plan: Plan, bad: dict[str, ProblemForm] | None = None) -> HttpResponse:
    """Every year with its forms; ``bad`` holds those that came back, by their prefix."""
    actor, kept = acting(request), bad or {}
    shown = []
    for row in service.submissions_of(plan, by=actor):
        opinions = [
            {
                "row": opinion,
                "answer": kept.get(f"answer-{opinion.pk}") or AnswerForm(auto_id=f"answer-{opinion.pk}-%s"),
                "verdict": VerdictForm(auto_id=f"verdict-{opinion.pk}-%s"),
                "may_answer": service.may_answer(opinion, by=actor),
            }
            for opinion in row.opinions.all()
        ]
        shown.append(
            {
                "row": row,
                "opinions": opinions,
                "days": kept.get(f"days-{row.pk}") or _days(row),
                "opinion": kept.get(f"opinion-{row.pk}") or OpinionForm(auto_id=f"opinion-{row.year}-%s"),
                "may_opine": decide(actor, service.OPINE, row),
            }
        )
    context = {
        "plan": plan,
        "shown": shown,
        "may_submit": decide(actor, service.SUBMIT, plan),
        "submit": kept.get("submit") or SubmissionForm(_open_reports(plan, request)),
        "tabs": tabs(request, "congress"),
    }
    return render(request, "plan_reports/congress.html", context, status=422 if kept else 200)


@require_safe
def congress(request: HttpRequest) -> HttpResponse:
    """Each year's report on its way through the committee."""
    plan = shown_plan(request)
    if plan is None:
        return without_plan(request)
    require(acting(request), service.READ)
    return _page(request, plan)


def _done() -> HttpResponse:
    return HttpResponseRedirect(reverse("plan_reports:congress"))


def _refused(
    request: HttpRequest, plan: Plan, name: str, form: ProblemForm, error: ProblemError
) -> HttpResponse:
    if error.problems[0].code == "ACC-403":
        raise error
    form.take(error)
    return _page(request, plan, {name: form})


@require_POST
def submit(request: HttpRequest) -> HttpResponse:
    """Hand a published report to the committee."""
    plan = shown_plan(request)
    if plan is None:
        return without_plan(request)
    require(acting(request), service.SUBMIT, plan)
    form = SubmissionForm(_open_reports(plan, request), request.POST)
    if not form.is_valid():
        return _page(request, plan, {"submit": form})
    try:
        service.submit_to_congress(**form.cleaned_data, by=acting(request))
    except ProblemError as error:
        return _refused(request, plan, "submit", form, error)
    return _done()


def _submission(request: HttpRequest, plan: Plan, year: int) -> Submission:
    row = service.submissions_of(plan, by=acting(request)).filter(year=year).first()
    if row is None:
        raise Http404
    return row


@require_POST
def days(request: HttpRequest, year: int) -> HttpResponse:
    """Record when it was delivered and deliberated."""
    plan = shown_plan(request)
    if plan is None:
        return without_plan(request)
    row = _submission(request, plan, year)
    form = DaysForm(request.POST)
    if not form.is_valid():
        return _page(request, plan, {f"days-{row.pk}": form})
    try:
        service.record_days(row, **form.cleaned_data, by=acting(request))
    except ProblemError as error:
        return _refused(request, plan, f"days-{row.pk}", form, error)
    return _done()


@require_POST
def opine(request: HttpRequest, year: int) -> HttpResponse:
    """Record an opinion."""
    plan = shown_plan(request)
    if plan is None:
        return without_plan(request)
    row = _submission(request, plan, year)
    form = OpinionForm(request.POST)
    if not form.is_valid():
        return _page(request, plan, {f"opinion-{row.pk}": form})
    try:
        service.record_opinion(row, **form.cleaned_data, by=acting(request))
    except ProblemError as error:
        return _refused(request, plan, f"opinion-{row.pk}", form, error)
    return _done()


def _opinion(request: HttpRequest, plan: Plan, year: int, number: int) -> Opinion:
    row = _submission(request, plan, year)
    found = next((opinion for opinion in row.opinions.all() if opinion.number == number), None)
    if found is None:
        raise Http404
    return found


@require_POST
def reply(request: HttpRequest, year: int, number: int) -> HttpResponse:
    """Answer an opinion, or judge the answer (``verdict`` accept or return)."""
    plan = shown_plan(request)
    if plan is None:
        return without_plan(request)
    opinion = _opinion(request, plan, year, number)
    verdict = request.POST.get("verdict", "")
    form: ProblemForm = VerdictForm(request.POST) if verdict else AnswerForm(request.POST)
    if not form.is_valid():
        return _page(request, plan, {f"answer-{opinion.pk}": form})
    try:
        if verdict:
            words = form.cleaned_data["words"]
            service.judge_answer(opinion, is_accepted=verdict == "accept", words=words, by=acting(request))
        else:
            service.answer_opinion(opinion, form.cleaned_data["text"], by=acting(request))
    except ProblemError as error:
        return _refused(request, plan, f"answer-{opinion.pk}", form, error)
    return _done()
