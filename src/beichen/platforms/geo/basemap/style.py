"""The style of the base map for MapLibre, light and dark, in Chinese or English: sources, groups and legends.

Each style layer says in ``metadata`` to which group it belongs (the map's switcher turns groups on and off)
and whether it is for the flat or the standing view; the style's own metadata lists the groups with legends.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from beichen.platforms.geo.basemap.painting import REGION_FILL, SOURCE, StyleLayer, painted
from beichen.platforms.geo.basemap.palette import Theme, palette


def _legend(name: str, form: str, colour: str) -> dict[str, str]:
    return {"name": name, "form": form, "colour": colour}


def groups(theme: Theme) -> list[dict[str, Any]]:
    """The groups of the switcher from the top down, each with its name and legend in the active language."""
    ink = palette(theme)
    return [
        {"key": "names", "name": _("Names"), "legend": []},
        {
            "key": "metro",
            "name": _("Metro and trams"),
            "legend": [
                _legend(_("Running line"), "line", ink["map-metro"]),
                _legend(_("Under construction"), "dashed", ink["map-metro"]),
                _legend(_("Station"), "ring", ink["map-metro"]),
            ],
        },
        {
            "key": "buildings",
            "name": _("Buildings"),
            "legend": [_legend(_("Buildings"), "fill", ink["map-building"])],
        },
        {
            "key": "railways",
            "name": _("Railways"),
            "legend": [_legend(_("Railway"), "line", ink["map-rail"])],
        },
        {
            "key": "roads",
            "name": _("Roads"),
            "legend": [
                _legend(_("Motorway, trunk road"), "line", ink["map-road-major"]),
                _legend(_("Primary road"), "line", ink["map-road-main"]),
                _legend(_("Other road"), "line", ink["map-road"]),
                _legend(_("Tunnel"), "dashed", ink["map-road-edge"]),
            ],
        },
        {"key": "water", "name": _("Water"), "legend": [_legend(_("River, lake"), "fill", ink["map-water"])]},
        {
            "key": "landuse",
            "name": _("Land use"),
            "legend": [
                _legend(_("Green"), "fill", ink["map-green"]),
                _legend(_("Dwellings"), "fill", ink["map-dwelling"]),
                _legend(_("Trade and services"), "fill", ink["map-trade"]),
                _legend(_("Public services"), "fill", ink["map-public"]),
                _legend(_("Industry"), "fill", ink["map-industry"]),
            ],
        },
        {
            "key": "boundaries",
            "name": _("Boundaries"),
            "legend": [_legend(_("District, county"), "dashed", ink["map-border"])],
        },
    ]


def words() -> dict[str, str]:
    """What the map's own controls say, in the active language."""
    return {
        "map": _("Map: arrow keys move it, plus and minus zoom"),
        "layers": _("Layers and legend"),
        "standing": _("3D view"),
        "flat": _("Flat view"),
        "moment": _("The map of this day"),
        "now": _("As it is now"),
        "close": _("Close"),
    }


def _document(
    theme: Theme, language: str, sources: dict[str, Any], drawn: list[StyleLayer], about: dict[str, Any]
) -> dict[str, Any]:
    ground = {
        "id": "ground",
        "type": "background",
        "paint": {"background-color": palette(theme)["map-outside"]},
    }
    with override(language):
        metadata = {"groups": groups(theme), "words": words(), "regions": REGION_FILL, **about}
    return {
        "version": 8,
        "name": "Beichen",
        "sources": sources,
        "layers": [ground, *drawn],
        "metadata": metadata,
    }


def own_style(theme: Theme, language: str, address: str, attribution: str) -> dict[str, Any]:
    """The style over the city's own archive at ``address``."""
    source: dict[str, Any] = {"type": "vector", "url": f"pmtiles://{address}", "attribution": attribution}
    source["promoteId"] = {"boundary": "code"}
    drawn = painted(theme, language)
    return _document(theme, language, {SOURCE: source}, drawn, {"built": True})


def outside_style(theme: Theme, language: str, url: str, address: str, attribution: str) -> dict[str, Any]:
    """The style over a tile server of the city's own.

    ``url`` has {z}/{x}/{y}, or names a TileJSON or a style. The borders of the archive at ``address`` lie
    above it, if there is one (not empty). What the URL of a document says only the browser reads:
    ``metadata.outside``.
    """
    sources: dict[str, Any] = {}
    drawn: list[StyleLayer] = []
    about: dict[str, Any] = {"built": True, "groups": []}
    if "{z}" in url:
        sources["outside"] = {"type": "raster", "tiles": [url], "tileSize": 256}
        drawn.append({"id": "outside", "type": "raster", "source": "outside"})
    else:
        about["outside"] = url
    if address:
        own = own_style(theme, language, address, attribution)
        sources |= own["sources"]
        wanted = {REGION_FILL, "regions", "city"}
        drawn += [one for one in own["layers"] if one["id"] in wanted]
    return _document(theme, language, sources, drawn, about)


def no_style(theme: Theme, language: str) -> dict[str, Any]:
    """What is said while the archive is not built: nothing to draw; the drawn sheet stays."""
    return _document(theme, language, {}, [], {"built": False})
