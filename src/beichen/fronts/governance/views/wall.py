"""`/console/wall`: how the whole stands, for whoever supervises."""

from __future__ import annotations

from datetime import datetime
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from beichen.fronts.governance.counts import Load, Seen, body_loads, district_loads, summed, trend
from beichen.fronts.governance.maps import around, map_context
from beichen.fronts.governance.queue import NOBODY, districts, region_name
from beichen.fronts.governance.reach import looking
from beichen.fronts.governance.spots import counted_cells, spots
from beichen.fronts.governance.views.map_ import LIST_RESOLUTION, LISTED, dots
from beichen.fronts.governance.wording import body_name
from beichen.web.charts import Chart, Series

PART = "wall-part"
ROWS = 15


def _address(**chosen: str) -> str:
    return f"{reverse('governance:queue')}?{urlencode(chosen)}"


def _bodies(seen: Seen, now: datetime) -> list[tuple[str, str, Load]]:
    """Name, address and load of the bodies with most overdue."""
    return [
        (body_name(body) or _("No lead body yet"), _address(desk=body.key if body else NOBODY), load)
        for body, load in body_loads(seen, now)[:ROWS]
    ]


def _districts(seen: Seen, now: datetime) -> list[tuple[str, str, Load]]:
    return [
        (
            region_name(one) if one else _("Elsewhere in the city"),
            _address(district=one.path) if one else "",
            load,
        )
        for one, load in district_loads(seen, now, districts())
    ]


def _trend(seen: Seen, now: datetime) -> Chart:
    days = trend(seen, now)
    came: list[float | None] = [new for _day, new, _closed in days]
    closed: list[float | None] = [number for _day, _new, number in days]
    series = [Series(_("New"), came, "accent", "bar"), Series(_("Closed on the day"), closed, "ahead")]
    labels = [f"{day:%m-%d}" for day, _came, _closed in days]
    return Chart(_("Cases of the last 30 days"), "", _("Day"), labels, series, from_zero=True)


def _context(request: HttpRequest) -> dict[str, Any]:
    seen, now = Seen(looking(request)), timezone.now()
    hot = list(islice(spots(counted_cells(seen, now, LIST_RESOLUTION), LIST_RESOLUTION), LISTED))
    context = map_context(request, around(hot))
    return context | {
        "now": timezone.localtime(now),
        "total": summed([load for _body, load in body_loads(seen, now)]),
        "bodies": _bodies(seen, now),
        "districts": _districts(seen, now),
        "trend": _trend(seen, now),
        "hot": hot,
        "dots": dots(context, hot),
    }


@require_safe
def wall(request: HttpRequest) -> HttpResponse:
    """The wall, or its part that is fetched anew while it hangs there."""
    is_part = request.headers.get("HX-Target") == PART
    name = "governance/wall_part.html" if is_part else "governance/wall.html"
    response = render(request, name, _context(request))
    patch_vary_headers(response, ["HX-Request"])
    return response
