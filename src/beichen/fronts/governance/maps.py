"""The city's map on the console's pages: the drawn sheet that stands without a script, and its part."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest

from beichen.fronts.governance.spots import Spot
from beichen.hubs.events.models import Case
from beichen.kernel.access.service import acting, visible
from beichen.platforms.geo import service as geo
from beichen.platforms.geo.pages import Bounds, drawing

AROUND = 0.012
"""Degrees to each side of a case's place."""


def around(places: Sequence[Spot]) -> Bounds | None:
    """The part of the map that holds all of ``places``, with some room; None for none."""
    if not places:
        return None
    longitudes = [one.longitude for one in places]
    latitudes = [one.latitude for one in places]
    return Bounds(
        min(longitudes) - 2 * AROUND,
        min(latitudes) - AROUND,
        max(longitudes) + 2 * AROUND,
        max(latitudes) + AROUND,
    )


def map_context(request: HttpRequest, bounds: Bounds | None = None) -> dict[str, Any]:
    """Variables of ``governance/sheet.html``; empty where the reader sees no map."""
    drawn = drawing(list(visible(acting(request), geo.READ, geo.layers())))
    if drawn is None:
        return {}
    shown = bounds or drawn.sheet.bounds
    view_box = drawn.view_box(shown)
    wide, high = map(float, view_box.split()[2:])
    size = max(wide, high * 1.2)
    return {
        "drawing": drawn,
        "bounds": str(shown),
        "view_box": view_box,
        "label_size": f"{size * 0.018:.2f}",
        "dot_size": f"{size * 0.012:.2f}",
    }


def place_context(request: HttpRequest, row: Case) -> dict[str, Any]:
    """The map around a case; empty for one without a place."""
    if row.longitude is None or row.latitude is None:
        return {}
    west, south = row.longitude - AROUND, row.latitude - AROUND
    found = map_context(request, Bounds(west, south, row.longitude + AROUND, row.latitude + AROUND))
    if found:
        x, y = found["drawing"].sheet.place((row.longitude, row.latitude))
        found |= {"x": f"{x:.1f}", "y": f"{y:.1f}"}
    return found
