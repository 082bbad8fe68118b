"""Styles for MapLibre (style specification 8): each layer by its role and its legend, light and dark.

A legend of categories or of ramps colours by a property; without one a role has its colours. Nothing is drawn
as text: that would need fonts from somewhere, and the house fetches nothing from elsewhere.
"""

from __future__ import annotations

from typing import Any

from beichen.platforms.geo.legends import coloured
from beichen.platforms.geo.ogc.catalogue import Collection
from beichen.platforms.geo.ogc.links import address
from beichen.platforms.geo.ogc.tiles.documents import around, attribution

THEMES = ("light", "dark")
_GROUND = {"light": "#f4f5f2", "dark": "#10161d"}
_ROLES: dict[str, tuple[str, str]] = {
    "context": ("#e6e8e4", "#1a222b"),
    "outline": ("#7a858f", "#8b98a5"),
    "boundary": ("#8d97a1", "#6b7886"),
    "water": ("#9ec5de", "#1f4560"),
    "landuse": ("#cfe0c4", "#1f3326"),
    "road": ("#b9a98a", "#5c5443"),
    "railway": ("#6b6b6b", "#8a8a8a"),
    "metro": ("#1f6fb2", "#5aa9e6"),
    "building": ("#d0c9bd", "#343b44"),
}
_OTHER = ("#b0432b", "#f0806a")


def style(root: str, key: str, title: str, theme: str, found: list[Collection]) -> dict[str, Any]:
    """The style of a collection, or of the whole map when it has no name."""
    source = address(root, *(("collections", key) if key else ()), "tiles", "WebMercatorQuad", f="tilejson")
    box = around(found)
    document: dict[str, Any] = {
        "version": 8,
        "name": title,
        "metadata": {"beichen:theme": theme, "beichen:attribution": attribution(found)},
        "sources": {"city": {"type": "vector", "url": source}},
        "layers": [
            {"id": "ground", "type": "background", "paint": {"background-color": _GROUND[theme]}},
            *(drawn for one in found for drawn in _drawn(one, theme)),
        ],
    }
    if box is not None:
        document["center"] = [round((box[0] + box[2]) / 2, 5), round((box[1] + box[3]) / 2, 5)]
        document["zoom"] = 9
    return document


def _drawn(one: Collection, theme: str) -> list[dict[str, Any]]:
    layer = one.layer
    tone = _ROLES.get(str(layer.style.get("role", "")), _OTHER)[THEMES.index(theme)]
    colour = coloured(layer.legend, tone)
    base = {"source": "city", "source-layer": one.key, "minzoom": layer.min_zoom}
    if layer.kind == "polygon":
        return [
            _layer(base, one.key, "fill", {"fill-color": colour, "fill-opacity": 0.45}, "Polygon"),
            _layer(base, f"{one.key}-edge", "line", {"line-color": colour, "line-width": 1}, "Polygon"),
        ]
    if layer.kind == "line":
        return [_layer(base, one.key, "line", {"line-color": colour, "line-width": 1.6}, "LineString")]
    radius = ["interpolate", ["linear"], ["zoom"], 8, 1.6, 14, 4, 18, 7]
    paint = {
        "circle-color": colour,
        "circle-radius": radius,
        "circle-stroke-color": _GROUND[theme],
        "circle-stroke-width": 0.6,
    }
    return [_layer(base, one.key, "circle", paint, "Point")]


def _layer(base: dict[str, Any], key: str, kind: str, paint: dict[str, Any], shape: str) -> dict[str, Any]:
    return {"id": key, "type": kind, **base, "filter": ["==", ["geometry-type"], shape], "paint": paint}
