"""The style of layers over the base map: their tiles, their paint, their groups with switches and legends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from beichen.platforms.geo.atlas.painting import BELOW, Ink, group_of, painted, rises, sinks
from beichen.platforms.geo.basemap import service as basemap
from beichen.platforms.geo.legends import steps_of
from beichen.platforms.geo.models import Layer
from beichen.platforms.geo.source import Asked, Source

DEEPEST_ZOOM = 18  # from here on tiles are drawn larger
TONES = ("seal", "on-course", "star", "ahead", "accent", "behind", "missed")
FORMS = {"point": "circle", "line": "line", "polygon": "fill"}
LOOKED_AT = 5_000  # features whose depth is looked at
DEEP_M = 20.0
DEEPEST_M = 500.0
SHOWN_AT_FIRST = 12


def layers_style(
    layers: Sequence[Layer],
    theme: basemap.Theme,
    language: str,
    *,
    root: str,
    deepest: float = DEEP_M,
    is_alone: bool = False,
) -> dict[str, Any]:
    """The style of ``layers``, from the bottom of the map up, over the base map.

    ``root`` is the address of the house, as browsers reach it; ``deepest`` how deep in metres anything lies.
    """
    document = basemap.style_document(theme, language)
    colours = basemap.palette(theme)
    about = document["metadata"]
    about["built"] = True  # without a base map the layers are drawn all the same
    in_base = set(about.get("layers", ()))
    groups = []
    shown = 0
    for place, layer in enumerate(layers):
        tone = colours[TONES[place % len(TONES)]]
        ink = Ink(tone, colours["map-land"], colours["map-label"])
        document["sources"][group_of(layer)] = source_of_tiles(layer, root, is_alone)
        document["layers"] += painted(layer, ink, deepest=deepest, is_alone=is_alone, language=language)
        is_shown = is_alone or (layer.key not in in_base and shown < SHOWN_AT_FIRST)
        shown += is_shown
        groups.append({**group(layer, tone, language), "hidden": not is_shown})
    about["groups"] = [*in_groups(groups), *about["groups"]]
    about["zone"] = settings.TIME_ZONE
    about["timed"] = [group_of(one) for one in layers if _is_timed(one)]
    about["landmarks"] = {
        group_of(one): f"/map/landmarks/{one.key}.json" for one in layers if one.dimensions.get("model")
    }
    with override(language):
        about["words"] |= words(deepest) if any(sinks(one) for one in layers) else {}
    return document


def words(deepest: float) -> dict[str, str]:
    """What the switch to the view from below says, in the active language."""
    return {
        BELOW: _("Below the ground"),
        "raised": _("The ground is raised by %(metres)s m, so that what lies below it is seen.")
        % {"metres": round(deepest)},
    }


def _is_timed(layer: Layer) -> bool:
    return any(layer.dimensions.get(one) for one in ("valid_from", "valid_to"))


def source_of_tiles(layer: Layer, root: str, is_alone: bool) -> dict[str, Any]:
    """The layer's tiles at OGC API, as MapLibre reads a source."""
    found: dict[str, Any] = {
        "type": "vector",
        "tiles": [f"{root}/ogc/collections/{layer.key}/tiles/WebMercatorQuad/{{z}}/{{y}}/{{x}}"],
        "minzoom": 0 if is_alone else layer.min_zoom,
        "maxzoom": DEEPEST_ZOOM,
        "attribution": layer.attribution,
    }
    if layer.feature_count and layer.west < layer.east and layer.south < layer.north:
        found["bounds"] = [layer.west, layer.south, layer.east, layer.north]
    return found


def group(layer: Layer, tone: str, language: str) -> dict[str, Any]:
    """The layer's entry in the switcher."""
    english = language == "en"
    form = FORMS.get(layer.kind, "circle")
    legend = [{**step, "form": form} for step in steps_of(layer.legend, english=english)]
    with override(language):
        if legend and layer.legend.get("other"):
            legend.append({"name": _("All others"), "form": form, "colour": layer.legend["other"]})
        if rises(layer):
            legend.append({"name": _("Rises in the 3D view"), "form": "none", "colour": tone})
        if sinks(layer):
            form_below = {"line": "dashed", "point": "ring"}.get(layer.kind, "fill")
            legend.append({"name": _("Below the ground"), "form": form_below, "colour": tone})
        under = (layer.group_en or layer.group) if english else layer.group
        return {
            "key": group_of(layer),
            "name": layer.name_en if english else layer.name,
            "under": under or _("Without a group"),
            "is_alone": not under,
            "swatch": None if layer.legend else {"form": form, "colour": tone},
            "legend": legend,
            "href": f"/layers/{layer.key}",
        }


def in_groups(groups: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those of one heading together, in the order of their first; the top of the map first, what has no group
    last."""
    order: dict[str, list[dict[str, Any]]] = {}
    for one in reversed(groups):
        order.setdefault(one["under"], []).append(one)
    headed = sorted(order.values(), key=lambda found: bool(found[0].get("is_alone")))
    return [one for found in headed for one in found]


def depth_of(layer: Layer, source: Source) -> float:
    """How deep the layer's features lie, in metres rounded up to tens: of the first :data:`LOOKED_AT`."""
    name = layer.dimensions.get("depth", "")
    if not name or name not in {field.name for field in source.described().fields}:
        return DEEP_M
    column = source.columns(Asked(limit=LOOKED_AT, names=[name])).column(name)
    known = [value for value in column.to_pylist() if isinstance(value, int | float) and value > 0]
    deepest = max(known, default=DEEP_M)
    return min(DEEPEST_M, max(10.0, -(-deepest // 10) * 10))
