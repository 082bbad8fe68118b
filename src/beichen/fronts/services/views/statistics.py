"""`/services/statistics`: promised against real days, zero trips, papers reused, ratings; with exports."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as pgettext
from django.views.decorators.http import require_safe

from beichen.fronts.services.items.catalogue import entries
from beichen.fronts.services.items.figures import figures_table
from beichen.fronts.services.items.statistics import FEWEST, GROUPS, figures, period_of
from beichen.fronts.services.items.words import Channel
from beichen.fronts.services.models import Definition
from beichen.fronts.services.permissions import INSPECT
from beichen.fronts.services.signs import name_of
from beichen.fronts.services.views.applying import regions
from beichen.kernel.access.service import acting, require
from beichen.kernel.org.models import Body, Region
from beichen.web.tables import answer

TITLES = {
    "item": _("Service"),
    "body": _("Body"),
    "region": _("Region"),
    "channel": pgettext("channel", "Channel"),
    "process": pgettext("service", "Process"),
}


@require_safe
def statistics(request: HttpRequest) -> HttpResponseBase:
    """A row for each item, body, region, channel or process of a period."""
    by = acting(request)
    require(by, INSPECT)
    today = timezone.localtime().date()
    group = request.GET.get("by", "")
    group = group if group in GROUPS else "item"
    region = request.GET.get("region", "")
    known = {one.code: name_of(one) for one in regions()}
    region = region if region in known else ""
    period = request.GET.get("period", str(today.year))[:7]
    first, end = period_of(period, today)
    rows = figures(group, first, end, by=by, region=region)
    kept = {name: value for name, value in (("by", group), ("period", period), ("region", region)) if value}
    table = figures_table(rows, _names(group), TITLES[group], kept)
    context = {
        "groups": list(TITLES.items()),
        "group": group,
        "period": period,
        "periods": _periods(today.year),
        "regions": list(known.items()),
        "region": region,
        "first": first,
        "last": end - timedelta(days=1),
        "fewest": FEWEST,
        "count": sum(one.count for one in rows),
    }
    return answer(request, table, "services/statistics.html", context)


def _periods(year: int) -> list[str]:
    """Years, quarters and months to choose from, the newest first."""
    months = [f"{year}-{month:02d}" for month in range(12, 0, -1)]
    quarters = [f"{year}-Q{quarter}" for quarter in range(4, 0, -1)]
    return [str(year), str(year - 1), str(year - 2), *quarters, *months]


def _names(group: str) -> dict[str, str]:
    if group == "item":
        return {one.key: one.name for one in entries()}
    if group == "body":
        return {row.key: name_of(row) for row in Body.objects.filter(is_current=True)}
    if group == "region":
        levels = ("city", "county", "street")
        return {row.code: name_of(row) for row in Region.objects.filter(is_current=True, level__in=levels)}
    if group == "channel":
        return {str(one): str(one.label) for one in Channel}
    return {row.key: row.label for row in Definition.objects.filter(is_newest=True).defer("spec", "files")}
