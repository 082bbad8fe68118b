"""`/plan/duties/bodies`: every body's duties counted; `/plan/duties/bodies/KEY`: what a body owes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from beichen.kernel.access.service import acting, decide
from beichen.kernel.calendar.service import is_working_day
from beichen.kernel.org.models import Body
from beichen.plan.duties.models import Duty, Milestone, Reminder, Report, Round, SupervisionNote
from beichen.plan.duties.pages import badge, body_link, body_name, crumbs, frame, period_name, plan_of_duties
from beichen.plan.duties.periods import working_days_until
from beichen.plan.duties.service import (
    INSPECT,
    BodyProgress,
    body_by_key,
    duties_of,
    last_round,
    owed_in,
    own_bodies,
    progress_of,
    with_standing,
)
from beichen.plan.duties.words import NoteStatus, ReminderKind, ReportStatus, Standing
from beichen.plan.models import Plan
from beichen.plan.pages import without_plan
from beichen.web.links import Link
from beichen.web.tables import Column, Table, answer

_COMING = 30  # days ahead in which milestones and deadlines are shown as coming


def _name(row: BodyProgress) -> Any:
    if row.body is not None:
        return body_link(row.body)
    href = reverse("plan_duties:index") + "?standing=unassigned"
    return format_html('<a href="{}">{}</a>', href, _("Unassigned"))


def _count(key: str, title: Any) -> Column[BodyProgress]:
    return Column(key, title, lambda row: getattr(row, key), sort=(key,), is_number=True)


COLUMNS: list[Column[BodyProgress]] = [
    Column("name", _("Body"), lambda row: body_name(row.body), _name, ("name",), is_header=True),
    _count("duties", _("Duties")),
    _count("done", _("Done")),
    _count("in_time", _("Done in time")),
    _count("overdue", _("Overdue")),
    _count("stuck", _("Stuck")),
    _count("unreported", _("Reports missing")),
]


@require_safe
def body_list(request: HttpRequest) -> HttpResponseBase:
    """Every body that leads a duty, with its counts."""
    plan = plan_of_duties(request)
    if plan is None:
        return without_plan(request)
    rows = progress_of(plan)
    newest = last_round(plan, timezone.localdate())
    name = period_name(newest.period) if newest else ""
    table: Table[BodyProgress] = Table(
        "bodies", _("Duties by body"), rows, COLUMNS, search=("name", "name_en"), page_size=120
    )
    context = frame(request, plan, "bodies") | {"newest": newest, "newest_name": name}
    return answer(request, table, "plan_duties/bodies.html", context)


def _owed(plan: Plan, round_: Round | None, body: Body) -> list[dict[str, Any]]:
    """The body's reports of the newest round: missing and returned first."""
    if round_ is None:
        return []
    reports = {row.duty_id: row for row in Report.objects.filter(round=round_, body=body)}
    found = []
    for duty in owed_in(round_).filter(lead=body).order_by("start"):
        report = reports.get(duty.pk)
        status = report.status if report else "missing"
        label = ReportStatus(status).label if report else _("Missing")
        is_open = status in ("missing", ReportStatus.DRAFT, ReportStatus.RETURNED)
        found.append({"duty": duty, "report": report, "badge": badge(status, label), "is_open": is_open})
    return sorted(found, key=lambda item: not item["is_open"])


def _shown(rows: QuerySet[Duty]) -> list[dict[str, Any]]:
    return [
        {"duty": duty, "badge": badge(value, Standing(value).label)}
        for duty in with_standing(rows, timezone.localdate())
        if (value := str(getattr(duty, "standing", "")))
    ]


def _inside(plan: Plan, body: Body) -> dict[str, Any]:
    """What only the body itself and who inspects may read."""
    newest, today = last_round(plan, timezone.localdate()), timezone.localdate()
    owed = _owed(plan, newest, body)
    notes = SupervisionNote.objects.filter(plan=plan, body=body).exclude(status=NoteStatus.CLOSED)
    reminders = Reminder.objects.filter(plan=plan, body=body).select_related("round", "note")[:10]
    return {
        "newest": newest,
        "newest_name": period_name(newest.period) if newest else "",
        "owed": owed,
        "missing": sum(item["is_open"] for item in owed),
        "days_left": working_days_until(today, newest.due, is_working_day) if newest else 0,
        "notes": [
            {"row": row, "badge": badge(row.status, NoteStatus(row.status).label), "is_late": row.due < today}
            for row in notes.select_related("duty")
        ],
        "reminders": [
            {
                "row": row,
                "kind": ReminderKind(row.kind).label,
                "period": period_name(row.round.period) if row.round else "",
            }
            for row in reminders
        ],
    }


@require_safe
def body(request: HttpRequest, key: str) -> HttpResponse:
    """What a body owes: reports of the newest round, notes to answer, milestones that come, its duties."""
    plan = plan_of_duties(request)
    if plan is None:
        return without_plan(request)
    row, by = body_by_key(key), acting(request)
    own = row in own_bodies(by)
    counts = next((one for one in progress_of(plan) if one.body == row), None)
    led = duties_of(plan).filter(lead=row)
    supported = duties_of(plan, body=row).exclude(lead=row)
    context = frame(request, plan, "bodies") | {
        "body": row,
        "name": body_name(row),
        "crumbs": crumbs(Link(_("Bodies"), reverse("plan_duties:bodies")), Link(body_name(row))),
        "counts": counts,
        "is_own": own,
        "is_inside": own or bool(decide(by, INSPECT, plan)),
        "led": _shown(led),
        "supported": _shown(supported),
        "milestones": _coming(plan, row),
    }
    if context["is_inside"]:
        context |= _inside(plan, row)
    return render(request, "plan_duties/body.html", context)


def _coming(plan: Plan, row: Body) -> list[dict[str, Any]]:
    """The body's milestones that are late or come within a month."""
    today = timezone.localdate()
    rows = Milestone.objects.filter(
        duty__plan=plan,
        duty__lead=row,
        duty__vanished_at=None,
        done_on=None,
        due__lte=today + timedelta(_COMING),
    )
    return [{"row": one, "is_late": one.due < today} for one in rows.select_related("duty").order_by("due")]
