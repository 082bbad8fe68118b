"""`tables.yaml` as facts: what a package says of its tables, without a database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from beichen.kernel.scene.durations import DURATION, duration
from beichen.kernel.scene.section import Package
from beichen.kernel.scene.vocabulary import FIELD, KEY, TEXT, Schema, mapping_of, record
from beichen.platforms.warehouse.facts import Check, CheckKind, Column, ColumnType, TableFacts

FILE = "tables.yaml"
LEVELS = ("L1", "L2", "L3", "L4")
NAME: Schema = {**FIELD, "maxLength": 63}
_SHORT: Schema = {"type": "string", "minLength": 1, "maxLength": 200}
_LEVEL: Schema = {"enum": list(LEVELS)}
_NUMBER: Schema = {"type": "number"}


def tables_schema() -> Schema:
    """The JSON Schema of the file."""
    column = record(
        {"type": {"enum": [kind.value for kind in ColumnType]}, "zh": _SHORT, "en": _SHORT},
        {"required": {"type": "boolean"}, "level": _LEVEL},
    )
    names: Schema = {"type": "array", "items": NAME, "minItems": 1, "uniqueItems": True}
    words: Schema = {"type": "array", "items": {"type": ["string", "integer"]}, "minItems": 1}
    check: Schema = {
        "type": "object",
        "minProperties": 1,
        "maxProperties": 1,
        "additionalProperties": False,
        "properties": {
            "unique": names,
            "range": record({"column": NAME}, {"from": _NUMBER, "to": _NUMBER}),
            "accepted": record({"column": NAME, "values": words}),
            "references": record({"column": NAME, "table": NAME, "to": NAME}),
            "fresh": record({"column": NAME, "within": DURATION}),
            "sql": record({"name": KEY, "wrong": {"type": "string", "minLength": 1, "maxLength": 4000}}),
        },
    }
    table = record(
        {"name": TEXT, "columns": mapping_of(column, NAME, minProperties=1)},
        {
            "key": names,
            "level": _LEVEL,
            "time": NAME,
            "keep": {**DURATION, "pattern": "^[0-9]{1,5}d$", "x-form": "days, such as 730d"},
            "owner": KEY,
            "checks": {"type": "array", "items": check},
        },
    )
    return mapping_of(table, NAME)


def package_tables(package: Package) -> list[TableFacts]:
    """What the package's own `tables.yaml` declares."""
    document = package.document(FILE)
    if document is None:
        return []
    return [
        replace(_facts(str(name), declared), where=document.key_position((name,)))
        for name, declared in document.value.items()
    ]


def package_columns(package: Package) -> Mapping[str, Mapping[str, ColumnType]]:
    """The columns of the tables of the package and of those that it requires; no database is asked."""
    packages = (*package.required.values(), package)
    return {facts.name: facts.types for each in packages for facts in package_tables(each)}


def _facts(name: str, declared: Any) -> TableFacts:
    level = _level(declared.get("level"), 2)
    columns = tuple(
        Column(
            str(key),
            ColumnType(str(one["type"])),
            str(one["zh"]),
            str(one["en"]),
            required=bool(one.get("required", False)),
            level=_level(one.get("level"), 0),
        )
        for key, one in declared["columns"].items()
    )
    return TableFacts(
        name=name,
        zh=str(declared["name"]["zh"]),
        en=str(declared["name"]["en"]),
        columns=columns,
        key=tuple(map(str, declared.get("key", ()))),
        level=level,
        time=str(declared.get("time", "")),
        keep_days=duration(str(declared["keep"])).days if "keep" in declared else None,
        owner_body=str(declared.get("owner", "")),
        checks=tuple(_check(one) for one in declared.get("checks", ())),
    )


def _level(text: Any, default: int) -> int:
    return LEVELS.index(str(text)) + 1 if text else default


def _check(declared: Any) -> Check:
    kind, said_of = next(iter(declared.items()))
    if kind == "unique":
        return Check(CheckKind.UNIQUE, tuple(map(str, said_of)))
    if kind == "sql":
        return Check(CheckKind.SQL, name=str(said_of["name"]), sql=str(said_of["wrong"]))
    words = {} if kind == "range" else said_of
    return Check(
        CheckKind(kind),
        (str(said_of["column"]),),
        least=float(said_of["from"]) if "from" in said_of else None,
        most=float(said_of["to"]) if kind == "range" and "to" in said_of else None,
        values=tuple(value if isinstance(value, int) else str(value) for value in said_of.get("values", ())),
        table=str(words.get("table", "")),
        to=str(words.get("to", "")),
        within=str(words.get("within", "")),
    )
