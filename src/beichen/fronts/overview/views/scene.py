"""`/screen/scenes/KEY`: a scene's figures, its things on the map, charts, models and rules, for whoever
answers for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from beichen.fronts.overview.operations import operations
from beichen.fronts.overview.scene import charts
from beichen.fronts.overview.service import READ
from beichen.fronts.overview.things import MOST_LISTED, layers, things_of
from beichen.fronts.overview.views.screen import map_layers, map_of
from beichen.fronts.overview.views.things import language
from beichen.kernel.access.service import acting, decide, require
from beichen.kernel.actor import Actor
from beichen.kernel.org.models import Region
from beichen.kernel.org.service import city_region
from beichen.kernel.scene.section import PackageKind
from beichen.kernel.scene.service import installed_packages
from beichen.platforms.ai import service as ai
from beichen.platforms.geo.pages import Bounds, drawing
from beichen.platforms.iot import service as iot
from beichen.web.links import Link

MARGIN = 0.01  # degrees


@require_safe
def scene(request: HttpRequest, key: str) -> HttpResponse:
    """The page, for the whole city, or with ``?region=CODE`` the figures of a part."""
    by = acting(request)
    require(by, READ)
    package = installed_packages(PackageKind.SCENE).filter(key=key).first()
    if package is None:
        raise Http404
    city = city_region()
    region = _region(request.GET.get("region", ""), city)
    now = timezone.now()
    name = package.name[language()]
    context: dict[str, Any] = {
        "key": key,
        "name": name,
        "version": package.version,
        "region": region,
        "regions": list(Region.objects.filter(parent=city)) if city else [],
        "operations": operations(region, by=by, scene=key) if region else [],
        "charts": charts(key, region, by=by, language=language(), today=timezone.localdate())
        if region
        else [],
        "models": _models(key, by),
        "rules": list(iot.rules(by=by).filter(scene=key)) if decide(by, iot.READ, None) else [],
        "crumbs": [Link(_("Overview"), reverse("overview:screen")), Link(name)],
        "now": now,
    }
    found, bounds = _layers(key, by)
    context["layers"] = found
    drawn = drawing(map_layers(request)) if bounds else None
    if drawn is not None:
        context |= {"thing_layers": [one["layer"] for one in found], "are_pressed": True}
        context |= map_of(drawn, bounds=bounds)
    return render(request, "overview/scene.html", context)


def _region(code: str, city: Region | None) -> Region | None:
    """The region of that code, or the city. Raises Http404."""
    if not code:
        return city
    found = Region.objects.filter(code=code[:12]).first()
    if found is None:
        raise Http404
    return found


def _models(key: str, by: Actor) -> list[dict[str, Any]]:
    """The scene's models, with when each ran last and what came of it."""
    if not decide(by, ai.READ, None):
        return []
    rows: Any = ai.with_last_run(ai.models(by=by).filter(scene=key))
    return [{"row": row, "outcome": ai.OUTCOME_NAMES.get(row.last_outcome, "")} for row in rows]


def _layers(key: str, by: Actor) -> tuple[list[dict[str, Any]], Bounds | None]:
    """The scene's things by layer, and the part of the map that holds them."""
    found = []
    places: list[tuple[float, float]] = []
    for layer in layers(by=by, language=language(), now=timezone.now(), scene=key):
        things, has_more = things_of(layer, by=by, limit=MOST_LISTED)
        places += [
            (one.longitude, one.latitude)
            for one in things
            if one.longitude is not None and one.latitude is not None
        ]
        found.append(
            {"layer": layer, "legend": layer.legend(things), "count": len(things), "has_more": has_more}
        )
    return found, _around(places) if places else None


def _around(places: Sequence[tuple[float, float]]) -> Bounds:
    """A box with all places in it, and a margin in which one that lies alone is seen in its streets."""
    longitudes, latitudes = zip(*places, strict=True)
    return Bounds(
        min(longitudes) - MARGIN,
        min(latitudes) - MARGIN,
        max(longitudes) + MARGIN,
        max(latitudes) + MARGIN,
    )
