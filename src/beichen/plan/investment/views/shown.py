"""What the room's pages share: the year shown, the projects a reader may see, amounts and badges."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from beichen.kernel.access.service import acting, require
from beichen.plan.investment.models import Investment
from beichen.plan.investment.service import (
    GAP_NAMES,
    READ,
    Gap,
    InvestmentStanding,
    investments,
    readable,
    standings_of,
)
from beichen.plan.investment.stages import Stage
from beichen.plan.models import Node, Plan
from beichen.plan.pages import in_english, shown_plan
from beichen.web.numbers import figure
from beichen.web.templatetags.beichen import foreign

TONES = {
    "": "unknown",
    Stage.PLANNED: "unknown",
    Stage.PREPARING: "behind",
    Stage.STARTED: "on-course",
    Stage.BUILDING: "on-course",
    Stage.COMPLETED: "ahead",
    Stage.OPERATING: "ahead",
    Stage.PAUSED: "missed",
    Stage.ENDED: "missed",
}


def plan_of(request: HttpRequest) -> Plan | None:
    """The current plan, for whom may see its projects. Raises ACC-403."""
    require(acting(request), READ)
    return shown_plan(request)


def year_of(request: HttpRequest, plan: Plan) -> int:
    """The year that the address names, else this year within the plan."""
    wanted = request.GET.get("year", "")
    if wanted.isdecimal() and len(wanted) == 4 and plan.start_year <= int(wanted) <= plan.end_year:
        return int(wanted)
    return min(max(timezone.localdate().year, plan.start_year), plan.end_year)


def standings_for(request: HttpRequest, plan: Plan, year: int) -> list[InvestmentStanding]:
    """How every project stands that the reader may see."""
    return standings_of(readable(acting(request), plan, investments(plan)), year)


def parts_of(plan: Plan) -> dict[str, str]:
    """The titles of the plan's parts by number."""
    parts = Node.objects.filter(plan=plan, level="part").order_by("position")
    return {part.location: part.title for part in parts}


def money(value: Decimal | None) -> str:
    """An amount in 万元 with thousands separated; empty when unknown."""
    return figure(value, 4)


def stage_name(stage: str) -> str:
    """A stage in the reader's language."""
    return str(Stage(stage).label) if stage else _("No data")


def stage_badge(stage: str) -> SafeString:
    """A stage as word and colour."""
    return format_html('<span class="badge is-{}">{}</span>', TONES[stage], stage_name(stage))


def demo_badge(is_demo: bool) -> SafeString:
    """The mark of made-up figures; nothing for real ones."""
    return format_html('<span class="badge is-behind">{}</span>', _("Demo")) if is_demo else SafeString("")


def gap_badges(gaps: Sequence[Gap]) -> SafeString:
    """The shortages as badges; absences of data as one quiet word each."""
    return format_html_join(
        " ", '<span class="badge is-behind">{}</span>', ((GAP_NAMES[gap],) for gap in gaps)
    )


def lead_of(row: Investment) -> str:
    """The lead body in the reader's language, or its name as it was given."""
    if row.lead is None:
        return row.lead_name
    return (row.lead.name_en or row.lead.name) if in_english() else row.lead.name


def region_of(row: Investment) -> str:
    """The region's name in the reader's language."""
    if row.region is None:
        return ""
    return (row.region.name_en or row.region.name) if in_english() else row.region.name


def project_link(row: Investment) -> SafeString:
    """The project's name, leading to its page, with the mark of a demonstration."""
    href = reverse("plan_investment:project", args=[row.key])
    return format_html('<a href="{}">{}</a> {}', href, foreign(row.name), demo_badge(row.is_demo))


def rendered(template: str, context: dict[str, Any]) -> SafeString:
    """A template of the room as it stands in a cell."""
    return SafeString(render_to_string(f"plan_investment/{template}", context))
