"""`/plan/duties/rounds`: reporting rounds; in a round, what bodies handed in and what waits for review."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from beichen.kernel.access.service import acting, decide
from beichen.kernel.org.models import Body
from beichen.plan.duties.forms import RoundForm, RuleForm
from beichen.plan.duties.models import Report, Round
from beichen.plan.duties.pages import badge, body_link, crumbs, frame, period_name, plan_of_duties
from beichen.plan.duties.service import (
    INSPECT,
    REVIEW,
    SCHEDULE,
    missing_in,
    next_periods,
    open_round,
    owed_in,
    round_by_number,
    rule_of,
    set_rule,
)
from beichen.plan.duties.words import Length, ReportStatus, State
from beichen.plan.models import Plan
from beichen.plan.pages import without_plan
from beichen.problem import ProblemError
from beichen.web.links import Link

_MOST_ROUNDS = 40


def _round_rows(plan: Plan) -> list[dict[str, Any]]:
    counted = Round.objects.filter(plan=plan).annotate(
        submitted=Count("reports", filter=Q(reports__status=ReportStatus.SUBMITTED)),
        accepted=Count("reports", filter=Q(reports__status=ReportStatus.ACCEPTED)),
        returned=Count("reports", filter=Q(reports__status=ReportStatus.RETURNED)),
    )
    today = timezone.localdate()
    return [
        {
            "row": row,
            "name": period_name(row.period),
            "missing": missing_in(row).count() if row.opens <= today else None,
            "is_over": row.due < today,
        }
        for row in counted.order_by("-ends")[:_MOST_ROUNDS]
    ]


def _list_page(request: HttpRequest, plan: Plan, **bad: Any) -> HttpResponse:
    rule = rule_of(plan)
    periods = [(one.text, period_name(one.text)) for one in next_periods(plan, timezone.localdate())]
    initial = {"length": rule.length, "working_days": rule.working_days, "remind_days": rule.remind_days}
    shown = frame(request, plan, "rounds") | {
        "rounds": _round_rows(plan),
        "rule": rule,
        "length": Length(rule.length).label,
        "may_schedule": bool(decide(acting(request), SCHEDULE, plan)),
        "periods": periods,
        "round_form": bad.get("round") or RoundForm(periods=periods),
        "rule_form": bad.get("rule") or RuleForm(initial=initial),
        "refused": set(bad),
    }
    return render(request, "plan_duties/rounds.html", shown, status=422 if bad else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def round_list(request: HttpRequest) -> HttpResponse:
    """The rounds; a planner opens one, or says how bodies report."""
    plan = plan_of_duties(request)
    if plan is None:
        return without_plan(request)
    if request.method != "POST":
        return _list_page(request, plan)
    return _rule(request, plan) if "working_days" in request.POST else _open(request, plan)


def _open(request: HttpRequest, plan: Plan) -> HttpResponse:
    periods = [(one.text, period_name(one.text)) for one in next_periods(plan, timezone.localdate())]
    form = RoundForm(request.POST, periods=periods)
    if form.is_valid():
        try:
            row = open_round(plan, form.cleaned_data["period"], by=acting(request))
        except ProblemError as error:
            if error.status == 403:
                raise
            form.take(error)
        else:
            return HttpResponseRedirect(reverse("plan_duties:round", args=[row.pk]))
    return _list_page(request, plan, round=form)


def _rule(request: HttpRequest, plan: Plan) -> HttpResponse:
    form = RuleForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        try:
            set_rule(
                plan,
                Length(said["length"]),
                said["working_days"],
                said["remind_days"],
                by=acting(request),
            )
        except ProblemError as error:
            if error.status == 403:
                raise
            form.take(error)
        else:
            messages.success(request, gettext("Kept."))
            return HttpResponseRedirect(reverse("plan_duties:rounds"))
    return _list_page(request, plan, rule=form)


def _by_body(row: Round) -> list[dict[str, Any]]:
    """Per body: reports owed, missing, waiting for review, accepted, returned."""
    owed = Counter(owed_in(row).values_list("lead", flat=True))
    missing = Counter(missing_in(row).values_list("lead", flat=True))
    statuses = Counter(Report.objects.filter(round=row).values_list("body", "status"))
    bodies = Body.objects.filter(pk__in={*owed, *(body for body, _status in statuses)}).order_by("path")
    return [
        {
            "body": body_link(body),
            "owed": owed[body.pk],
            "missing": missing[body.pk],
            "submitted": statuses[body.pk, ReportStatus.SUBMITTED],
            "accepted": statuses[body.pk, ReportStatus.ACCEPTED],
            "returned": statuses[body.pk, ReportStatus.RETURNED],
        }
        for body in bodies
    ]


@require_safe
def round_(request: HttpRequest, number: int) -> HttpResponse:
    """A round: every body's reports counted; the reports themselves for who may read them all."""
    plan = plan_of_duties(request)
    if plan is None:
        return without_plan(request)
    row, by = round_by_number(plan, number), acting(request)
    is_inside = bool(decide(by, INSPECT, plan))
    reports: list[dict[str, Any]] = []
    if is_inside:
        rows = Report.objects.filter(round=row).exclude(status=ReportStatus.DRAFT)
        reports = [
            {
                "row": one,
                "status": badge(one.status, ReportStatus(one.status).label),
                "state": State(one.state).label,
                "body": body_link(one.body),
            }
            for one in rows.select_related("duty", "body").order_by("-status", "duty__start")[:500]
        ]
    name = period_name(row.period)
    shown = frame(request, plan, "rounds") | {
        "round": row,
        "name": name,
        "crumbs": crumbs(Link(_("Reporting rounds"), reverse("plan_duties:rounds")), Link(name)),
        "bodies": _by_body(row),
        "reports": reports,
        "is_inside": is_inside,
        "may_review": bool(decide(by, REVIEW, plan)),
        "is_over": row.due < timezone.localdate(),
    }
    return render(request, "plan_duties/round.html", shown)
