"""`/plan/indicators`: the indicator table with how each stands, and a page for each indicator."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from beichen.hubs.data.service import unit_name
from beichen.plan.models import Plan
from beichen.plan.pages import (
    ATTRIBUTES,
    PERIODS,
    in_english,
    indicator_panels,
    kept,
    named,
    path_chart,
    place_of,
    shown_plan,
    without_plan,
)
from beichen.plan.service import Standing, standing_of, standings
from beichen.web.links import Link
from beichen.web.numbers import figure
from beichen.web.status import LABELS, Status
from beichen.web.tables import Column, Filter, Table, answer
from beichen.web.templatetags.beichen import foreign, status


def _status_cell(row: Standing) -> str:
    return render_to_string("web/components/status.html", status(row.status))


def _name(row: Standing) -> str:
    return row.name_en if in_english() else row.name


def _columns(plan: Plan) -> list[Column[Standing]]:
    def link(row: Standing) -> str:
        href = reverse("plan:indicator", args=[row.number]) + plan.query
        return format_html(
            '<a href="{}">{}</a>', href, foreign(_name(row)) if _name(row) == row.name else _name(row)
        )

    return [
        Column("number", _("No."), lambda row: row.number, sort=("number",), is_number=True),
        Column("name", _("Indicator"), _name, link, sort=("name",), is_header=True),
        Column(
            "group", _("Category"), lambda row: row.group_en if in_english() else row.group, sort=("group",)
        ),
        Column(
            "attribute", _("Kind"), lambda row: str(ATTRIBUTES.get(row.attribute, "")), sort=("attribute",)
        ),
        Column("unit", _("Unit"), lambda row: row.unit, html=lambda row: unit_name(row.unit)),
        Column("base", _("Base"), lambda row: row.base, lambda row: row.base_shown, is_number=True),
        Column(
            "target",
            _("Target"),
            lambda row: row.target,
            lambda row: row.target_shown,
            is_number=True,
        ),
        Column("year", _("Year"), lambda row: row.latest.year if row.latest else None, is_exported_only=True),
        Column(
            "latest",
            _("Latest value"),
            lambda row: row.latest.value if row.latest else None,
            _latest,
            is_number=True,
        ),
        Column("status", _("Status"), lambda row: str(LABELS[row.status]), _status_cell, sort=("status",)),
        Column("reasoning", _("Reasoning"), lambda row: row.reasoning, is_exported_only=True),
    ]


def _latest(row: Standing) -> str:
    if row.latest is None:
        return ""
    return format_html('{} <span class="quiet">{}</span>', figure(row.latest.value), row.latest.year)


@require_safe
def indicator_list(request: HttpRequest) -> HttpResponseBase:
    """All lines of the table; filters by category, kind and status."""
    plan = shown_plan(request)
    if plan is None:
        return without_plan(request)
    rows = standings(plan)
    groups = list(dict.fromkeys(row.group for row in rows))
    table: Table[Standing] = Table(
        "indicators",
        _("Indicators of the plan"),
        rows,
        _columns(plan),
        [
            Filter("group", _("Category"), "group", [(group, named(plan, group)) for group in groups]),
            Filter("attribute", _("Kind"), "attribute", list(ATTRIBUTES.items())),
            Filter("status", _("Status"), "status", [(item.value, LABELS[item]) for item in Status]),
        ],
        ("name", "name_en", "group"),
        kept=kept(plan),
    )
    counts = Counter(row.status for row in rows)
    summary = [(item.value, counts[item]) for item in Status]
    return answer(request, table, "plan/indicators.html", {"plan": plan, "summary": summary})


def _shown(plan: Plan, row: Standing) -> dict[str, Any]:
    english = in_english()
    notes = [(measure.note_en if english else measure.note) for measure in row.measures]
    return {
        "standing": row,
        "name": row.name_en if english else row.name,
        "chart": path_chart(plan, row),
        "period": PERIODS[row.goal.period],
        "notes": [note for note in notes if note],
    }


@require_safe
def indicator(request: HttpRequest, number: int) -> HttpResponse:
    """An indicator: its standing and why, its path beside the real values, its sources, its place."""
    plan = shown_plan(request)
    if plan is None:
        return without_plan(request)
    lines = standing_of(plan, number)
    if not lines:
        raise Http404
    fact = lines[0].indicator
    name = named(plan, fact.name)
    crumbs = [
        Link(_("Plan"), reverse("plan:outline") + plan.query),
        Link(_("Indicators"), reverse("plan:indicators") + plan.query),
        Link(name),
    ]
    context = {
        "plan": plan,
        "fact": fact,
        "name": name,
        "attribute": ATTRIBUTES.get(fact.attribute, ""),
        "group": named(plan, fact.group),
        "lines": [{**_shown(plan, line), "panels": indicator_panels(request, plan, line)} for line in lines],
        "crumbs": crumbs,
        "place": place_of(fact.location, f"indicators-{fact.key}", plan),
    }
    return render(request, "plan/indicator.html", context)
