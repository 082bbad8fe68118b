"""`/plan/years/2024`: what the year must bring, in the version in force or as it is computed."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from beichen.kernel.access.service import acting, decide
from beichen.plan.models import Plan
from beichen.plan.years.models import Method, YearTarget
from beichen.plan.years.service import ADOPT, DRAFT, adopted_version, draft_of, year_targets
from beichen.plan.years.views.shown import (
    amount,
    crumbs,
    indicator_link,
    line_name,
    nature_name,
    of_plan,
    region_name,
    year_tabs,
)
from beichen.web.links import Link
from beichen.web.tables import Column, Filter, Table, answer
from beichen.web.templatetags.beichen import foreign


def method_cell(row: YearTarget) -> str:
    """Where a target comes from; one set by hand or by the city stands out."""
    if row.method == Method.COMPUTED:
        return str(Method.COMPUTED.label)
    return format_html('<span class="badge">{}</span>', Method(row.method).label)


def columns_of(plan: Plan) -> list[Column[YearTarget]]:
    """The columns of a year's targets, on every page that lists them."""
    return [
        Column("number", _("No."), lambda row: row.number, sort=("number",), is_number=True),
        Column(
            "name",
            _("Indicator"),
            lambda row: line_name(plan, row),
            lambda row: indicator_link(row.number, line_name(plan, row), line_name(plan, row) == row.name),
            is_header=True,
        ),
        Column("region", _("Region"), lambda row: region_name(row.region), is_exported_only=True),
        Column(
            "value",
            _("Target of the year"),
            lambda row: row.value,
            lambda row: amount(row.value, row.comparator),
            is_number=True,
        ),
        Column("unit", _("Unit"), lambda row: row.unit),
        Column("nature", _("Way of division"), lambda row: nature_name(row.nature)),
        Column("method", _("From"), lambda row: str(Method(row.method).label), method_cell),
        Column(
            "generated",
            _("By nature"),
            lambda row: row.generated,
            lambda row: amount(row.generated),
            is_number=True,
        ),
        Column("reason", _("Why"), lambda row: row.reason, lambda row: foreign(row.reason)),
    ]


@require_safe
@of_plan
def year(request: HttpRequest, plan: Plan, number: int) -> HttpResponseBase:
    """The year's targets with where each comes from; the districts' stand below theirs."""
    by, version = acting(request), adopted_version(plan, number)
    rows = year_targets(plan, number)
    districts = list(version.targets.exclude(region=None).select_related("region")) if version else []
    regions = {row.region.code: region_name(row.region) for row in districts if row.region}
    region = request.GET.get("region", "")
    if region in regions:
        rows = [row for row in districts if row.region and row.region.code == region]
    table: Table[YearTarget] = Table(
        f"year-{number}",
        _("Targets of the year"),
        rows,
        columns_of(plan),
        [Filter("method", _("From"), "method", [(one.value, one.label) for one in Method])],
        ("name",),
    )
    context = {
        "plan": plan,
        "number": number,
        "version": version,
        "draft": draft_of(plan, number, by=by),
        "may_draft": decide(by, DRAFT, plan),
        "may_adopt": decide(by, ADOPT, plan),
        "tabs": year_tabs(plan, number),
        "regions": [
            Link(words, f"{reverse('plan_years:year', args=[number])}?region={code}", code == region)
            for code, words in sorted(regions.items())
        ],
        "crumbs": crumbs(Link(str(number))),
    }
    return answer(request, table, "plan_years/year.html", context)
