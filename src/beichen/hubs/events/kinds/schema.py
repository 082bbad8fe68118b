"""The JSON Schemas of `categories.yaml` and of one kind in `events.yaml`."""

from __future__ import annotations

from typing import Any

from beichen.kernel.levels import Level
from beichen.kernel.org.models import RegionLevel
from beichen.kernel.scene import vocabulary
from beichen.kernel.scene.durations import DURATION

Schema = dict[str, Any]
_CODE: Schema = {
    "type": "string",
    "pattern": r"^[A-Z0-9]{1,6}(-[A-Z0-9]{1,6}){0,2}$",
    "maxLength": 20,
    "x-form": 'a category\'s code in quotes, such as "01-03"',
}
_WORDS: Schema = {
    "type": "array",
    "items": {"type": "string", "minLength": 1, "maxLength": 20},
    "uniqueItems": True,
}
CATEGORY: Schema = vocabulary.mapping_of(
    {
        "type": "object",
        "required": ["zh", "en"],
        "additionalProperties": False,
        "properties": {
            "zh": {"type": "string", "minLength": 1, "maxLength": 100},
            "en": {"type": "string", "minLength": 1, "maxLength": 200},
            "keywords": _WORDS,
        },
    },
    _CODE,
)
KIND_KEY: Schema = {
    "type": "string",
    "pattern": r"^[a-z][a-z0-9]*(-[a-z0-9]+)*(\.[a-z][a-z0-9]*(-[a-z0-9]+)*){1,2}$",
    "maxLength": 120,
    "x-form": "the scene and a name, such as drainage.overflow",
}
_GRADE: Schema = {"type": "integer", "minimum": 1, "maximum": 4}
_TARGET: Schema = {
    "anyOf": [
        vocabulary.KEY,
        vocabulary.record({"kind": vocabulary.KEY, "at": {"enum": list(RegionLevel.values)}}),
    ],
    "x-form": "a body's key, or {kind: street-office, at: street}",
}
_ROW: Schema = vocabulary.record(
    {"to": _TARGET},
    {
        "region": {
            "type": "string",
            "pattern": r"^\d{2,12}\*?$",
            "x-form": 'a region\'s code in quotes, or its beginning and a star: "220102*"',
        },
        "category": _CODE,
        "grade": {"type": "array", "items": _GRADE, "minItems": 1, "uniqueItems": True},
        "support": {"type": "array", "items": _TARGET, "minItems": 1},
    },
)
ROUTE: Schema = {"type": "array", "items": _ROW, "minItems": 1}
_NEED: Schema = {
    "anyOf": [vocabulary.FIELD, vocabulary.record({"key": vocabulary.FIELD, "name": vocabulary.TEXT})],
    "x-form": "photo, or {key: soil_sample, name: {zh: …, en: …}}",
}
_ASK: Schema = vocabulary.record(
    {"name": vocabulary.TEXT},
    {
        "type": {"enum": ["string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"]},
        "required": {"type": "boolean"},
        "choices": vocabulary.mapping_of(vocabulary.TEXT),
    },
)
_ASKS: Schema = vocabulary.mapping_of(_ASK, vocabulary.FIELD)
KIND: Schema = vocabulary.record(
    {"name": vocabulary.TEXT},
    {
        "about": vocabulary.TEXT,
        "like": KIND_KEY,
        "category": _CODE,
        "public": {"type": "boolean"},
        "keywords": _WORDS,
        "on": {"type": "array", "items": {"type": "string"}, "minItems": 1, "uniqueItems": True},
        "accept": {"enum": ["operator", "automatic"]},
        "verify": {"type": "boolean"},
        "centre": vocabulary.KEY,
        "level": {"enum": [level.name for level in Level]},
        "grade": vocabulary.record(
            {"default": _GRADE},
            {
                "escalate": {
                    "type": "array",
                    "items": vocabulary.record({"when": {"type": "string", "minLength": 1}, "to": _GRADE}),
                }
            },
        ),
        "same_as": vocabulary.record(
            {
                "within": {"type": "string", "pattern": r"^\d{1,4}k?m$", "x-form": "metres, such as 80m"},
                "during": DURATION,
            },
            {"alike": {"type": "number", "minimum": 0, "maximum": 1}},
        ),
        "route": ROUTE,
        "deadlines": vocabulary.record(
            {},
            {
                **dict.fromkeys(("accept", "dispatch", "handle", "verify", "feedback"), DURATION),
                "working": {"type": "boolean"},
            },
        ),
        "needs": {"type": "array", "items": _NEED, "uniqueItems": True},
        "steps": {
            "type": "array",
            "items": vocabulary.record({"key": vocabulary.KEY, "name": vocabulary.TEXT}),
            "minItems": 1,
        },
        "ask": _ASKS,
        "result": _ASKS,
    },
)
