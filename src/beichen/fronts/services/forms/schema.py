"""The language of a form: the part of JSON Schema 2020-12 that `forms/KEY.yaml` may use, as JSON Schema.

What a form says in JSON Schema's own keywords is judged; members that begin with ``x-`` are for people:
``x-title-en`` beside ``title``, ``x-choices`` for the words of ``enum``, ``x-kind`` for how it is asked.
"""

from __future__ import annotations

from typing import Any

from beichen.kernel.levels import Level
from beichen.kernel.scene import vocabulary

Schema = dict[str, Any]

FORMATS = ("date", "email", "telephone", "identity-number", "credit-code")
TEXT_KINDS = ("text", "long", "region", "address", "object", "file")
MOST_FIELDS, MOST_ROWS, MOST_CHOICES = 200, 50, 300
_COUNT: Schema = {"type": "integer", "minimum": 0, "maximum": 20_000}
_LINE: Schema = {"type": "string", "minLength": 1, "maxLength": 200}
_NOTE: Schema = {"type": "string", "minLength": 1, "maxLength": 2000}
_ENGLISH: Schema = {**_LINE, "title": "English title"}
_NUMBER: Schema = {"type": "number"}
_NAMES: Schema = {"type": "array", "items": vocabulary.FIELD, "uniqueItems": True, "maxItems": MOST_FIELDS}
_VALUES: Schema = {
    "type": "array",
    "items": {"type": "string", "minLength": 1, "maxLength": 200},
    "uniqueItems": True,
    "minItems": 1,
    "maxItems": MOST_CHOICES,
}
_WORDS: Schema = {
    "title": _LINE,
    "x-title-en": _ENGLISH,
    "description": _NOTE,
    "x-description-en": _NOTE,
    "x-level": {"enum": [level.name for level in Level], "description": "how personal it is; L2 unless said"},
}
_SOURCE: Schema = {
    "type": "string",
    "pattern": r"^(person\.(name|phone|email)|object\.[A-Za-z][A-Za-z0-9-]*\.[a-z][a-z0-9_]*|earlier"
    r"|certificate\.[a-z][a-z0-9-]*\.[a-z][a-z0-9_]*)$",
    "maxLength": 150,
    "x-form": "person.name, object.TYPE.FIELD, certificate.KIND.FIELD or earlier",
}
TEXT: Schema = vocabulary.record(
    {"type": {"const": "string"}, "title": _LINE, "x-title-en": _ENGLISH},
    {
        **_WORDS,
        "minLength": _COUNT,
        "maxLength": _COUNT,
        "pattern": {"type": "string", "maxLength": 200},
        "x-pattern": vocabulary.TEXT,
        "format": {"enum": list(FORMATS)},
        "enum": _VALUES,
        "x-choices": {
            "type": "object",
            "additionalProperties": vocabulary.TEXT,
            "maxProperties": MOST_CHOICES,
        },
        "x-kind": {"enum": list(TEXT_KINDS)},
        "x-type": {
            "type": "string",
            "maxLength": 60,
            "description": "the type of an object whose code is asked",
        },
        "x-from": _SOURCE,
        "x-suggest": {
            "type": "string",
            "pattern": r"^[a-z][a-z0-9_.]*\.(name|number|address|birth_date|credit_code|representative)$",
            "maxLength": 150,
            "x-form": "a file's field and what is read of it, such as licence.credit_code",
        },
        "x-read": {
            "enum": ["identity-card", "business-licence"],
            "description": "what a picture of it is read for, as suggestions",
        },
    },
)
FIGURE: Schema = vocabulary.record(
    {"type": {"enum": ["number", "integer"]}, "title": _LINE, "x-title-en": _ENGLISH},
    {
        **_WORDS,
        "minimum": _NUMBER,
        "maximum": _NUMBER,
        "exclusiveMinimum": _NUMBER,
        "exclusiveMaximum": _NUMBER,
        "x-unit": {"type": "string", "maxLength": 20},
        "x-kind": {"enum": ["number", "money"]},
        "x-from": _SOURCE,
    },
)
YES: Schema = vocabulary.record(
    {"type": {"const": "boolean"}, "title": _LINE, "x-title-en": _ENGLISH},
    {**_WORDS, "const": {"const": True, "description": "it must be agreed to"}},
)
_CONDITION: Schema = {
    "type": "object",
    "additionalProperties": False,
    "minProperties": 1,
    "properties": {
        "required": _NAMES,
        "properties": vocabulary.mapping_of(
            {
                "type": "object",
                "additionalProperties": False,
                "minProperties": 1,
                "properties": {
                    "const": {"type": ["string", "number", "boolean"]},
                    "enum": {"type": "array", "items": {"type": ["string", "number"]}, "minItems": 1},
                    "minimum": _NUMBER,
                    "maximum": _NUMBER,
                    "exclusiveMinimum": _NUMBER,
                    "exclusiveMaximum": _NUMBER,
                    "contains": vocabulary.record({"const": {"type": "string"}}),
                },
            },
            vocabulary.FIELD,
        ),
    },
}
_EFFECT: Schema = {
    "type": "object",
    "additionalProperties": False,
    "minProperties": 1,
    "properties": {
        "required": _NAMES,
        "properties": vocabulary.mapping_of(
            {
                "anyOf": [
                    {"const": False},
                    {
                        "type": "object",
                        "additionalProperties": False,
                        "properties": {
                            "minimum": _NUMBER,
                            "maximum": _NUMBER,
                            "minLength": _COUNT,
                            "maxLength": _COUNT,
                            "minItems": _COUNT,
                            "maxItems": _COUNT,
                            "const": {"type": ["string", "number", "boolean"]},
                            "enum": _VALUES,
                        },
                    },
                ],
                "x-form": "false, which hides it, or limits such as {minimum: 1}",
            },
            vocabulary.FIELD,
        ),
    },
}
_RULES: Schema = {
    "type": "array",
    "minItems": 1,
    "maxItems": 50,
    "items": vocabulary.record({"if": _CONDITION}, {"then": _EFFECT, "else": _EFFECT}),
}


def _fields(field: Schema) -> Schema:
    return vocabulary.mapping_of(field, vocabulary.FIELD, minProperties=1, maxProperties=MOST_FIELDS)


def _any_of(*kinds: Schema) -> Schema:
    """A field is of one of these: chosen by its type, so that mistakes are told of that one alone."""
    return {"type": "object", "required": ["type"], "allOf": [_when(kind) for kind in kinds], **_typed(kinds)}


def _types(kind: Schema) -> list[str]:
    said = kind["properties"]["type"]
    return said["enum"] if "enum" in said else [said["const"]]


def _typed(kinds: tuple[Schema, ...]) -> Schema:
    return {"properties": {"type": {"enum": [name for kind in kinds for name in _types(kind)]}}}


def _when(kind: Schema) -> Schema:
    return {"if": {"required": ["type"], "properties": {"type": {"enum": _types(kind)}}}, "then": kind}


_SIMPLE = (TEXT, FIGURE, YES)
_CHOICES: Schema = vocabulary.record(
    {"type": {"const": "string"}, "enum": _VALUES},
    {"x-choices": {"type": "object", "additionalProperties": vocabulary.TEXT}},
)
_ROW: Schema = vocabulary.record(
    {"type": {"const": "object"}, "properties": _fields(_any_of(*_SIMPLE))},
    {"required": _NAMES, "allOf": _RULES},
)
ARRAY: Schema = vocabulary.record(
    {"type": {"const": "array"}, "title": _LINE, "x-title-en": _ENGLISH, "items": _any_of(_CHOICES, _ROW)},
    {
        **_WORDS,
        "minItems": {**_COUNT, "maximum": MOST_ROWS},
        "maxItems": {**_COUNT, "maximum": MOST_ROWS},
        "uniqueItems": {"type": "boolean"},
    },
)
GROUP: Schema = vocabulary.record(
    {
        "type": {"const": "object"},
        "title": _LINE,
        "x-title-en": _ENGLISH,
        "properties": _fields(_any_of(*_SIMPLE, ARRAY)),
    },
    {**_WORDS, "required": _NAMES, "allOf": _RULES},
)
FORM: Schema = vocabulary.record(
    {
        "type": {"const": "object"},
        "title": _LINE,
        "x-title-en": _ENGLISH,
        "properties": _fields(_any_of(*_SIMPLE, ARRAY, GROUP)),
    },
    {
        **_WORDS,
        "$schema": {"const": "https://json-schema.org/draft/2020-12/schema"},
        "required": _NAMES,
        "allOf": _RULES,
    },
)
