"""`/nearby`: facilities of the registry around a place: a name that was typed, or where the browser is.

A list first: the map shows the same places. The position goes nowhere but into the address of this page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy as pgettext
from django.views.decorators.http import require_safe

from beichen.kernel.access import service as access
from beichen.kernel.actor import Actor
from beichen.platforms.geo import service as geo
from beichen.platforms.geo.pages import Bounds, drawing
from beichen.problem import ProblemError
from beichen.registry import service as registry

TYPE = "facility"
RATE = "60/minute"
SHOWN = 20
MOST_PLACES = 6
DISTANCES = (500, 1_000, 3_000, 10_000)
LONGEST = 60
CATEGORIES: dict[str, str | Promise] = {
    "government": gettext_lazy("Government offices"),
    "community-service": gettext_lazy("Community service"),
    "public-toilet": gettext_lazy("Public toilets"),
    "parking": gettext_lazy("Car parks"),
    "charging-station": gettext_lazy("Charging stations"),
    "metro-station": gettext_lazy("Metro stations"),
    "transit-stop": gettext_lazy("Bus stops"),
    "police": gettext_lazy("Police"),
    "finance": gettext_lazy("Banks"),
    "life-service": gettext_lazy("Everyday services"),
    "shopping": gettext_lazy("Shopping"),
    "visitor-service": gettext_lazy("Visitor service"),
    "university": gettext_lazy("Universities"),
    "station": gettext_lazy("Railway and coach stations"),
    "airport": pgettext("facility", "Airport"),
    "catering": gettext_lazy("Places to eat"),
    "lodging": gettext_lazy("Places to stay"),
    "housing": gettext_lazy("Housing estates"),
    "metro-exit": gettext_lazy("Metro entrances"),
    "settlement": gettext_lazy("Villages"),
    "logistics": gettext_lazy("Logistics"),
    "power-plant": gettext_lazy("Power plants"),
}


@dataclass(frozen=True, slots=True)
class Spot:
    """Around which place one looks (WGS 84), and what it is called."""

    longitude: float
    latitude: float
    name: str = ""


@dataclass(frozen=True, slots=True)
class Facility:
    """A facility as the list says it."""

    code: str
    name: str
    category: str | Promise
    address: str
    distance_m: int
    longitude: float
    latitude: float

    @property
    def url(self) -> str:
        """The page of the object."""
        return f"/screen/objects/{self.code}"


def categories() -> list[tuple[str, str | Promise]]:
    """What may be looked for."""
    return list(CATEGORIES.items())


def spot_of(text: str) -> Spot | None:
    """The place of ``longitude,latitude``; None for anything else."""
    try:
        longitude, latitude = (float(part) for part in text[:60].split(","))
    except ValueError:
        return None
    is_place = -180 <= longitude <= 180 and -90 <= latitude <= 90
    return Spot(longitude, latitude) if is_place else None


def _places(text: str, by: Actor) -> list[geo.FoundPlace]:
    """Places of this name that have a position."""
    found = geo.search_places(text, by=by, limit=MOST_PLACES) if text else []
    return [place for place in found if place.longitude is not None and place.latitude is not None]


def around(spot: Spot, category: str, within_m: int, *, by: Actor) -> tuple[list[Facility], str]:
    """The facilities around, the nearest first, and what hinders a list, in words.

    A category that is none is all of them; a place with more than can be looked through asks for fewer.
    """
    where = f"category = '{category}'" if category in CATEGORIES else ""
    try:
        kind = registry.seen_type(TYPE)
        found = registry.nearest_objects(
            kind, spot.longitude, spot.latitude, by=by, within_m=within_m, where=where, limit=SHOWN
        )
    except ProblemError as error:
        if error.status == 404:
            return [], _("The city has no facilities in its registry yet.")
        return [], _("There are too many: choose a kind, or a shorter distance.")
    return [_facility(one) for one in found], ""


def _facility(near: registry.Near) -> Facility:
    seen = near.seen
    name = seen.values.get("name_en") if get_language() == "en" else ""
    category = str(seen.values.get("category", ""))
    return Facility(
        code=seen.code,
        name=str(name or seen.name or seen.code),
        category=CATEGORIES.get(category, ""),
        address=str(seen.values.get("address") or seen.region_name),
        distance_m=round(near.distance_m),
        longitude=seen.longitude or 0.0,
        latitude=seen.latitude or 0.0,
    )


def _map(spot: Spot, rows: list[Facility], by: Actor) -> dict[str, Any]:
    """The drawn sheet around the place, and the points that the live map shows."""
    drawn = drawing(list(access.visible(by, geo.READ, geo.layers())))
    if drawn is None:
        return {}
    across = [(spot.longitude, spot.latitude), *((one.longitude, one.latitude) for one in rows)]
    wide = 0.004
    bounds = Bounds(
        min(x for x, _y in across) - wide,
        min(y for _x, y in across) - wide,
        max(x for x, _y in across) + wide,
        max(y for _x, y in across) + wide,
    )
    points = {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [one.longitude, one.latitude]},
                "properties": {"tone": "accent", "href": one.url, "name": one.name},
            }
            for one in rows
        ],
    }
    return {
        "drawing": drawn,
        "view_box": drawn.view_box(bounds),
        "bounds": str(bounds),
        "points": points,
    }


@require_safe
def nearby(request: HttpRequest) -> HttpResponse:
    """Where to look, for what, and what is there."""
    by = access.acting(request)
    access.require(by, registry.READ)
    access.check_rate("nearby", access.address_of(request), RATE)
    asked = request.GET.get("place", "").replace("\0", "").strip()[:LONGEST]
    spot = spot_of(request.GET.get("at", ""))
    places = _places(asked, by) if spot is None else []
    if len(places) == 1:
        only = places[0]
        spot = Spot(only.longitude or 0.0, only.latitude or 0.0, only.name)
    category = request.GET.get("category", "")
    within = request.GET.get("within", "")
    within_m = int(within) if within.isdecimal() and int(within) in DISTANCES else DISTANCES[1]
    rows, hindrance = around(spot, category, within_m, by=by) if spot is not None else ([], "")
    context: dict[str, Any] = {
        "asked": asked,
        "spot": spot,
        "at": f"{spot.longitude:.6f},{spot.latitude:.6f}" if spot is not None else "",
        "places": places if spot is None else [],
        "is_unknown": bool(asked) and spot is None and not places,
        "category": category,
        "categories": categories(),
        "within": within_m,
        "distances": DISTANCES,
        "rows": rows,
        "hindrance": hindrance,
        **(_map(spot, rows, by) if spot is not None and rows else {}),
    }
    return render(request, "citizen/nearby.html", context)
