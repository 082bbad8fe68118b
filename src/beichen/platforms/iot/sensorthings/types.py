"""The type of objects that things of SensorThings clients become, and the measures that it gains from them.

A series that a client makes is a measure of that type: one name for all series of the same observed property,
unit and form. Where a thing measures the same twice, the second is another name (``temperature_2``).
"""

from __future__ import annotations

import re
from typing import Any

from beichen.kernel.actor import system
from beichen.registry.models import ObjectType
from beichen.registry.service import TypeFacts, declare_types

TYPE = "SensorThing"
SCENE = "sensorthings"
BY = system("sensorthings")
MOST_MEASURES = 5_000
_NOT_NAME = re.compile(r"[^a-z0-9]+")


def _declare(measures: dict[str, Any]) -> None:
    facts = TypeFacts(
        key=TYPE, name="传感服务对象", name_en="Thing of a SensorThings client", measures=measures
    )
    declare_types([facts], scene=SCENE, by=BY)


def ensure_type() -> ObjectType:
    """The type's row, locked until the transaction ends: who adds a measure does it alone."""
    if not ObjectType.objects.filter(key=TYPE, is_declared=True).exists():
        _declare({})
    return ObjectType.objects.select_for_update().get(key=TYPE)


def measure_of(name: str, unit: str, form: str, taken: set[str]) -> str | None:
    """The measure of a series of this observed property, unit and form, declared where it is new.

    ``taken`` are measures that the thing has. None where the type has as many as it can hold.
    """
    kind = ensure_type()
    base = _NOT_NAME.sub("_", name.lower()).strip("_")[:60] or "value"
    base = base if base[0].isalpha() else f"m_{base}"
    declared = {"type": form, "zh": name[:100], "en": name[:100], **({"unit": unit} if unit else {})}
    number = 1
    while True:
        measure = base if number == 1 else f"{base}_{number}"
        known = kind.measures.get(measure)
        if measure not in taken and known in (None, declared):
            break
        number += 1
    if known is None:
        if len(kind.measures) >= MOST_MEASURES:
            return None
        _declare({**kind.measures, measure: declared})
    return measure
