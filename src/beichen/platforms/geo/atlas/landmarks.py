"""Landmarks: features with the address of a model, glTF or 3D Tiles, that stands on the map in its place.

A browser fetches a model itself, and only from hosts that the settings allow: the others are counted.
"""

from __future__ import annotations

import math
from typing import Any
from urllib.parse import urlsplit

import shapely

from beichen.platforms.geo.models import Layer
from beichen.platforms.geo.source import GEOMETRY, KEY, Asked, Source
from beichen.settings import settings

MOST = 500
LARGEST_SCALE = 10_000.0
TILES, SCENE = "tiles3d", "gltf"
ENDINGS = {".json": TILES, ".gltf": SCENE, ".glb": SCENE}


def landmarks_of(layer: Layer, source: Source) -> dict[str, Any]:
    """The layer's models that a browser may fetch; how many stand on hosts that are not allowed, or are none.

    A model of glTF stands at its feature, ``heading`` degrees from north and ``scale`` times as large as its
    own metres; 3D Tiles know their place.
    """
    named = layer.dimensions
    fields = {field.name for field in source.described().fields}
    wanted = [named[part] for part in ("model", "heading", "scale", "base") if named.get(part) in fields]
    if named.get("model") not in fields:
        return {"models": [], "refused": 0, "unknown": 0}
    rows = source.columns(Asked(limit=MOST, names=wanted)).to_pylist()
    models, refused, unknown = [], 0, 0
    for row in rows:
        address = str(row.get(named["model"]) or "").strip()
        if not address:
            continue
        kind = kind_of(address)
        if not kind:
            unknown += 1
        elif not is_allowed(address):
            refused += 1
        else:
            models.append({"key": row[KEY], "kind": kind, "url": address, **_place(row, named)})
    return {"models": models, "refused": refused, "unknown": unknown}


def _place(row: dict[str, Any], named: dict[str, str]) -> dict[str, Any]:
    middle = shapely.centroid(shapely.from_wkb(row[GEOMETRY]))
    scale = _number(row.get(named.get("scale", "")), 1.0)
    return {
        "at": [round(middle.x, 7), round(middle.y, 7), _number(row.get(named.get("base", "")), 0.0)],
        "heading": _number(row.get(named.get("heading", "")), 0.0) % 360,
        "scale": min(scale, LARGEST_SCALE) if scale > 0 else 1.0,
    }


def _number(value: Any, otherwise: float) -> float:
    is_one = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return float(value) if is_one else otherwise


def kind_of(address: str) -> str:
    """What an address is of, by the ending of its path; empty for nothing that is known."""
    try:
        path = urlsplit(address).path.lower()
    except ValueError:
        return ""
    return next((kind for ending, kind in ENDINGS.items() if path.endswith(ending)), "")


def is_allowed(address: str) -> bool:
    """Whether browsers may fetch it: from the house itself, or from an origin that the settings name."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    if not parts.scheme and not parts.netloc:
        return address.startswith("/") and not address.startswith(("//", "/\\"))
    return f"{parts.scheme}://{parts.netloc}".lower() in settings().model_origins
