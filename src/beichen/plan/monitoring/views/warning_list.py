"""`/plan/monitoring/warnings`: the lines whose path can no longer be met, and what each needs."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from beichen.plan.models import Plan
from beichen.plan.monitoring.models import EarlyWarning
from beichen.plan.monitoring.service import warnings
from beichen.plan.monitoring.views.shown import crumbs, indicator_cell, pages_of, warning_words
from beichen.plan.monitoring.words import pace_text
from beichen.plan.pages import named, shown_plan, without_plan
from beichen.web.links import Link
from beichen.web.tables import Column, Table, answer


def _columns(plan: Plan) -> list[Column[EarlyWarning]]:
    return [
        Column("number", _("No."), lambda row: row.number, sort=("number",), is_number=True),
        Column(
            "name",
            _("Indicator"),
            lambda row: named(plan, row.name),
            lambda row: indicator_cell(row.number, named(plan, row.name), row.name),
            is_header=True,
        ),
        Column(
            "needed",
            _("Needed pace"),
            lambda row: pace_text(row.kind, row.needed, row.unit),
            lambda row: format_html("<strong>{}</strong>", pace_text(row.kind, row.needed, row.unit)),
        ),
        Column("best", _("Best past pace"), lambda row: pace_text(row.kind, row.best, row.unit)),
        Column("reasoning", _("Reasoning"), warning_words),
        Column("since", _("Since"), lambda row: timezone.localdate(row.since).isoformat(), sort=("since",)),
        Column(
            "history",
            _("History"),
            lambda _row: "",
            lambda row: format_html(
                '<a href="{}" aria-label="{} {}">{}</a>',
                reverse("plan_monitoring:history", args=[row.number]),
                _("History"),
                row.name,
                _("History"),
            ),
        ),
    ]


@require_safe
def warned(request: HttpRequest) -> HttpResponseBase:
    """The warnings in force."""
    plan = shown_plan(request)
    if plan is None:
        return without_plan(request)
    table: Table[EarlyWarning] = Table(
        "warnings", _("Early warnings"), warnings(plan), _columns(plan), search=("name",)
    )
    context = {
        "plan": plan,
        "pages": pages_of(request, plan, plan.start_year),
        "crumbs": crumbs(Link(gettext("Early warnings"))),
    }
    return answer(request, table, "plan_monitoring/warnings.html", context)
