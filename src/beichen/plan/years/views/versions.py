"""`/plan/years/2024/versions`: the versions of a year, and what differs between two of them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from beichen.kernel.access.service import acting
from beichen.plan.models import Plan
from beichen.plan.years.models import YearPlan
from beichen.plan.years.service import Difference, compare, versions
from beichen.plan.years.views.shown import amount, crumbs, line_name, of_plan, region_name
from beichen.web.links import Link
from beichen.web.tables import Column, Table, answer
from beichen.web.templatetags.beichen import foreign


def _columns(plan: Plan) -> list[Column[Difference]]:
    return [
        Column("number", _("No."), lambda row: row.shown.number, is_number=True),
        Column("name", _("Indicator"), lambda row: line_name(plan, row.shown), is_header=True),
        Column("region", _("Region"), lambda row: region_name(row.shown.region)),
        Column(
            "older", _("Before"), lambda row: amount(row.older.value) if row.older else "", is_number=True
        ),
        Column("newer", _("After"), lambda row: amount(row.newer.value) if row.newer else "", is_number=True),
        Column("unit", _("Unit"), lambda row: row.shown.unit),
        Column(
            "reason",
            _("Why"),
            lambda row: row.newer.reason if row.newer else "",
            lambda row: foreign(row.newer.reason) if row.newer else "",
        ),
    ]


def _chosen(rows: list[YearPlan], wanted: str, otherwise: int) -> YearPlan | None:
    found = next((row for row in rows if str(row.version) == wanted), None)
    return found or (rows[min(otherwise, len(rows) - 1)] if rows else None)


@require_safe
@of_plan
def versions_of_year(request: HttpRequest, plan: Plan, number: int) -> HttpResponseBase:
    """All versions with who adopted them and why; two of them compared, by default the last two."""
    rows = list(versions(plan, number, by=acting(request)))
    newer = _chosen(rows, request.GET.get("to", ""), 0)
    older = _chosen(rows, request.GET.get("from", ""), 1)
    table: Table[Difference] = Table(
        f"compare-{number}",
        _("What differs"),
        compare(older, newer) if older and newer else [],
        _columns(plan),
        search=("name",),
    )
    context = {
        "plan": plan,
        "number": number,
        "versions": rows,
        "older": older,
        "newer": newer,
        "crumbs": crumbs(
            Link(str(number), reverse("plan_years:year", args=[number])), Link(gettext("Versions"))
        ),
    }
    return answer(request, table, "plan_years/versions.html", context)
