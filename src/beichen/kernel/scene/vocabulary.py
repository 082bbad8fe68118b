"""Pieces of JSON Schema that every section shares, so that a name is a name everywhere.

A piece may carry ``x-form``: the form in plain words, which is shown when a text does not match.
"""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

KEBAB = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
SNAKE = r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$"
SEMVER = r"^(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})$"

TIME_OF_DAY: Schema = {
    "type": "string",
    "pattern": r"^([01][0-9]|2[0-3]):[0-5][0-9]$",
    "x-form": 'a time of the day in quotes, such as "08:30"',
}
KEY: Schema = {
    "type": "string",
    "pattern": KEBAB,
    "maxLength": 60,
    "x-form": "lower-case words with hyphens, such as street-lamp",
}
FIELD: Schema = {
    "type": "string",
    "pattern": SNAKE,
    "maxLength": 60,
    "x-form": "lower-case words with underscores, such as depth_m",
}
VERSION: Schema = {"type": "string", "pattern": SEMVER, "x-form": "three numbers, such as 1.0.0"}
TEXT: Schema = {
    "type": "object",
    "required": ["zh", "en"],
    "additionalProperties": False,
    "properties": {
        "zh": {"type": "string", "minLength": 1, "maxLength": 2000},
        "en": {"type": "string", "minLength": 1, "maxLength": 2000},
    },
    "description": "What people read, in Chinese and in English",
}
FILE: Schema = {
    "type": "string",
    "pattern": r"^[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)*$",
    "x-form": "a path inside the package, such as layers/rivers.geojson",
}
REGION: Schema = {
    "type": "string",
    "pattern": r"^\d{6}(\d{3}(\d{3})?)?$",
    "x-form": 'a GB/T 2260 code in quotes, such as "220100"',
}
LOOKS = ("blue", "red", "green", "gold")
LOOK: Schema = {"enum": list(LOOKS), "description": "The colour of a card; blue where nothing is said"}


def mapping_of(value: Schema, keys: Schema = KEY, **more: Any) -> Schema:
    """A schema of a mapping whose keys are ``keys`` and whose values are ``value``."""
    return {"type": "object", "propertyNames": keys, "additionalProperties": value, **more}


def record(required: dict[str, Schema], optional: dict[str, Schema] | None = None) -> Schema:
    """A schema of a mapping with exactly these keys; the order of ``required`` is that of messages."""
    return {
        "type": "object",
        "required": list(required),
        "additionalProperties": False,
        "properties": {**required, **(optional or {})},
    }
