"""`/plan/monitoring/2024`: a year of the plan on one page."""

from __future__ import annotations

from collections import Counter

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from beichen.plan.models import Plan
from beichen.plan.monitoring.service import YearLine, year_lines
from beichen.plan.monitoring.views.shown import (
    crumbs,
    forecast_cell,
    forecast_text,
    indicator_cell,
    pages_of,
)
from beichen.plan.monitoring.words import pace_text
from beichen.plan.pages import ATTRIBUTES, in_english, named, shown_plan, without_plan
from beichen.plan.service import standings, words
from beichen.plan.years.service import adopted_version, check_year
from beichen.web.links import Link
from beichen.web.numbers import COMPARATORS, figure
from beichen.web.status import LABELS, Status
from beichen.web.tables import Column, Filter, Table, answer
from beichen.web.templatetags.beichen import status


def _name(row: YearLine) -> str:
    return row.name_en if in_english() else row.name


def _badge(value: Status) -> str:
    return render_to_string("web/components/status.html", status(value))


def _aim(row: YearLine) -> str:
    if row.aim is None:
        return ""
    return f"{COMPARATORS.get(row.standing.goal.comparator, '')}{figure(row.aim)}"


def _value(row: YearLine) -> str:
    if row.value is None:
        return format_html('<span class="quiet">{}</span>', LABELS[Status.NO_DATA])
    note = format_html(' <span class="quiet">{}</span>', _("preliminary")) if row.is_preliminary else ""
    return format_html("{}{}", figure(row.value), note)


def _warning(row: YearLine) -> str:
    if row.warning is None:
        return ""
    return format_html(
        '<a class="badge is-behind" href="{}">{} {}</a>',
        reverse("plan_monitoring:warnings"),
        _("needs"),
        pace_text(row.warning.kind, row.warning.needed, row.warning.unit),
    )


def _columns() -> list[Column[YearLine]]:
    return [
        Column("number", _("No."), lambda row: row.number, sort=("number",), is_number=True),
        Column(
            "name",
            _("Indicator"),
            _name,
            lambda row: indicator_cell(row.number, _name(row), row.name),
            sort=("name",),
            is_header=True,
        ),
        Column("unit", _("Unit"), lambda row: row.standing.unit),
        Column("aim", _("Target of the year"), lambda row: row.aim, _aim, is_number=True),
        Column("value", _("Value of the year"), lambda row: row.value, _value, is_number=True),
        Column(
            "status",
            _("Status of the year"),
            lambda row: str(LABELS[row.status]),
            lambda row: _badge(row.status),
            sort=("status",),
        ),
        Column(
            "course",
            _("On the plan's course"),
            lambda row: str(LABELS[row.course]),
            lambda row: _badge(row.course),
            sort=("course",),
        ),
        Column("end", _("Target of the plan"), lambda row: row.standing.target_shown, is_number=True),
        Column(
            "forecast",
            _("Forecast"),
            lambda row: forecast_text(row.forecast),
            lambda row: forecast_cell(row.forecast),
            is_number=True,
        ),
        Column(
            "warning",
            _("Early warning"),
            lambda row: (
                pace_text(row.warning.kind, row.warning.needed, row.warning.unit) if row.warning else ""
            ),
            _warning,
        ),
        Column(
            "reasoning",
            _("Reasoning"),
            lambda row: words(row.verdict, row.standing.unit),
            is_exported_only=True,
        ),
        Column("source", _("Source"), lambda row: row.source, is_exported_only=True),
    ]


@require_safe
def index(request: HttpRequest) -> HttpResponseBase:
    """The way to the year that is shown first: the last one that has a real value."""
    plan = shown_plan(request)
    if plan is None:
        return without_plan(request)
    return HttpResponseRedirect(reverse("plan_monitoring:year", args=[_last_year(plan)]))


def _last_year(plan: Plan) -> int:
    latest = [line.latest.year for line in standings(plan) if line.latest]
    inside = [year for year in latest if plan.start_year <= year <= plan.end_year]
    return max(inside, default=plan.start_year)


@require_safe
def year(request: HttpRequest, number: int) -> HttpResponseBase:
    """Every indicator's target, value, status, course, forecast and warning of a year."""
    plan = shown_plan(request)
    if plan is None:
        return without_plan(request)
    check_year(plan, number)
    rows = year_lines(plan, number)
    groups = list(dict.fromkeys(row.group for row in rows))
    table: Table[YearLine] = Table(
        f"monitoring-{number}",
        _("The plan in one year"),
        rows,
        _columns(),
        [
            Filter("group", _("Category"), "group", [(group, named(plan, group)) for group in groups]),
            Filter("attribute", _("Kind"), "attribute", list(ATTRIBUTES.items())),
            Filter("status", _("Status of the year"), "status", [(one.value, LABELS[one]) for one in Status]),
            Filter(
                "course", _("On the plan's course"), "course", [(one.value, LABELS[one]) for one in Status]
            ),
        ],
        ("name", "name_en"),
    )
    counts = Counter(row.status for row in rows)
    shown = [one for one in Status if one is not Status.BEHIND]
    context = {
        "plan": plan,
        "number": number,
        "version": adopted_version(plan, number),
        "summary": [(one.value, counts[one]) for one in shown],
        "known": sum(row.value is not None for row in rows),
        "total": len(rows),
        "warned": sum(row.warning is not None for row in rows),
        "pages": pages_of(request, plan, number),
        "tabs": [
            Link(str(one), reverse("plan_monitoring:year", args=[one]), one == number)
            for one in range(plan.start_year, plan.end_year + 1)
        ],
        "crumbs": crumbs(Link(str(number))),
    }
    return answer(request, table, "plan_monitoring/year.html", context)
