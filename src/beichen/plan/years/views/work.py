"""`/plan/years/2024/work`: the year's key work as one list."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from beichen.kernel.access.service import acting
from beichen.plan.models import Plan
from beichen.plan.pages import in_english, named, place
from beichen.plan.years.views.shown import crumbs, indicator_link, of_plan, year_tabs
from beichen.plan.years.worklist import Work, work_list
from beichen.web.links import Link
from beichen.web.tables import Column, Filter, Table, answer
from beichen.web.templatetags.beichen import foreign

KINDS = {
    "target": _("Yearly target"),
    "promise": _("Promise of the text"),
    "duty": _("Duty"),
    "milestone": _("Milestone"),
}


def _title(plan: Plan, row: Work) -> str:
    name = named(plan, row.title)
    if row.kind == "target":
        return indicator_link(int(row.reference), name, name == row.title)
    words = foreign(name) if name == row.title else name
    if row.kind == "promise":
        return words
    demo = format_html(' <span class="badge">{}</span>', _("Demo")) if row.is_demo else ""
    return format_html(
        '<a href="{}">{}</a>{}', reverse("plan_duties:duty", args=[row.reference]), words, demo
    )


def _lead(row: Work) -> str:
    if row.lead is None:
        return ""
    return row.lead.name_en if in_english() and row.lead.name_en else row.lead.name


@require_safe
@of_plan
def work(request: HttpRequest, plan: Plan, number: int) -> HttpResponseBase:
    """What falls due in the year, by kind; exported as the list that goes out to the bodies."""
    columns: list[Column[Work]] = [
        Column("kind", _("Category"), lambda row: str(KINDS[row.kind]), sort=("kind",)),
        Column(
            "title",
            _("What"),
            lambda row: named(plan, row.title),
            lambda row: _title(plan, row),
            is_header=True,
        ),
        Column("amount", _("How much"), lambda row: row.amount, is_number=True),
        Column("unit", _("Unit"), lambda row: row.unit),
        Column("due", _("Due"), lambda row: row.due.isoformat(), sort=("due",)),
        Column("lead", _("Lead"), _lead, sort=("lead",)),
        Column(
            "done",
            _("Done"),
            lambda row: str(_("Yes") if row.is_done else ""),
        ),
        Column(
            "place",
            _("Place"),
            lambda row: row.reference,
            lambda row: place(row.reference) if row.kind == "promise" else "",
        ),
    ]
    table: Table[Work] = Table(
        f"work-{number}",
        _("Key work of the year"),
        work_list(plan, number, by=acting(request)),
        columns,
        [Filter("kind", _("Category"), "kind", list(KINDS.items()))],
        ("title", "lead_name"),
    )
    context = {
        "plan": plan,
        "number": number,
        "tabs": year_tabs(plan, number, "plan_years:work"),
        "crumbs": crumbs(
            Link(str(number), reverse("plan_years:year", args=[number])), Link(gettext("Key work"))
        ),
    }
    return answer(request, table, "plan_years/work.html", context)
