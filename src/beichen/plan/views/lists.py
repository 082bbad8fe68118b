"""`/plan/targets` and `/plan/projects`: what the plan promises in its prose, and builds, as tables."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from beichen.plan.models import Node, Plan, Project, Target
from beichen.plan.pages import PERIODS, amount, kept, place_of, shown_plan, without_plan
from beichen.plan.service import box_counts
from beichen.web.tables import Column, Filter, Table, answer
from beichen.web.templatetags.beichen import foreign


def _place(kind: str, plan: Plan) -> Callable[[Target | Project], str]:
    def link(row: Target | Project) -> str:
        location = row.location.partition("#")[0]
        return format_html('<a href="{}">{}</a>', place_of(location, f"{kind}-{row.key}", plan), location)

    return link


def _checked(row: Target | Project) -> str:
    return str(_("Checked")) if row.is_checked else str(_("Not yet"))


def _parts(plan: Plan) -> list[tuple[str, str]]:
    parts = Node.objects.filter(plan=plan, level="part").order_by("position")
    return [(f"{part.location}.", f"{part.location} {part.title}") for part in parts]


def _target_columns(plan: Plan) -> list[Column[Target]]:
    return [
        Column(
            "subject",
            _("Whose"),
            lambda row: row.subject,
            lambda row: foreign(row.subject),
            sort=("subject",),
        ),
        Column(
            "metric",
            _("What"),
            lambda row: row.metric,
            lambda row: foreign(row.metric),
            ("metric",),
            is_header=True,
        ),
        Column("amount", _("How much"), amount, sort=("value",), is_number=True),
        Column("value", _("Value"), lambda row: row.value, is_exported_only=True),
        Column("unit", _("Unit"), lambda row: row.unit, is_exported_only=True),
        Column("period", _("Counted"), lambda row: str(PERIODS.get(row.period, "")), sort=("period",)),
        Column("year", _("Year"), lambda row: row.target_year, sort=("target_year",), is_number=True),
        Column("place", _("Place"), lambda row: row.location, _place("targets", plan), ("position",)),
        Column("quote", _("Words of the plan"), lambda row: row.quote, is_exported_only=True),
        Column("checked", _("Checked"), _checked, sort=("checked_at",)),
    ]


def _project_columns(plan: Plan) -> list[Column[Project]]:
    return [
        Column(
            "name",
            _("Project"),
            lambda row: row.name,
            lambda row: foreign(row.name),
            ("name",),
            is_header=True,
        ),
        Column("group", _("Group"), lambda row: row.group, lambda row: foreign(row.group), ("group",)),
        Column(
            "box",
            _("Box"),
            lambda row: f"{row.box} {row.box_title}",
            lambda row: foreign(row.box_title),
            ("position",),
        ),
        Column("place", _("Place"), lambda row: row.location, _place("projects", plan), ("position",)),
        Column("checked", _("Checked"), _checked, sort=("checked_at",)),
    ]


@require_safe
def target_list(request: HttpRequest) -> HttpResponseBase:
    """Every quantity that the prose promises, by part, year and way of counting."""
    plan = shown_plan(request)
    if plan is None:
        return without_plan(request)
    rows: QuerySet[Target] = Target.objects.filter(plan=plan).order_by("position")
    years = rows.order_by("target_year").values_list("target_year", flat=True).distinct()
    table: Table[Target] = Table(
        "targets",
        _("Targets in the plan's text"),
        rows,
        _target_columns(plan),
        [
            Filter("part", _("Part"), "location__startswith", _parts(plan)),
            Filter("year", _("Year"), "target_year", [(str(year), str(year)) for year in years]),
            Filter("period", _("Counted"), "period", list(PERIODS.items())),
        ],
        ("subject", "metric", "quote"),
        kept=kept(plan),
    )
    return answer(request, table, "plan/targets.html", {"plan": plan})


@require_safe
def project_list(request: HttpRequest) -> HttpResponseBase:
    """Every project that a box names, by box."""
    plan = shown_plan(request)
    if plan is None:
        return without_plan(request)
    boxes = box_counts(plan)
    table: Table[Project] = Table(
        "projects",
        _("Projects in the plan's boxes"),
        Project.objects.filter(plan=plan).order_by("position"),
        _project_columns(plan),
        [Filter("box", _("Box"), "box", [(box["box"], f"{box['box']} {box['box_title']}") for box in boxes])],
        ("name", "group", "box_title", "description"),
        kept=kept(plan),
    )
    context = {
        "plan": plan,
        "boxes": boxes,
        "most": max((box["projects"] for box in boxes), default=1),
        "chosen": request.GET.get("box", ""),
    }
    return answer(request, table, "plan/projects.html", context)
