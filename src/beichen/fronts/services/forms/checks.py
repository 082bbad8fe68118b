"""What the schema of a form cannot say: names that rules and lists name, words of choices, patterns."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import jsonschema_rs

from beichen.fronts.services.forms.schema import MOST_FIELDS
from beichen.fronts.services.problems import BAD_FORM
from beichen.problem import Problem, Where, nearest, said, shorten

At = Callable[[tuple[str | int, ...]], Where]
Path = tuple[str | int, ...]
_FOREIGN = re.compile(r"\(\?(?!:)|\\(?![\^$\\.*+?()\[\]{}|/nrt])")
"""What browsers and the server read differently: groups with a sign, references, classes by a letter."""


def check_form(form: Mapping[str, Any], at: At) -> Iterator[Problem]:
    """Everything that is wrong with a form that fits its schema, each at its place."""
    count = sum(1 for _one in _all_fields(form))
    if count > MOST_FIELDS:
        message = said("{count} fields; {most} is the most", count=count, most=MOST_FIELDS)
        yield Problem(BAD_FORM, message, at(()))
    yield from _object(form, (), at)


def _all_fields(one: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for field in one["properties"].values():
        yield field
        inner = field["items"] if field["type"] == "array" else field
        if inner["type"] == "object":
            yield from _all_fields(inner)


def _object(one: Mapping[str, Any], path: Path, at: At) -> Iterator[Problem]:
    fields = one["properties"]
    yield from _names(one.get("required", ()), fields, (*path, "required"), at)
    hides: set[str] = set()
    for number, rule in enumerate(one.get("allOf", ())):
        where = (*path, "allOf", number)
        if "then" not in rule and "else" not in rule:
            yield Problem(BAD_FORM, said("the rule says nothing"), at(where), said("add then: or else:"))
        for part in ("if", "then", "else"):
            effects = rule.get(part, {})
            yield from _names(effects.get("required", ()), fields, (*where, part, "required"), at)
            yield from _names(effects.get("properties", {}), fields, (*where, part, "properties"), at)
            hides |= {name for name, effect in effects.get("properties", {}).items() if effect is False}
        yield from _asked_only_where_said(rule, where, at)
    for name in one.get("required", ()):
        if name in hides:
            message = shorten(said("{name} is required and hidden", name=name))
            hint = said("let the rule that shows it say required")
            yield Problem(BAD_FORM, message, at((*path, "required")), hint)
    for name, field in fields.items():
        yield from _field(field, (*path, "properties", name), at)


def _asked_only_where_said(rule: Mapping[str, Any], where: Path, at: At) -> Iterator[Problem]:
    """``if: properties`` alone also holds where nothing is answered: JSON Schema's oldest trap."""
    named = rule["if"].get("properties", {})
    missing = [name for name in named if name not in rule["if"].get("required", ())]
    if missing:
        message = said("the condition also holds while {name} is not answered", name=missing[0])
        hint = said("add required: [{names}]", names=", ".join(named))
        yield Problem(BAD_FORM, shorten(message), at((*where, "if")), hint)


def _names(names: Any, fields: Mapping[str, Any], path: Path, at: At) -> Iterator[Problem]:
    for number, name in enumerate(names):
        if name not in fields:
            step = name if isinstance(names, dict) else number
            yield Problem(
                BAD_FORM,
                shorten(said("there is no field {name!r} here", name=name)),
                at((*path, step)),
                nearest(name, fields),
            )


def _field(field: Mapping[str, Any], path: Path, at: At) -> Iterator[Problem]:
    kind = field["type"]
    if kind == "string":
        yield from _text(field, path, at)
    elif kind == "object":
        yield from _object(field, path, at)
    elif kind == "array":
        yield from _bounds(field, "minItems", "maxItems", path, at)
        inner = field["items"]
        if inner["type"] == "object":
            yield from _no_files(inner, (*path, "items"), at)
            yield from _object(inner, (*path, "items"), at)
        else:
            yield from _text(inner, (*path, "items"), at)
    else:
        yield from _bounds(field, "minimum", "maximum", path, at)


def _no_files(row: Mapping[str, Any], path: Path, at: At) -> Iterator[Problem]:
    for name, field in row["properties"].items():
        if field.get("x-kind") == "file":
            where = at((*path, "properties", name))
            yield Problem(BAD_FORM, said("rows hold no files"), where, said("ask for it outside"))


def _bounds(field: Mapping[str, Any], low: str, high: str, path: Path, at: At) -> Iterator[Problem]:
    if low in field and high in field and field[low] > field[high]:
        message = said("{low} is more than {high}", low=low, high=high)
        yield Problem(BAD_FORM, message, at((*path, low)))


def _text(field: Mapping[str, Any], path: Path, at: At) -> Iterator[Problem]:
    yield from _bounds(field, "minLength", "maxLength", path, at)
    words, values = field.get("x-choices", {}), field.get("enum", ())
    for name in words:
        if name not in values:
            message = shorten(said("{name!r} is not one of the values", name=name))
            yield Problem(BAD_FORM, message, at((*path, "x-choices", name)), nearest(name, values))
    if (field.get("x-kind") == "object") != ("x-type" in field):
        yield Problem(BAD_FORM, said("x-kind: object and x-type go together"), at(path))
    if "x-read" in field and field.get("x-kind") != "file":
        yield Problem(BAD_FORM, said("only a file is read"), at((*path, "x-read")), "x-kind: file")
    if "pattern" in field:
        yield from _pattern(field["pattern"], (*path, "pattern"), at)


def _pattern(pattern: str, path: Path, at: At) -> Iterator[Problem]:
    if _FOREIGN.search(pattern):
        hint = said("ranges such as [0-9] and plain groups are read alike everywhere")
        yield Problem(BAD_FORM, said("browsers and the server read this differently"), at(path), hint)
        return
    try:
        options = jsonschema_rs.RegexOptions(size_limit=1 << 20)
        jsonschema_rs.Draft202012Validator({"pattern": pattern}, pattern_options=options)
    except jsonschema_rs.ValidationError:
        yield Problem(BAD_FORM, said("this is no regular expression"), at(path))
