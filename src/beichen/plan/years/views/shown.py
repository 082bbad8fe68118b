"""What the room's pages share: a year of the shown plan, names and numbers as cells."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from beichen.kernel.org.models import Region
from beichen.plan.models import Plan
from beichen.plan.pages import in_english, named, shown_plan, without_plan
from beichen.plan.years.forms import NATURES
from beichen.plan.years.models import YearTarget
from beichen.plan.years.service import Nature, check_year
from beichen.web.links import Link
from beichen.web.numbers import COMPARATORS, figure
from beichen.web.templatetags.beichen import foreign

View = Callable[..., HttpResponseBase]


def of_plan(view: View) -> View:
    """Gives a view the shown plan; a city without one says how it gets one. A year must be the plan's."""

    @wraps(view)
    def answered(request: HttpRequest, **named_arguments: Any) -> HttpResponseBase:
        plan = shown_plan(request)
        if plan is None:
            return without_plan(request)
        if "number" in named_arguments:
            check_year(plan, named_arguments["number"])
        return view(request, plan, **named_arguments)

    return answered


def amount(value: Decimal | None, comparator: str = "") -> str:
    """A target as people read it; empty where there is none."""
    return "" if value is None else f"{COMPARATORS.get(comparator, '')}{figure(value)}"


def line_name(plan: Plan, row: YearTarget) -> str:
    """A line's name in the reader's language."""
    return named(plan, row.name)


def indicator_link(number: int, name: str, is_chinese: bool) -> SafeString:
    """A link to the indicator's page."""
    href = reverse("plan:indicator", args=[number])
    return format_html('<a href="{}">{}</a>', href, foreign(name) if is_chinese else name)


def region_name(region: Region | None) -> str:
    """A region in the reader's language; the whole city for none."""
    if region is None:
        return str(_("Whole city"))
    return region.name_en if in_english() and region.name_en else region.name


def nature_name(value: str) -> str:
    """A nature's short name, the words before the colon."""
    return str(NATURES[Nature(value)]).partition(":")[0].partition("：")[0]


def crumbs(*links: Link) -> list[Link]:
    """The way from the plan to a page of this room."""
    return [Link(_("Plan"), reverse("plan:outline")), Link(_("Years"), reverse("plan_years:index")), *links]


def year_tabs(plan: Plan, number: int, route: str = "plan_years:year") -> list[Link]:
    """The plan's years side by side."""
    years = range(plan.start_year, plan.end_year + 1)
    return [Link(str(year), reverse(route, args=[year]), year == number) for year in years]
