"""How the base map is painted: MapLibre's layers from the ground up, in one appearance and language.

Names are drawn from the reader's own fonts: the style names no glyphs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from beichen.platforms.geo.basemap.palette import Theme, palette

SOURCE = "base"
FONT = "Noto Sans CJK SC"
REGION_FILL = "regions-fill"
FAR = 6.5  # from here districts have names
NEAR = 9.4  # from here places have names of their own
Expression = list[Any]
StyleLayer = dict[str, Any]

# Classes of roads, widths at zooms 8, 12, 16 and 20 in pixels, and from which zoom they are drawn.
MAJOR, MAIN, SECOND, MINOR, PATH = (
    (["motorway", "trunk", "motorway_link", "trunk_link"], (1.2, 3.4, 12, 60), 0),
    (["primary", "primary_link"], (0.8, 2.6, 10, 48), 0),
    (["secondary", "secondary_link"], (0.6, 2.0, 8, 40), 9),
    (
        ["tertiary", "tertiary_link", "residential", "unclassified", "living_street", "service"],
        (0.3, 0.9, 5, 26),
        12,
    ),
    (["footway", "path", "steps", "cycleway", "pedestrian", "track"], (0.2, 0.5, 1.6, 8), 14),
)
ROADS = (
    ("path", PATH, "map-road"),
    ("minor", MINOR, "map-road-minor"),
    ("second", SECOND, "map-road-minor"),
    ("main", MAIN, "map-road-main"),
    ("major", MAJOR, "map-road-major"),
)
LAND = {
    "R": "map-dwelling",
    "B": "map-trade",
    "A": "map-public",
    "G": "map-green",
    "M": "map-industry",
    "S": "map-road-minor",
}


class _Paint:
    """Style layers in one appearance and language."""

    def __init__(self, theme: Theme, language: str) -> None:
        self.colours, self.is_english = palette(theme), language == "en"

    def ink(self, token: str) -> str:
        return self.colours[token]

    @property
    def name(self) -> Expression:
        order = ["name_en", "name"] if self.is_english else ["name"]
        return ["to-string", ["coalesce", *(["get", one] for one in order), ""]]

    def layer(self, key: str, kind: str, of: str, group: str, paint: Any, **more: Any) -> StyleLayer:
        metadata = {"group": group, **more.pop("metadata", {})}
        known = {"id": key, "type": kind, "source": SOURCE, "source-layer": of, "metadata": metadata}
        return {**known, "paint": paint, **more}

    def line(self, key: str, of: str, group: str, paint: Any, **more: Any) -> StyleLayer:
        return self.layer(
            key, "line", of, group, paint, layout={"line-join": "round", "line-cap": "round"}, **more
        )

    def text(self, key: str, of: str, group: str, size: Any, more: dict[str, Any], **rest: Any) -> StyleLayer:
        layout = {
            "text-field": self.name,
            "text-font": [FONT],
            "text-size": size,
            "text-max-width": 8,
            **more,
        }
        paint = {
            "text-color": self.ink("map-label"),
            "text-halo-color": self.ink("map-land"),
            "text-halo-width": 1.6,
        }
        return self.layer(key, "symbol", of, group, paint, layout=layout, **rest)


def _widths(sizes: Sequence[float], factor: float = 1.0, extra: float = 0.0) -> Expression:
    stops = [
        value
        for zoom, size in zip((8, 12, 16, 20), sizes, strict=True)
        for value in (zoom, round(size * factor + extra, 2))
    ]
    return ["interpolate", ["exponential", 1.6], ["zoom"], *stops]


def _grounds(draw: _Paint) -> list[StyleLayer]:
    border = {"line-color": draw.ink("map-border")}
    land = [
        "match",
        ["get", "class"],
        *(one for pair in LAND.items() for one in (pair[0], draw.ink(pair[1]))),
        draw.ink("map-land"),
    ]
    return [
        draw.layer("land", "fill", "land", "boundaries", {"fill-color": draw.ink("map-land")}),
        draw.line("prefectures", "context", "boundaries", {**border, "line-width": 0.7, "line-opacity": 0.5}),
        draw.layer("landuse", "fill", "landuse", "landuse", {"fill-color": land, "fill-opacity": 0.85}),
        draw.layer("water", "fill", "water", "water", {"fill-color": draw.ink("map-water")}),
        draw.line(
            "waterway",
            "waterway",
            "water",
            {
                "line-color": draw.ink("map-water"),
                "line-width": ["interpolate", ["linear"], ["zoom"], 6, 1, 10, 2, 14, 6],
            },
        ),
        draw.layer(
            REGION_FILL,
            "fill",
            "boundary",
            "boundaries",
            {"fill-color": draw.ink("map-chosen"), "fill-opacity": 0},
        ),
    ]


def _roads(draw: _Paint) -> list[StyleLayer]:
    """Edges below, surfaces above; what lies under the ground is dashed beneath both."""
    below, edges, tops = [], [], []
    for name, (classes, sizes, least), token in ROADS:
        is_of: Expression = ["in", ["get", "class"], ["literal", classes]]
        under: Expression = ["==", ["get", "structure"], "tunnel"]
        zoom = {"minzoom": least} if least else {}
        above = {"filter": ["all", is_of, ["!", under]], **zoom}
        dashed = {
            "line-color": draw.ink("map-road-edge"),
            "line-width": _widths(sizes),
            "line-dasharray": [1.2, 0.8],
        }
        below.append(
            draw.line(f"road-{name}-below", "road", "roads", dashed, filter=["all", is_of, under], **zoom)
        )
        below[-1]["layout"] = {"line-join": "round"}
        if name != "path":
            edge = {"line-color": draw.ink("map-road-edge"), "line-width": _widths(sizes, extra=1.4)}
            edges.append(
                draw.line(f"road-{name}-edge", "road", "roads", edge, **{**above, "minzoom": max(least, 10)})
            )
        top = {"line-color": draw.ink(token), "line-width": _widths(sizes)}
        tops.append(draw.line(f"road-{name}", "road", "roads", top, **above))
    return [*below, *edges, *tops]


def _tracks(draw: _Paint) -> list[StyleLayer]:
    width = ["interpolate", ["linear"], ["zoom"], 8, 1, 14, 2.4, 18, 5]
    colour = ["coalesce", ["get", "colour"], draw.ink("map-metro")]
    is_built: Expression = ["!=", ["get", "status"], "under_construction"]
    is_below: Expression = [">", ["coalesce", ["get", "depth"], 0], 0]
    metro = {
        "line-color": colour,
        "line-width": ["interpolate", ["linear"], ["zoom"], 9, 1.4, 14, 3.2, 18, 6],
    }
    rail = {"line-color": draw.ink("map-rail"), "line-width": width}
    return [
        draw.line("railway", "railway", "railways", rail),
        draw.line(
            "railway-ties",
            "railway",
            "railways",
            {
                "line-color": draw.ink("map-land"),
                "line-width": ["interpolate", ["linear"], ["zoom"], 8, 0.4, 14, 1.2, 18, 3],
                "line-dasharray": [4, 4],
            },
            minzoom=10,
        ),
        {
            **draw.line(
                "metro-below",
                "metro",
                "metro",
                {**metro, "line-dasharray": [2, 1.2], "line-opacity": 0.55},
                filter=["all", is_below, is_built],
            ),
            "layout": {"line-join": "round"},
        },
        draw.line(
            "metro",
            "metro",
            "metro",
            {**metro, "line-opacity": 0.85},
            filter=["all", ["!", is_below], is_built],
        ),
        {
            **draw.line(
                "metro-planned",
                "metro",
                "metro",
                {**metro, "line-dasharray": [1.5, 2], "line-opacity": 0.7},
                filter=["!", is_built],
            ),
            "layout": {"line-join": "round"},
        },
    ]


def _buildings(draw: _Paint) -> list[StyleLayer]:
    colour = draw.ink("map-building")
    edge = draw.ink("map-road-edge")
    height = ["coalesce", ["get", "height"], 4]
    return [
        draw.layer(
            "building",
            "fill",
            "building",
            "buildings",
            {"fill-color": colour, "fill-outline-color": edge},
            minzoom=13,
            metadata={"view": "flat"},
        ),
        draw.layer(
            "building-standing",
            "fill-extrusion",
            "building",
            "buildings",
            {
                "fill-extrusion-color": colour,
                "fill-extrusion-height": height,
                "fill-extrusion-opacity": 0.9,
                "fill-extrusion-base": ["coalesce", ["get", "base"], 0],
            },
            minzoom=13,
            layout={"visibility": "none"},
            metadata={"view": "standing"},
        ),
    ]


def _points_and_names(draw: _Paint) -> list[StyleLayer]:
    station = {
        "circle-radius": ["interpolate", ["linear"], ["zoom"], 11, 2, 14, 4],
        "circle-color": draw.ink("surface"),
        "circle-stroke-color": draw.ink("map-metro"),
        "circle-stroke-width": 1.4,
        "circle-opacity": ["match", ["get", "status"], "operating", 1, 0.4],
    }
    along = {"symbol-placement": "line", "text-max-angle": 40}
    beneath = {"text-offset": [0, 0.8], "text-anchor": "top"}
    return [
        draw.layer("station", "circle", "station", "metro", station),
        draw.text("water-name", "label", "names", 12, {}, filter=_is_kind("water"), minzoom=8),
        draw.text("waterway-name", "waterway", "names", 11, along, minzoom=9),
        draw.text("road-name", "road", "names", 11, along, minzoom=12),
        draw.text("station-name", "station", "metro", 11, beneath, minzoom=12.5),
        draw.text("place-name", "place", "names", 13, {}, minzoom=NEAR),
        draw.text("prefecture-name", "label", "names", 13, {}, filter=_is_kind("prefecture"), maxzoom=7.2),
        draw.text(
            "district-name",
            "label",
            "names",
            ["interpolate", ["linear"], ["zoom"], FAR, 10.5, 8, 12.5, NEAR, 15],
            {
                "symbol-sort-key": ["-", 0, ["get", "size"]],
                "text-padding": 0,
                "text-variable-anchor": ["center", "top", "bottom", "left", "right"],
                "text-radial-offset": 0.3,
            },
            filter=_is_kind("district"),
            minzoom=FAR,
            maxzoom=NEAR + 1,
        ),
    ]


def _is_kind(kind: str) -> Expression:
    return ["==", ["get", "class"], kind]


def _borders(draw: _Paint) -> list[StyleLayer]:
    border = {"line-color": draw.ink("map-border")}
    return [
        draw.line(
            "regions", "boundary", "boundaries", {**border, "line-width": 1, "line-dasharray": [4, 2, 1, 2]}
        ),
        draw.line("city", "land", "boundaries", {**border, "line-width": 2}),
    ]


def painted(theme: Theme, language: str) -> list[StyleLayer]:
    """Every layer over the archive, from the bottom up, without the ground."""
    draw = _Paint(theme, language)
    parts = (_grounds, _roads, _tracks, _buildings, _borders, _points_and_names)
    return [layer for part in parts for layer in part(draw)]
