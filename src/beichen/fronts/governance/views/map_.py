"""`/console/map`: where the open cases are, as clusters and heat; the same as a table."""

from __future__ import annotations

from itertools import islice
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from beichen.fronts.governance.counts import Seen
from beichen.fronts.governance.maps import map_context
from beichen.fronts.governance.queue import CasePage, CaseTable, queue_table
from beichen.fronts.governance.reach import looking
from beichen.fronts.governance.spots import Spot, cell_of_key, counted_cells, resolution_of, spots, within
from beichen.platforms.geo.pages import Bounds
from beichen.problem import Problem, ProblemError, Where, code, said
from beichen.web.exports import FORMATS, export
from beichen.web.tables import State

BAD_BOX = code("GOV-107", "The part of the map is not well-formed.", status=422)
MOST = 500
LISTED = 20
CITY_RESOLUTION, LIST_RESOLUTION = 7, 9


def _box(text: str) -> tuple[float, float, float, float]:
    """West, south, east, north of an address. Raises ProblemError GOV-107."""
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        raise ProblemError(
            Problem(BAD_BOX, said("four numbers with commas are needed"), Where(field="bbox"))
        ) from None
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise ProblemError(Problem(BAD_BOX, said("west, south, east, north in degrees"), Where(field="bbox")))
    return west, south, east, north


def _zoom(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ProblemError(Problem(BAD_BOX, said("the zoom is a number"), Where(field="zoom"))) from None


def _feature(one: Spot) -> dict[str, Any]:
    properties = {
        "count": one.count,
        "overdue": one.overdue,
        "tone": one.tone,
        "href": f"{reverse('governance:map')}?cell={one.key}",
    }
    geometry = {"type": "Point", "coordinates": [one.longitude, one.latitude]}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


@require_safe
def clusters(request: HttpRequest) -> HttpResponse:
    """The clusters of a part of the map at a zoom, the fullest first, at most :data:`MOST`; GeoJSON."""
    seen = Seen(looking(request))
    west, south, east, north = _box(request.GET.get("bbox", ""))
    resolution = resolution_of(_zoom(request.GET.get("zoom", "")))
    found = spots(counted_cells(seen, timezone.now(), resolution), resolution)
    inside = (one for one in found if west <= one.longitude <= east and south <= one.latitude <= north)
    features = [_feature(one) for one in islice(inside, MOST)]
    document = {"type": "FeatureCollection", "features": features}
    return JsonResponse(document, headers={"Cache-Control": "private, no-cache"})


def dots(context: dict[str, Any], found: list[Spot]) -> list[dict[str, Any]]:
    """Circles on the drawn sheet, larger for more cases."""
    if not context:
        return []
    sheet, size = context["drawing"].sheet, float(context["dot_size"])
    most = max((one.count for one in found), default=1)
    circles = []
    for one in found:
        x, y = sheet.place((one.longitude, one.latitude))
        radius = size * (0.3 + 0.9 * (one.count / most) ** 0.5)
        circles.append({"x": f"{x:.1f}", "y": f"{y:.1f}", "r": f"{radius:.2f}", "tone": one.tone})
    return circles


def _bounds(request: HttpRequest, cell: int | None) -> Bounds | None:
    """The part to show first: around a place that the address names, or the chosen cell."""
    try:
        longitude, latitude = (float(part) for part in request.GET.get("place", "").split(","))
    except ValueError:
        if cell is None:
            return None
        one = next(spots([(cell, 1, 0)], _resolution(cell)))
        longitude, latitude = one.longitude, one.latitude
    return Bounds(longitude - 0.03, latitude - 0.02, longitude + 0.03, latitude + 0.02)


def _resolution(cell: int) -> int:
    return (cell >> 52) & 0xF


def _table(request: HttpRequest, cell: int | None) -> tuple[CaseTable, State]:
    by, now = looking(request), timezone.now()
    table = queue_table(by, now)
    if cell is None:
        rows, kept = table.rows.filter(cell__isnull=False), {}
    else:
        rows, kept = within(table.rows, cell), {"cell": request.GET["cell"]}
    chosen = CaseTable(
        table.key, table.title, rows, table.columns, table.filters, table.search, kept=kept, rules=table.rules
    )
    return chosen, State.of(request, chosen)


@require_safe
def case_map(request: HttpRequest) -> HttpResponseBase:
    """The map with the fullest places beside it, and the cases of the chosen place as a table."""
    seen = Seen(looking(request))
    cell = cell_of_key(request.GET.get("cell", ""))
    table, state = _table(request, cell)
    wanted = request.GET.get("format", "")
    if wanted in FORMATS:
        return export(table.key, table.columns, table.select(state), wanted)
    page = CasePage(table, state)
    if request.headers.get("HX-Target") == "table-cases":
        return render(request, "web/components/table.html", {"page": page})
    cells = counted_cells(seen, timezone.now(), max(LIST_RESOLUTION, CITY_RESOLUTION))
    context = map_context(request, _bounds(request, cell))
    context |= {
        "table": page,
        "cell": request.GET.get("cell", "") if cell is not None else "",
        "hot": list(islice(spots(cells, LIST_RESOLUTION), LISTED)),
        "placed": sum(found for _cell, found, _late in cells),
        "dots": dots(context, list(islice(spots(cells, CITY_RESOLUTION), MOST))),
    }
    return render(request, "governance/map.html", context)
