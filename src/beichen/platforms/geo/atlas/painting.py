"""How a layer is painted over the base map: flat, standing, and with what lies below the ground.

Each style layer says in ``metadata`` to which group it belongs and, where it is not of all, in which
``views`` it is drawn. MapLibre raises volumes over the ground and lowers none: in the view from below the
ground itself is raised, by the depth of what lies deepest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from beichen.platforms.geo.legends import coloured
from beichen.platforms.geo.models import Layer

FLAT, STANDING, BELOW = "flat", "standing", "below"
STOREY_M = 3.2
LEAST_M = 3.0  # of what stands and does not say how high
FONT = "Noto Sans CJK SC"
Expression = Any
StyleLayer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Ink:
    """The colours of an appearance that every layer uses."""

    tone: str
    ground: str
    text: str


def group_of(layer: Layer) -> str:
    """What the switcher turns on and off; also the name of the layer's source."""
    return f"layer:{layer.key}"


def number(name: str, otherwise: Expression) -> Expression:
    """A property that may be missing or no number."""
    if not name:
        return otherwise
    return ["case", ["==", ["typeof", ["get", name]], "number"], ["get", name], otherwise]


def rises(layer: Layer) -> bool:
    """Whether its features stand up."""
    return layer.kind == "polygon" and any(layer.dimensions.get(one) for one in ("height", "storeys"))


def sinks(layer: Layer) -> bool:
    """Whether its features say how deep they lie."""
    return bool(layer.dimensions.get("depth"))


def painted(layer: Layer, ink: Ink, *, deepest: float, is_alone: bool, language: str) -> list[StyleLayer]:
    """The style layers of one layer, from the bottom up.

    ``deepest`` is by how many metres the ground is raised in the view from below. Together with others a
    layer is drawn from the zoom that its package says.
    """
    draw = _Drawn(layer, ink, deepest, 0 if is_alone else layer.min_zoom)
    shapes = {"polygon": draw.areas, "line": draw.lines}.get(layer.kind, draw.points)()
    return [*shapes, *draw.names(language)]


class _Drawn:
    """The parts of one layer's painting."""

    def __init__(self, layer: Layer, ink: Ink, deepest: float, min_zoom: int) -> None:
        self._layer, self._ink, self._deepest, self._min_zoom = layer, ink, deepest, min_zoom
        self._colour = coloured(layer.legend, ink.tone)
        named = layer.dimensions
        self._depth = number(named.get("depth", ""), 0)
        self._base = number(named.get("base", ""), 0)
        storeys = ["*", number(named.get("storeys", ""), 1), STOREY_M] if named.get("storeys") else LEAST_M
        self._height = number(named.get("height", ""), storeys)

    def areas(self) -> list[StyleLayer]:
        """Areas: flat, as volumes over the ground, as volumes below it."""
        is_raised, is_sunk = rises(self._layer), sinks(self._layer)
        views = [FLAT] if is_raised or is_sunk else None
        fill = {"fill-color": self._colour, "fill-opacity": 0.45}
        found = [
            self._one("", "fill", fill, "Polygon", views),
            self._one("edge", "line", {"line-color": self._colour, "line-width": 1}, "Polygon", views),
        ]
        if is_raised or is_sunk:
            found.append(self._volume("standing", self._base, self._height, 0.85, [STANDING]))
        if is_sunk:
            ground = self._deepest
            floor = ["max", 0, ["-", ground, self._depth]]
            found.append(self._volume("below", floor, ground, 0.9, [BELOW]))
            if is_raised:
                top = ["+", ground, self._height]
                found.append(self._volume("above", ["+", ground, self._base], top, 0.2, [BELOW]))
        return found

    def lines(self) -> list[StyleLayer]:
        """Lines; those that lie below the ground are dashed, and whole in the view from below."""
        paint = {"line-color": self._colour, "line-width": _width(1.6)}
        if not sinks(self._layer):
            return [self._one("", "line", paint, "LineString")]
        is_below = [">", self._depth, 0]
        dashed = {**paint, "line-dasharray": [2, 1.2], "line-opacity": 0.6}
        return [
            self._one("", "line", paint, "LineString", where=["!", is_below]),
            self._one("buried", "line", dashed, "LineString", [FLAT, STANDING], is_below),
            self._one("below", "line", {**paint, "line-width": _width(3)}, "LineString", [BELOW], is_below),
        ]

    def points(self) -> list[StyleLayer]:
        """Points; those that lie below the ground are rings, and whole in the view from below."""
        paint = {
            "circle-color": self._colour,
            "circle-radius": ["interpolate", ["linear"], ["zoom"], 8, 1.8, 14, 4.5, 18, 7],
            "circle-stroke-color": self._ink.ground,
            "circle-stroke-width": ["interpolate", ["linear"], ["zoom"], 8, 0, 13, 1],
        }
        if not sinks(self._layer):
            return [self._one("", "circle", paint, "Point")]
        is_below = [">", self._depth, 0]
        ring = {**paint, "circle-color": self._ink.ground, "circle-stroke-color": self._colour}
        ring["circle-stroke-width"] = 1.6
        return [
            self._one("", "circle", paint, "Point", where=["!", is_below]),
            self._one("buried", "circle", ring, "Point", [FLAT, STANDING], is_below),
            self._one("below", "circle", paint, "Point", [BELOW], is_below),
        ]

    def names(self, language: str) -> list[StyleLayer]:
        """What features are called, where the layer says by which property."""
        label = str(self._layer.style.get("label", ""))
        if not label:
            return []
        order = ["name_en", label] if language == "en" else [label]
        text = ["to-string", ["coalesce", *(["get", one] for one in order), ""]]
        layout = {"text-field": text, "text-font": [FONT], "text-size": 12, "text-max-width": 8}
        if self._layer.kind == "line":
            layout["symbol-placement"] = "line"
        else:
            layout |= {"text-offset": [0, 0.9], "text-anchor": "top"}
        paint = {
            "text-color": self._ink.text,
            "text-halo-color": self._ink.ground,
            "text-halo-width": 1.4,
        }
        return [{**self._known("names", "symbol", paint), "minzoom": 13, "layout": layout}]

    def _volume(
        self, part: str, base: Expression, top: Expression, opacity: float, views: list[str]
    ) -> StyleLayer:
        paint = {
            "fill-extrusion-color": self._colour,
            "fill-extrusion-base": base,
            "fill-extrusion-height": top,
            "fill-extrusion-opacity": opacity,
        }
        return self._one(part, "fill-extrusion", paint, "Polygon", views)

    def _one(
        self,
        part: str,
        kind: str,
        paint: dict[str, Any],
        shape: str,
        views: list[str] | None = None,
        where: Expression = None,
    ) -> StyleLayer:
        of_shape = ["==", ["geometry-type"], shape]
        known = self._known(part, kind, paint, views)
        known["filter"] = of_shape if where is None else ["all", of_shape, where]
        if views is not None and FLAT not in views:
            known["layout"] = {"visibility": "none"}
        return known

    def _known(
        self, part: str, kind: str, paint: dict[str, Any], views: list[str] | None = None
    ) -> StyleLayer:
        group = group_of(self._layer)
        metadata: dict[str, Any] = {"group": group, "layer": self._layer.key}
        if views is not None:
            metadata["views"] = views
        key = f"{group}:{part}" if part else group
        return {
            "id": key,
            "type": kind,
            "source": group,
            "source-layer": self._layer.key,
            "minzoom": self._min_zoom,
            "metadata": metadata,
            "paint": paint,
        }


def _width(size: float) -> Expression:
    return ["interpolate", ["linear"], ["zoom"], 8, size * 0.6, 13, size, 18, size * 3]
