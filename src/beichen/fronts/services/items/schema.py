"""The JSON Schema of `services.yaml`: items, bundles and windows."""

from __future__ import annotations

from beichen.fronts.services.bpmn.expressions import LONGEST
from beichen.fronts.services.items.life_events import LIFE_EVENTS
from beichen.fronts.services.schema import FIELD
from beichen.kernel.levels import Level
from beichen.kernel.scene import vocabulary
from beichen.kernel.scene.durations import DURATION
from beichen.kernel.scene.vocabulary import Schema

AUDIENCES = ("person", "firm")
ASSURANCES = ("low", "substantial", "high")
FORMS = ("original", "copy", "either")
DELIVERIES = ("online", "window", "post")
ENDINGS = ("withdrawn", "refused", "annulled")
REFUNDS = ("at-once", "officer", "never")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MOST_MATERIALS = 40
CONDITION: Schema = {
    "type": "string",
    "minLength": 1,
    "maxLength": LONGEST,
    "x-form": "a CEL expression over the questions, such as age >= 18",
}
_WORD: Schema = {"type": "string", "minLength": 1, "maxLength": 60}
_HELD: Schema = {
    "type": "string",
    "pattern": r"^(certificate:[a-z][a-z0-9-]*|[a-z][a-z0-9-]*\.[a-z][a-z0-9_]*)$",
    "maxLength": 120,
    "x-form": "a field of the registry, organisation.credit_code, or certificate:KIND",
}
MATERIAL: Schema = vocabulary.record(
    {"name": vocabulary.TEXT},
    {
        "about": vocabulary.TEXT,
        "required": {"anyOf": [{"type": "boolean"}, CONDITION]},
        "form": {"enum": list(FORMS)},
        "copies": {"type": "integer", "minimum": 0, "maximum": 20},
        "from": _HELD,
        "level": {"enum": [str(one.name) for one in Level]},
    },
)
FEE: Schema = vocabulary.record(
    {
        "basis": vocabulary.TEXT,
        "amounts": {
            "type": "array",
            "minItems": 1,
            "maxItems": 20,
            "items": vocabulary.record(
                {"yuan": {"type": "number", "minimum": 0, "maximum": 10_000_000}},
                {"when": CONDITION, "name": vocabulary.TEXT},
            ),
        },
    },
    {
        "free": {
            "type": "array",
            "maxItems": 20,
            "items": vocabulary.record({"when": CONDITION, "name": vocabulary.TEXT}),
        },
        "message": vocabulary.FIELD,
        "refund": vocabulary.record({}, {ending: {"enum": list(REFUNDS)} for ending in ENDINGS}),
    },
)
RESULT: Schema = vocabulary.record(
    {"name": vocabulary.TEXT},
    {
        "certificate": vocabulary.KEY,
        "delivery": {"type": "array", "items": {"enum": list(DELIVERIES)}, "uniqueItems": True},
    },
)
ITEM: Schema = vocabulary.record(
    {
        "name": vocabulary.TEXT,
        "body": vocabulary.KEY,
        "audience": {
            "type": "array",
            "items": {"enum": list(AUDIENCES)},
            "minItems": 1,
            "uniqueItems": True,
        },
        "process": vocabulary.KEY,
    },
    {
        "about": vocabulary.TEXT,
        "form": vocabulary.KEY,
        "events": {"type": "array", "items": {"enum": list(LIFE_EVENTS)}, "uniqueItems": True},
        "words": {"type": "array", "items": _WORD, "maxItems": 30, "uniqueItems": True},
        "ask": vocabulary.mapping_of(FIELD, vocabulary.FIELD, maxProperties=30),
        "conditions": {
            "type": "array",
            "maxItems": 30,
            "items": vocabulary.record({"when": CONDITION, "otherwise": vocabulary.TEXT}),
        },
        "assurance": {"enum": list(ASSURANCES)},
        "materials": vocabulary.mapping_of(MATERIAL, maxProperties=MOST_MATERIALS),
        "fee": FEE,
        "promised": DURATION,
        "legal": DURATION,
        "basis": {
            "type": "array",
            "maxItems": 20,
            "items": vocabulary.record(
                {"name": vocabulary.TEXT},
                {"url": {"type": "string", "pattern": "^https://", "maxLength": 300, "x-form": "https://…"}},
            ),
        },
        "result": RESULT,
        "good": {"type": "array", "items": vocabulary.FIELD, "uniqueItems": True},
        "windows": {"type": "array", "items": vocabulary.KEY, "uniqueItems": True},
        "at": vocabulary.mapping_of(vocabulary.FIELD, vocabulary.KEY, maxProperties=20),
        "faq": {
            "type": "array",
            "maxItems": 30,
            "items": vocabulary.record({"question": vocabulary.TEXT, "answer": vocabulary.TEXT}),
        },
        "visits": {"type": "integer", "minimum": 0, "maximum": 10},
        "online": {"type": "boolean"},
        "marks": vocabulary.record(
            {
                "yellow": {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
                "red": {"type": "number", "exclusiveMinimum": 0, "maximum": 3},
            }
        ),
    },
)
BUNDLE: Schema = vocabulary.record(
    {
        "name": vocabulary.TEXT,
        "items": vocabulary.mapping_of(
            vocabulary.record(
                {},
                {
                    "after": {
                        "type": "array",
                        "items": vocabulary.KEY,
                        "uniqueItems": True,
                    },
                    "when": CONDITION,
                },
            ),
            minProperties=2,
            maxProperties=20,
        ),
    },
    {
        "about": vocabulary.TEXT,
        "events": {"type": "array", "items": {"enum": list(LIFE_EVENTS)}, "uniqueItems": True},
        "words": {"type": "array", "items": _WORD, "maxItems": 30, "uniqueItems": True},
        "promised": DURATION,
        "form": vocabulary.KEY,
    },
)
WINDOW: Schema = vocabulary.record(
    {
        "name": vocabulary.TEXT,
        "body": vocabulary.KEY,
        "region": vocabulary.REGION,
        "hours": {
            "type": "array",
            "minItems": 1,
            "maxItems": 20,
            "items": vocabulary.record(
                {"from": vocabulary.TIME_OF_DAY, "to": vocabulary.TIME_OF_DAY},
                {"days": {"type": "array", "items": {"enum": list(DAYS)}, "minItems": 1}},
            ),
        },
    },
    {
        "address": vocabulary.TEXT,
        "place": {"type": "string", "maxLength": 60},
        "at": {
            "type": "array",
            "items": {"type": "number"},
            "minItems": 2,
            "maxItems": 2,
        },
        "slot": DURATION,
        "capacity": {"type": "integer", "minimum": 1, "maximum": 200},
        "counters": {"type": "integer", "minimum": 1, "maximum": 200},
        "ahead": {"type": "integer", "minimum": 1, "maximum": 60},
        "letter": {"type": "string", "pattern": "^[A-Z]$", "x-form": "one letter, such as A"},
    },
)
SERVICES: Schema = vocabulary.record(
    {},
    {
        "items": vocabulary.mapping_of(ITEM, maxProperties=500),
        "bundles": vocabulary.mapping_of(BUNDLE, maxProperties=100),
        "windows": vocabulary.mapping_of(WINDOW, maxProperties=200),
    },
)
WINDOWS: Schema = vocabulary.mapping_of(WINDOW, maxProperties=500)
