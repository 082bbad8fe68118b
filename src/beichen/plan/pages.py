"""What the plan's pages share: the plan shown, words in the reader's language, the way to a place."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from beichen.kernel.access.service import acting, require
from beichen.plan.models import Plan
from beichen.plan.service import READ, current_plan
from beichen.problem import Problem
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


def shown_plan(request: HttpRequest) -> Plan | None:
    """The current plan, if the reader may see it. Raises ProblemError ACC-403."""
    plan = current_plan()
    require(acting(request), READ, plan)
    return plan


def without_plan(request: HttpRequest) -> HttpResponse:
    """The page that says that no plan is imported yet, and how one comes in."""
    return render(request, "plan/none.html")


def in_english() -> bool:
    """Whether the reader reads English."""
    return get_language() == "en"


def named(plan: Plan, text: str) -> str:
    """A name of the plan in the reader's language, in Chinese where there is no English one."""
    return str(plan.english.get(text, text)) if in_english() else text


def place(location: str) -> SafeString:
    """A link to a place in the text, in the plan's own numbering."""
    href = reverse("plan:text", args=[location.partition("#")[0]])
    return format_html('<a href="{}">{}</a>', href, location.partition("#")[0])


def place_of(location: str, anchor: str) -> str:
    """The address of a fact in the text."""
    return f"{reverse('plan:text', args=[location.partition('#')[0]])}#{anchor}"


def amount(row: Any) -> str:
    """A target's quantity as people write it: comparator, number or range, unit."""
    upper = f"–{figure(row.upper)}" if row.upper is not None else ""
    return f"{COMPARATORS.get(row.comparator, '')}{figure(row.value)}{upper}{row.unit}"


def told(problem: Problem) -> str:
    """A problem beside a field: what it means in the reader's language, and what was found."""
    hint = f" ({problem.hint})" if problem.hint and in_english() else ""
    return f"{gettext(problem.title)} {problem.message}{hint}"
