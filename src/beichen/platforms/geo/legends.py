"""Legends: how the values of a field are drawn, as categories or as a ramp, and whether one is sound.

``{"by": field, "categories": [{"value": …, "colour": "#rrggbb", "name": …}], "other": "#rrggbb"}`` or
``{"by": field, "ramp": [{"from": number, "colour": "#rrggbb"}, …], "unit": …}``; ``{}`` draws all alike.
"""

from __future__ import annotations

import math
import re
from typing import Any

from beichen.platforms.geo.codes import BAD_LEGEND
from beichen.problem import Problem, Where, said, shorten

MOST = 100  # categories or steps
COLOUR = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)
SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "how the values of a field are drawn",
    "additionalProperties": False,
    "required": ["by"],
    "properties": {
        "by": {"type": "string", "minLength": 1, "maxLength": 60, "description": "the field"},
        "unit": {"type": "string", "maxLength": 20},
        "other": {"type": "string", "pattern": "^#[0-9a-fA-F]{6}$", "description": "of all other values"},
        "categories": {
            "type": "array",
            "maxItems": MOST,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["value", "colour"],
                "properties": {
                    "value": {"type": ["string", "number", "boolean"]},
                    "colour": {"type": "string", "pattern": "^#[0-9a-fA-F]{6}$"},
                    "name": {"type": "string", "maxLength": 60},
                    "name_en": {"type": "string", "maxLength": 120},
                },
            },
        },
        "ramp": {
            "type": "array",
            "maxItems": MOST,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["from", "colour"],
                "properties": {
                    "from": {"type": "number"},
                    "colour": {"type": "string", "pattern": "^#[0-9a-fA-F]{6}$"},
                },
            },
        },
    },
}


def legend_faults(legend: dict[str, Any], fields: list[str]) -> list[Problem]:
    """What is wrong with a legend over these fields: its field, its colours, the order of its steps."""
    if not legend:
        return []
    problems = []
    if legend.get("by") not in fields:
        message = said("the layer has no field {name!r}", name=str(legend.get("by"))[:40])
        problems.append(Problem(BAD_LEGEND, shorten(message), Where(field="by"), ", ".join(fields)[:200]))
    steps = [*legend.get("categories", []), *legend.get("ramp", [])]
    if not steps or len(steps) > MOST or (legend.get("categories") and legend.get("ramp")):
        message = said("expected categories or a ramp, up to {count} of them", count=MOST)
        problems.append(Problem(BAD_LEGEND, message, Where(field="steps")))
    for step in steps:
        if not COLOUR.fullmatch(str(step.get("colour", ""))):
            message = said("{colour!r} is no colour", colour=str(step.get("colour"))[:20])
            problems.append(Problem(BAD_LEGEND, message, Where(field="steps"), "#rrggbb"))
    starts = [step.get("from") for step in legend.get("ramp", [])]
    numbers = [start for start in starts if isinstance(start, int | float) and math.isfinite(start)]
    if starts != sorted(set(numbers)):
        message = said("the steps of a ramp are numbers that rise, each above the one before")
        problems.append(Problem(BAD_LEGEND, message, Where(field="steps")))
    return problems


def coloured(legend: dict[str, Any], tone: str) -> Any:
    """The colour by a property for MapLibre: categories match, ramps step; without a legend the one tone."""
    name, other = legend.get("by"), legend.get("other", tone)
    if categories := legend.get("categories"):
        pairs = {str(one["value"]): one["colour"] for one in categories}
        return [
            "match",
            ["to-string", ["get", name]],
            *(part for pair in pairs.items() for part in pair),
            other,
        ]
    if ramp := legend.get("ramp"):
        steps = {one["from"]: one["colour"] for one in ramp}
        stops = [part for start in sorted(steps) for part in (start, steps[start])]
        is_number = ["==", ["typeof", ["get", name]], "number"]
        return ["case", is_number, ["step", ["get", name], other, *stops], other]
    return tone


def steps_of(legend: dict[str, Any], *, english: bool = False) -> list[dict[str, str]]:
    """The legend's steps, each with its ``colour`` and ``name``."""
    steps = []
    for step in (*legend.get("categories", []), *legend.get("ramp", [])):
        name = (english and step.get("name_en")) or step.get("name") or step.get("value")
        if name is None:
            name = f"≥ {step['from']:g} {legend.get('unit', '')}"
        steps.append({"colour": step["colour"], "name": str(name).strip()})
    return steps
