"""What the duties' pages share: the plan shown, names and badges, problems in the reader's language."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from beichen.kernel.access.service import acting, decide, require
from beichen.kernel.org.models import Body
from beichen.plan.duties.models import Duty
from beichen.plan.duties.service import ASSIGN, INSPECT, READ, own_bodies
from beichen.plan.duties.words import TONES
from beichen.plan.models import Plan, PlanIndicator
from beichen.plan.pages import in_english, place_of
from beichen.plan.service import current_plan
from beichen.web.links import Link
from beichen.web.templatetags.beichen import foreign

_ICONS = {
    "missed": "missed",
    "behind": "behind",
    "unknown": "unknown",
    "on-course": "on-course",
    "ahead": "check",
}


def plan_of_duties(request: HttpRequest) -> Plan | None:
    """The current plan, if the reader may see its duties. Raises ProblemError ACC-403."""
    plan = current_plan()
    require(acting(request), READ, plan)
    return plan


def body_name(body: Body | None) -> str:
    """A body's name in the reader's language."""
    if body is None:
        return ""
    return (body.name_en or body.name) if in_english() else body.name


def body_link(body: Body | None) -> SafeString | str:
    """A link to a body's page."""
    if body is None:
        return ""
    name = body_name(body)
    shown = foreign(name) if name == body.name else name
    return format_html('<a href="{}">{}</a>', reverse("plan_duties:body", args=[body.key]), shown)


def badge(value: str, label: Any) -> SafeString:
    """A word of :mod:`.words` as sign, word and colour together."""
    tone = TONES[value]
    return render_to_string("plan_duties/badge.html", {"tone": tone, "icon": _ICONS[tone], "label": label})


def period_name(text: str) -> str:
    """A period as people say it: 2024-S1 is the first half of 2024."""
    year, _dash, rest = text.partition("-")
    words = {
        "S1": gettext("first half of %(year)s"),
        "S2": gettext("second half of %(year)s"),
        "Q1": gettext("first quarter of %(year)s"),
        "Q2": gettext("second quarter of %(year)s"),
        "Q3": gettext("third quarter of %(year)s"),
        "Q4": gettext("fourth quarter of %(year)s"),
    }
    return words.get(rest, text) % {"year": year}


def demo_mark(is_demo: bool) -> SafeString | str:
    """The badge of what is made up to show the mechanism."""
    return format_html('<span class="badge demo-mark">{}</span>', gettext("Demo")) if is_demo else ""


def author(by: str, name: str) -> str:
    """Who did something; what no person did, Beichen did."""
    return str(_("Beichen")) if by.startswith("system:") else name


def fact_address(duty: Duty) -> str:
    """Where a duty's fact is shown: the indicator's page, or the place in the text."""
    if duty.kind == "indicators":
        number = PlanIndicator.objects.filter(plan_id=duty.plan_id, key=duty.key).values_list(
            "number", flat=True
        )
        return reverse("plan:indicator", args=[number[0]]) if number else ""
    if duty.vanished_at is not None:
        return ""
    if duty.kind == "projects":
        return place_of(duty.location, f"projects-{duty.key}")
    return reverse("plan:text", args=[duty.location.partition("#")[0]])


def tabs(request: HttpRequest, plan: Plan, current: str) -> list[Link]:
    """The room's pages side by side; notes only for who has some to read."""
    by = acting(request)
    found = [
        ("index", _("Duties")),
        ("bodies", _("Bodies")),
        ("rounds", _("Reporting rounds")),
    ]
    if decide(by, INSPECT, plan) or own_bodies(by):
        found.append(("notes", _("Supervision")))
    return [Link(label, reverse(f"plan_duties:{name}"), name == current) for name, label in found]


def crumbs(*way: Link) -> list[Link]:
    """The way from the plan to a page of this room."""
    return [
        Link(_("Plan"), reverse("plan:outline")),
        Link(_("Duties"), reverse("plan_duties:index")),
        *way,
    ]


def frame(request: HttpRequest, plan: Plan, current: str) -> dict[str, Any]:
    """What every page of the room says."""
    by = acting(request)
    return {
        "plan": plan,
        "tabs": tabs(request, plan, current),
        "may_assign": bool(decide(by, ASSIGN, plan)),
        "own_bodies": own_bodies(by),
    }
