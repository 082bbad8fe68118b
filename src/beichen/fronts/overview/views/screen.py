"""`/screen`, the city on one screen, and `/overview`, what the house is and holds."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from beichen.fronts.overview.feed import feed_names
from beichen.fronts.overview.figures import key_figures
from beichen.fronts.overview.operations import operations
from beichen.fronts.overview.region import RegionView, region_view
from beichen.fronts.overview.service import READ
from beichen.fronts.overview.things import layers as thing_layers
from beichen.fronts.overview.views.things import language
from beichen.kernel.access.service import acting, decide, require, visible
from beichen.kernel.org.models import Region
from beichen.kernel.org.service import city_region, region_by_code
from beichen.plan.models import Plan
from beichen.plan.service import READ as READ_PLAN
from beichen.plan.service import Standing, box_counts, current_plan, standings
from beichen.platforms.geo import service as geo
from beichen.platforms.geo.models import Layer
from beichen.platforms.geo.pages import Bounds, Drawing, drawing
from beichen.web.links import Link
from beichen.web.status import Status

FRAGMENT = "X-Fragment"
DOCUMENT = "region"


def map_layers(request: HttpRequest) -> list[Layer]:
    """The layers that the reader may see."""
    return list(visible(acting(request), geo.READ, geo.layers()))


def _readable_plan(request: HttpRequest) -> Plan | None:
    """The current plan, for whom may read it."""
    plan = current_plan()
    return plan if plan is not None and decide(acting(request), READ_PLAN, plan) else None


def _region(request: HttpRequest, drawn: Drawing | None, layers: list[Layer]) -> RegionView | None:
    """The region that the address names. Raises Http404 when the map has none of that code."""
    code = request.GET.get("region", "")
    if not code:
        return None
    district = drawn.district(code) if drawn else None
    if district is None:
        raise Http404
    return region_view(region_by_code(code), district, layers, by=acting(request))


def map_of(drawn: Drawing, chosen: RegionView | None = None, bounds: Bounds | None = None) -> dict[str, Any]:
    """What the map is drawn from: the whole of it, a region, or a part by its ``bounds``."""
    bounds = bounds or (chosen.district.bounds if chosen else drawn.sheet.bounds)
    view_box = drawn.view_box(bounds)
    wide, high = map(float, view_box.split()[2:])
    return {
        "drawing": drawn,
        "bounds": str(bounds),
        "view_box": view_box,
        "label_size": f"{max(wide, high * 1.2) * 0.018:.1f}",
        "chosen_code": chosen.region.code if chosen else "",
    }


def _grouped(rows: list[Standing]) -> list[tuple[str, str, list[Standing]]]:
    groups: dict[str, list[Standing]] = {}
    for row in rows:
        groups.setdefault(row.group, []).append(row)
    return [(name, members[0].group_en, members) for name, members in groups.items()]


def _plan(plan: Plan) -> dict[str, Any]:
    rows = standings(plan)
    counts = Counter(row.status for row in rows)
    boxes = sorted(box_counts(plan), key=lambda box: -int(box["projects"]))
    return {
        "plan": plan,
        "groups": _grouped(rows),
        "summary": [(item.value, counts[item]) for item in Status],
        "boxes": boxes,
        "most": max((box["projects"] for box in boxes), default=1),
        "projects": sum(box["projects"] for box in boxes),
    }


def _crumbs(city: Region | None, chosen: RegionView | None) -> list[Link]:
    english = get_language() == "en"

    def name(region: Region) -> str:
        return (region.name_en or region.name) if english else region.name

    top = Link(name(city) if city else _("City"), reverse("overview:screen"))
    return [top, Link(name(chosen.region))] if chosen else [top]


@require_safe
def screen(request: HttpRequest) -> HttpResponse:
    """The whole screen, or with the header ``X-Fragment: region`` the part that a drill-down changes."""
    require(acting(request), READ)
    layers = map_layers(request)
    drawn = drawing(layers)
    chosen = _region(request, drawn, layers)
    city = city_region()
    context: dict[str, Any] = {
        "city_region": city,
        "chosen": chosen,
        "crumbs": _crumbs(city, chosen),
        "layers": layers,
        "feed_names": feed_names(),
        "attributions": sorted({layer.attribution for layer in layers if layer.attribution}),
    }
    if drawn is not None:
        context |= map_of(drawn, chosen)
    figures = chosen.figures if chosen else key_figures(city.code, by=acting(request)) if city else []
    context["figures"] = figures
    shown = chosen.region if chosen else city
    context["operations"] = operations(shown, by=acting(request)) if shown else []
    is_part = request.headers.get(FRAGMENT) == DOCUMENT
    if not is_part:
        plan = _readable_plan(request)
        if plan is not None:
            context |= _plan(plan)
        if drawn is not None:
            context["thing_layers"] = thing_layers(
                by=acting(request), language=language(), now=timezone.now()
            )
    response = render(request, "overview/region.html" if is_part else "overview/screen.html", context)
    patch_vary_headers(response, [FRAGMENT])
    return response


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What Beichen is, and the ways in that are open."""
    plan = _readable_plan(request)
    layers = map_layers(request)
    drawn = drawing(layers)
    city = city_region()
    context: dict[str, Any] = {"city_region": city, "plan": plan}
    if drawn is not None:
        context |= map_of(drawn, None)
    if city is not None:
        context["figures"] = key_figures(city.code, by=acting(request))[:4]
    if plan is not None:
        rows = standings(plan)
        counts = Counter(row.status for row in rows)
        context["summary"] = [(item.value, counts[item]) for item in Status]
        context["projects"] = sum(box["projects"] for box in box_counts(plan))
    return render(request, "overview/home.html", context)
