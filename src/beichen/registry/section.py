"""`objects.yaml` of a scene: the types of objects that it speaks of, and installing them.

A type's fields carry JSON Schema keywords beside their names in both languages, ``level``, ``required`` and
``index``. Widening a type is free; narrowing one is refused with the objects that would break.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from beichen.kernel.actor import Actor
from beichen.kernel.changes import Changes
from beichen.kernel.levels import Level
from beichen.kernel.scene import vocabulary
from beichen.kernel.scene.document import Document
from beichen.kernel.scene.durations import DURATION
from beichen.kernel.scene.markdown import table
from beichen.kernel.scene.section import Package, PackageKind, Section
from beichen.problem import Problem, code, nearest, shorten
from beichen.registry import service
from beichen.registry.document.forms import NOT_ATTRIBUTES, RESERVED
from beichen.registry.models import Kind

FILE = "objects.yaml"
NO_TARGET = code("REG-311", "A relation leads to a type that nobody declares.", status=422)
NAME_TAKEN = code("REG-312", "A field's name has a meaning of its own in NGSI-LD.", status=422)
BAD_SCHEMA = code("REG-313", "A field's JSON Schema is not valid.", status=422)
BAD_MEASURE = code("REG-314", "What a measure says of itself does not fit together.", status=422)

NUMERIC, WORDED = ("number", "integer"), ("boolean", "text")  # what a measure's values are
Schema = dict[str, Any]
_LEVEL: Schema = {"enum": [level.name for level in Level]}
_WORDS: Schema = {"zh": {"type": "string", "minLength": 1}, "en": {"type": "string", "minLength": 1}}
_OURS = frozenset({"level", "required", "index", "zh", "en", "unit"})
_KEYWORDS: Schema = {
    "type": {"enum": ["string", "number", "integer", "boolean", "array", "object"]},
    "enum": {"type": "array", "minItems": 1},
    "minimum": {"type": "number"},
    "maximum": {"type": "number"},
    "exclusiveMinimum": {"type": "number"},
    "exclusiveMaximum": {"type": "number"},
    "multipleOf": {"type": "number", "exclusiveMinimum": 0},
    "minLength": {"type": "integer", "minimum": 0},
    "maxLength": {"type": "integer", "minimum": 0},
    "pattern": {"type": "string"},
    "format": {"enum": ["date", "date-time", "time", "duration", "email", "uri", "uuid"]},
    "items": {"type": "object"},
    "minItems": {"type": "integer", "minimum": 0},
    "maxItems": {"type": "integer", "minimum": 0},
    "uniqueItems": {"type": "boolean"},
    "properties": {"type": "object"},
    "additionalProperties": {"type": "boolean"},
}
_FIELD: Schema = {
    "type": "object",
    "required": ["zh"],
    "anyOf": [{"required": ["type"]}, {"required": ["enum"]}],
    "additionalProperties": False,
    "properties": {
        **_KEYWORDS,
        **_WORDS,
        "level": _LEVEL,
        "required": {"type": "boolean"},
        "index": {"type": "boolean"},
        "unit": {"type": "string", "minLength": 1},
    },
}
_MEASURE: Schema = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        **_WORDS,
        "type": {"enum": [*NUMERIC, *WORDED]},
        "unit": {"type": "string", "minLength": 1},
        "every": {"type": "string", "pattern": r"^\d+(ms|s|m|h|d)$", "x-form": "a duration such as 60s"},
        "range": {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
        "level": _LEVEL,
    },
}
_COMMAND: Schema = {
    "type": "object",
    "required": ["zh"],
    "additionalProperties": False,
    "properties": {
        **_WORDS,
        "parameters": vocabulary.mapping_of(_FIELD, vocabulary.FIELD),
        "timeout": DURATION,
    },
}
_RELATION: Schema = {
    "type": "object",
    "required": ["to"],
    "additionalProperties": False,
    "properties": {**_WORDS, "to": vocabulary.KEY, "many": {"type": "boolean"}},
}
_TYPE = vocabulary.record(
    {"kind": {"enum": list(Kind.values)}, "name": vocabulary.TEXT},
    {
        "geometry": {"enum": ["point", "line", "polygon", "any"]},
        "level": _LEVEL,
        "taken_from": {**vocabulary.KEY, "description": "the scene that declared the type before"},
        "fields": vocabulary.mapping_of(_FIELD, vocabulary.FIELD),
        "measures": vocabulary.mapping_of(_MEASURE, vocabulary.FIELD),
        "commands": vocabulary.mapping_of(_COMMAND),
        "relations": vocabulary.mapping_of(_RELATION, vocabulary.FIELD),
    },
)


class ObjectsSection(Section):
    """Types of objects."""

    key = "objects"
    kind = PackageKind.SCENE
    files = (FILE,)
    order = 50

    def schema(self) -> Schema:
        """A mapping from types to what they are."""
        return vocabulary.mapping_of(_TYPE)

    def check(self, package: Package) -> list[Problem]:
        """That relations lead somewhere, and that names and schemas of fields can be used."""
        document = package.document(FILE)
        if document is None:
            return []
        return [
            *_relations(package, document),
            *_fields(document),
            *_measures(document),
        ]

    def install(self, package: Package, *, by: Actor) -> Changes:
        """Declare the types, comparing with what stands."""
        facts = [_facts(key, declared) for key, declared in package.value(FILE).items()]
        return service.declare_types(facts, scene=package.key, by=by)

    def remove(self, package: Package, *, by: Actor) -> Changes:
        """Let go of the types; their objects stay."""
        return service.declare_types([], scene=package.key, by=by)

    def kept(self, package: Package) -> list[str]:
        """Where the objects are found."""
        keys = ", ".join(package.value(FILE))
        return [f"objects of the types {keys} stay, at /ngsi-ld/v1/entities"] if keys else []

    def describe(self, package: Package) -> str:
        """A table of fields for each type."""
        return "\n\n".join(_page(key, declared) for key, declared in package.value(FILE).items())


SECTIONS: tuple[Section, ...] = (ObjectsSection(),)


def _known(package: Package) -> set[str]:
    packages = [package, *package.required.values()]
    return {key for each in packages for key in each.value(FILE)}


def _relations(package: Package, document: Document) -> Iterator[Problem]:
    known = _known(package)
    for key, declared in document.value.items():
        for name, relation in declared.get("relations", {}).items():
            if relation["to"] not in known:
                where = document.position([key, "relations", name, "to"])
                message = shorten(f"no type is called {relation['to']}")
                hint = nearest(relation["to"], known)
                yield Problem(NO_TARGET, message, where, hint)


def _fields(document: Document) -> Iterator[Problem]:
    for key, declared in document.value.items():
        for part in ("fields", "relations", "measures"):
            for name in declared.get(part, {}):
                if name in RESERVED or name in NOT_ATTRIBUTES or name in {"id", "scope", "location"}:
                    where = document.key_position([key, part, name])
                    yield Problem(NAME_TAKEN, shorten(f"{name} has a meaning of its own"), where)
        for name, field in declared.get("fields", {}).items():
            fault = service.schema_fault(_plain(field))
            if fault:
                yield Problem(BAD_SCHEMA, shorten(fault), document.position([key, "fields", name]))


def _measures(document: Document) -> Iterator[Problem]:
    for key, declared in document.value.items():
        for name, measure in declared.get("measures", {}).items():
            is_numeric = measure.get("type", "number") in NUMERIC
            lowest, highest = measure.get("range", (0, 0))
            where = document.position([key, "measures", name])
            if is_numeric and "unit" not in measure:
                yield Problem(BAD_MEASURE, shorten(f"{name} is a number and has no unit"), where, 'unit: "1"')
            if not is_numeric and "range" in measure:
                yield Problem(BAD_MEASURE, shorten(f"{name} is no number and has a range"), where)
            if lowest > highest:
                message = shorten(f"the range of {name} ends before it starts")
                yield Problem(BAD_MEASURE, message, where, f"[{highest}, {lowest}]")
            if name in declared.get("fields", {}):
                message = shorten(f"{name} is a field and a measure")
                yield Problem(BAD_MEASURE, message, where, "a value has one source")
        for name, command in declared.get("commands", {}).items():
            for parameter, field in command.get("parameters", {}).items():
                fault = service.schema_fault(_plain(field))
                if fault:
                    where = document.position([key, "commands", name, "parameters", parameter])
                    yield Problem(BAD_SCHEMA, shorten(fault), where)


def _plain(field: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in field.items() if name not in _OURS}


def _levels(declared: dict[str, Any]) -> dict[str, int]:
    parts = {**declared.get("fields", {}), **declared.get("measures", {})}
    levels = {name: Level[field.get("level", "L1")] for name, field in parts.items()}
    return {name: int(level) for name, level in levels.items() if level > Level.L1}


def _facts(key: str, declared: dict[str, Any]) -> service.TypeFacts:
    fields = declared.get("fields", {})
    geometry = declared.get("geometry", "")
    return service.TypeFacts(
        key=key,
        kind=declared["kind"],
        name=declared["name"]["zh"],
        name_en=declared["name"]["en"],
        geometry="" if geometry == "any" else geometry,
        fields={name: _plain(field) for name, field in fields.items()},
        required=tuple(name for name, field in fields.items() if field.get("required")),
        indexed=tuple(name for name, field in fields.items() if field.get("index")),
        levels=_levels(declared),
        relations=declared.get("relations", {}),
        measures=declared.get("measures", {}),
        commands=declared.get("commands", {}),
        level=int(Level[declared.get("level", "L1")]),
        taken_from=declared.get("taken_from", ""),
        labels={name: {"zh": field["zh"], "en": field.get("en", "")} for name, field in fields.items()},
    )


def _page(key: str, declared: dict[str, Any]) -> str:
    name, fields, measures = declared["name"], [], []
    for field, facts in declared.get("fields", {}).items():
        index = "yes" if facts.get("index") else ""
        fields.append((field, facts["zh"], facts.get("en", ""), facts.get("level", "L1"), index))
    for measure, facts in declared.get("measures", {}).items():
        bounds = "–".join(str(bound) for bound in facts.get("range", ()))
        words = (facts.get("zh", ""), facts.get("type", "number"), facts.get("unit", ""))
        measures.append((measure, *words, facts.get("every", ""), bounds))
    parts = [
        f"**{key}** — {name['zh']}, {name['en']}",
        table(("field", "名称", "name", "level", "index"), fields),
        table(("measure", "名称", "type", "unit", "every", "range"), measures),
    ]
    for command, facts in declared.get("commands", {}).items():
        parameters = ", ".join(facts.get("parameters", {})) or "—"
        parts.append(f"Command **{command}** — {facts['zh']}: {parameters}")
    return "\n\n".join(filter(None, parts))
