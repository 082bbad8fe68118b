"""Features in another coordinate reference system than the one in which they are kept."""

from __future__ import annotations

from typing import Any

import numpy as np
import orjson

from beichen.platforms.geo.ogc.systems import System

Nested = list[Any]


def in_system(features: list[bytes], system: System) -> list[bytes]:
    """GeoJSON features with their coordinates turned, all of them in one go."""
    if system.is_plain or not features:
        return features
    documents = [orjson.loads(one) for one in features]
    _turn([one.get("geometry") for one in documents], system, is_leaving=True)
    return [orjson.dumps(one) for one in documents]


def from_system(geometry: Any, system: System) -> Any:
    """A geometry that was sent in ``system``, in longitude and latitude; else as it is."""
    if not system.is_plain:
        _turn([geometry], system, is_leaving=False)
    return geometry


def _turn(geometries: list[Any], system: System, *, is_leaving: bool) -> None:
    found: list[Nested] = []
    for one in geometries:
        _gather(one, found)
    if not found:
        return
    flat = np.array([one[:2] for one in found], dtype=np.float64)
    turned = system.from_degrees(flat) if is_leaving else system.to_degrees(flat)
    digits = system.digits if is_leaving else 9
    for place, values in zip(found, np.round(turned, digits).tolist(), strict=True):
        place[:2] = values


def _gather(geometry: Any, found: list[Nested]) -> None:
    """Collect the positions of a geometry, to be changed where they stand."""
    waiting = [geometry]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting.extend([one.get("coordinates"), *(one.get("geometries") or [])])
        elif isinstance(one, list) and one:
            if len(one) >= 2 and all(isinstance(value, int | float) for value in one):
                found.append(one)
            else:
                waiting.extend(one)
