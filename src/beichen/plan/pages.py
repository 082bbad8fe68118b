"""What the plan's pages share: the plan shown, words in the reader's language, the way to a place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from beichen.hubs.data.service import unit_name
from beichen.kernel.access.service import acting, require
from beichen.plan.measurement import path_value
from beichen.plan.models import Plan, PlanState
from beichen.plan.service import READ, READ_DRAFTS, Standing, current_plan, plan_by_key
from beichen.web.charts import Chart, Series
from beichen.web.numbers import COMPARATORS, figure

PERIODS = {"level": _("in the year"), "annual_average": _("annual average"), "cumulative": _("cumulative")}
ATTRIBUTES = {"binding": _("Binding"), "expected": _("Expected")}
KIND_NAMES = {
    "indicators": _("Indicator"),
    "targets": _("Target"),
    "projects": _("Project"),
    "bodies": _("Body"),
    "outline": _("Heading"),
}

Panel = Callable[[HttpRequest, Plan, Standing], str]
_panels: dict[str, Panel] = {}


def add_to_indicator(name: str, panel: Panel) -> None:
    """Have a room above show something on an indicator's page, below each of its lines.

    ``panel`` gives safe HTML, empty for nothing; a room registers it in its ``apps.ready()``.
    """
    _panels[name] = panel


def indicator_panels(request: HttpRequest, plan: Plan, standing: Standing) -> list[str]:
    """What the rooms above show for a line, in the order in which they registered."""
    shown = (panel(request, plan, standing) for panel in _panels.values())
    return [html for html in shown if html]


def shown_plan(request: HttpRequest) -> Plan | None:
    """The plan that ``?plan=KEY`` names, else the current one, if the reader may see it.

    Raises ProblemError PLN-208 for a key that no plan has, ACC-403.
    """
    wanted = request.GET.get("plan", "")
    plan = plan_by_key(wanted) if wanted else current_plan()
    is_draft = plan is not None and plan.state == PlanState.DRAFT
    require(acting(request), READ_DRAFTS if is_draft else READ, plan)
    if plan is not None:
        plan.is_chosen = bool(wanted)
    return plan


def kept(plan: Plan) -> dict[str, str]:
    """What the addresses of a table of this plan's facts keep."""
    return {"plan": plan.key} if plan.is_chosen else {}


def without_plan(request: HttpRequest) -> HttpResponse:
    """The page that says that no plan is imported yet, and how one comes in."""
    return render(request, "plan/none.html")


def in_english() -> bool:
    """Whether the reader reads English."""
    return get_language() == "en"


def named(plan: Plan, text: str) -> str:
    """A name of the plan in the reader's language, in Chinese where there is no English one."""
    return str(plan.english.get(text, text)) if in_english() else text


def place(location: str, plan: Plan | None = None) -> SafeString:
    """A link to a place in the text, in the plan's own numbering."""
    bare = location.partition("#")[0]
    href = reverse("plan:text", args=[bare]) + (plan.query if plan else "")
    return format_html('<a href="{}">{}</a>', href, bare)


def place_of(location: str, anchor: str, plan: Plan | None = None) -> str:
    """The address of a fact in the text."""
    page = reverse("plan:text", args=[location.partition("#")[0]])
    return f"{page}{plan.query if plan else ''}#{anchor}"


def amount(row: Any) -> str:
    """A target's quantity as people write it: comparator, number or range, unit."""
    upper = f"–{figure(row.upper)}" if row.upper is not None else ""
    return f"{COMPARATORS.get(row.comparator, '')}{figure(row.value)}{upper}{_tail(row.unit)}"


def _tail(unit: str) -> str:
    """A unit behind its number: with a space in English, but for signs such as %."""
    name = unit_name(unit)
    return f" {name}" if in_english() and name and name not in "%‰" else name


def path_chart(plan: Plan, row: Standing) -> Chart | None:
    """Real values beside the path; None when there is neither."""
    values = {point.year: point.value for point in row.points}
    goal = row.goal
    first = min([goal.base_year, *values]) if goal.period == "level" else min([plan.start_year, *values])
    years = list(range(max(first, goal.base_year - 8), max([goal.target_year, *values]) + 1))
    path: list[float | None] = [
        path_value(goal, year, goal.base) if goal.base_year <= year <= goal.target_year else None
        for year in years
    ]
    if goal.period == "annual_average":
        path = [goal.target if plan.start_year <= year <= goal.target_year else None for year in years]
    if goal.base is None and goal.target is not None and goal.period == "level":
        path = [goal.target if year == goal.target_year else None for year in years]
    if not values and goal.target is None:
        return None
    known = [values.get(year) for year in years]
    drawn = "points" if sum(value is not None for value in path) == 1 else "line"
    series = [
        Series(
            gettext("Path of the plan"), [_rounded(value) for value in path], "star", drawn, is_dashed=True
        ),
        Series(gettext("Real value"), known, "accent", "points", has_labels=True),
    ]
    return Chart(
        title=row.name_en if in_english() else row.name,
        unit=unit_name(row.unit),
        first_heading=gettext("Year"),
        categories=[str(year) for year in years],
        series=series,
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
