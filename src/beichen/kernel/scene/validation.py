"""A document against its JSON Schema (draft 2020-12), each error in plain words at its place.

The engine is jsonschema-rs; here its errors become problems: what was found, what was expected, the
nearest valid word. Of a choice (anyOf, oneOf) the branch that fits best is reported, not all.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

import jsonschema_rs

from beichen.kernel.scene import codes
from beichen.kernel.scene.document import Document
from beichen.problem import Problem, Where, nearest, said, shorten

Error = Any  # jsonschema_rs.ValidationError; the package ships no types
_TYPES = {
    "object": said("a mapping"),
    "array": said("a list"),
    "string": said("text"),
    "integer": said("a whole number"),
    "number": said("a number"),
    "boolean": said("true or false"),
    "null": said("nothing"),
}
_FORMATS = {
    "date": said("a day such as 2025-05-01"),
    "date-time": said("a time such as 2025-05-01T08:00:00+08:00"),
}


@lru_cache(maxsize=256)
def _validator(schema: str) -> Any:
    return jsonschema_rs.Draft202012Validator(json.loads(schema), validate_formats=True)


def spell(value: Any) -> str:
    """A value in a message: its kind and, when short, itself."""
    if isinstance(value, dict):
        return _TYPES["object"]
    if isinstance(value, list):
        return _TYPES["array"]
    if value is None:
        return _TYPES["null"]
    if isinstance(value, bool):
        return str(value).lower()
    return shorten(repr(value), 40) if isinstance(value, str) else said("the number {value}", value=value)


def _types(names: Iterable[str]) -> str:
    *first, last = (_TYPES.get(name, name) for name in names)
    for one in reversed(first):
        last = said("{one} or {other}", one=one, other=last)
    return last


class _Translation:
    """The words for one document's errors."""

    def __init__(self, document: Document, schema: dict[str, Any], base: tuple[str | int, ...]) -> None:
        self.document = document
        self.schema = schema
        self.base = base

    def path(self, error: Error) -> tuple[str | int, ...]:
        return (*self.base, *error.instance_path)

    def value(self, error: Error) -> Where:
        return self.document.position(self.path(error))

    def key(self, error: Error, name: str | None = None) -> Where:
        path = self.path(error)
        return self.document.key_position(path if name is None else (*path, name))

    def fragment(self, path: Sequence[str | int]) -> dict[str, Any]:
        """The part of the schema at ``path``; empty when it is no mapping."""
        part: Any = self.schema
        for step in path:
            part = part[int(step)] if isinstance(part, list) else part.get(step, {})
        return part if isinstance(part, dict) else {}

    def unknown(self, error: Error) -> Iterator[Problem]:
        """One problem a key, beside the nearest key that is known there."""
        fragment = self.fragment(error.schema_path[:-1])
        present = error.instance if isinstance(error.instance, dict) else {}
        valid = [name for name in fragment.get("properties", {}) if name not in present]
        for name in error.kind.unexpected:
            hint = nearest(name, valid)
            message = shorten(said("unknown key {name!r}", name=name))
            yield Problem(codes.UNKNOWN_KEY, message, self.key(error, name), hint)

    def missing(self, error: Error) -> Iterator[Problem]:
        name = error.kind.property
        about = self.fragment(error.schema_path[:-1]).get("properties", {}).get(name, {})
        hint = about.get("description", "") or about.get("x-form", "")
        message = shorten(said("the key {name!r} is missing", name=name))
        yield Problem(codes.MISSING_KEY, message, self.key(error), hint)

    def wrong_type(self, error: Error) -> Iterator[Problem]:
        message = self.misfit(error.instance, error.kind.types)
        hint = said("quote it") if "string" in error.kind.types and _is_scalar(error.instance) else ""
        yield Problem(codes.WRONG_TYPE, shorten(message), self.value(error), hint)

    def not_a_choice(self, error: Error) -> Iterator[Problem]:
        fragment = self.fragment(error.schema_path[:-1])
        valid = fragment.get("enum") or [fragment.get("const")]
        hint = nearest(str(error.instance), [str(word) for word in valid])
        message = said("{found} is not valid here", found=spell(error.instance))
        yield Problem(codes.NOT_A_CHOICE, shorten(message), self.value(error), hint)

    def wrong_form(self, error: Error) -> Iterator[Problem]:
        fragment = self.fragment(error.schema_path[:-1])
        form = (
            fragment.get("x-form") or _FORMATS.get(fragment.get("format", "")) or fragment.get("pattern", "")
        )
        message = said("{found} does not have the right form", found=spell(error.instance))
        yield Problem(
            codes.WRONG_FORM, shorten(message), self.value(error), said("expected {form}", form=form)
        )

    def out_of_range(self, error: Error) -> Iterator[Problem]:
        message, hint = _range(error)
        yield Problem(codes.OUT_OF_RANGE, shorten(message), self.value(error), hint)

    def bad_name(self, error: Error) -> Iterator[Problem]:
        inner = error.kind.error
        fragment = self.fragment(error.schema_path)  # the path leads to the rule within propertyNames
        form = fragment.get("x-form") or self.fragment(error.schema_path[:-1]).get("x-form", "")
        message = said("{name!r} is not a name", name=inner.instance)
        hint = said("expected {form}", form=form) if form else shorten(inner.message)
        yield Problem(codes.BAD_NAME, shorten(message), self.key(error, inner.instance), hint)

    def never(self, error: Error) -> Iterator[Problem]:
        path = self.path(error)
        message = said("nothing can stand here")
        if path:
            message = said("the key {name!r} has no place here", name=str(path[-1]))
        yield Problem(codes.UNKNOWN_KEY, shorten(message), self.key(error))

    def choice(self, error: Error) -> Iterator[Problem]:
        """The branch that fits best; types alone when no branch takes this type at all."""
        branches = [list(branch) for branch in error.kind.context if branch]
        here = list(error.instance_path)
        deep = [
            b for b in branches if not any(e.kind.name == "type" and list(e.instance_path) == here for e in b)
        ]
        if deep:
            best = min(deep, key=lambda branch: (-max(len(e.instance_path) for e in branch), len(branch)))
            yield from self.all(best)
            return
        names = {
            name for branch in branches for e in branch if e.kind.name == "type" for name in e.kind.types
        }
        message = self.misfit(error.instance, sorted(names))
        yield Problem(codes.WRONG_TYPE, shorten(message), self.value(error))

    @staticmethod
    def misfit(found: Any, types: Iterable[str]) -> str:
        """What was found, and what was expected."""
        return said("found {found}, expected {expected}", found=spell(found), expected=_types(types))

    def repeated(self, error: Error) -> Iterator[Problem]:
        items = [json.dumps(item, sort_keys=True) for item in error.instance]
        at = next(number for number, item in enumerate(items) if item in items[:number])
        where = self.document.position((*self.path(error), at))
        message = said("{found} stands twice", found=spell(error.instance[at]))
        yield Problem(codes.NOT_ALLOWED, shorten(message), where)

    def other(self, error: Error) -> Iterator[Problem]:
        yield Problem(codes.NOT_ALLOWED, shorten(error.message), self.value(error))

    def all(self, errors: Iterable[Error]) -> Iterator[Problem]:
        """The problems of ``errors``."""
        for error in errors:
            yield from _TRANSLATORS.get(error.kind.name, _Translation.other)(self, error)


def _is_scalar(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _range(error: Error) -> tuple[str, str]:
    limit = getattr(error.kind, "limit", getattr(error.kind, "multiple_of", ""))
    found = spell(error.instance)
    name = error.kind.name
    small, large = said("{found} is too small", found=found), said("{found} is too large", found=found)
    words = {
        "minimum": (small, said("at least {limit}", limit=limit)),
        "maximum": (large, said("at most {limit}", limit=limit)),
        "exclusiveMinimum": (small, said("more than {limit}", limit=limit)),
        "exclusiveMaximum": (large, said("less than {limit}", limit=limit)),
        "multipleOf": (said("{found} is not a multiple of {limit}", found=found, limit=limit), ""),
        "minLength": (
            said("{found} is too short", found=found),
            said("at least {limit} characters", limit=limit),
        ),
        "maxLength": (
            said("{found} is too long", found=found),
            said("at most {limit} characters", limit=limit),
        ),
        "minItems": (said("the list is too short"), said("at least {limit} items", limit=limit)),
        "maxItems": (said("the list is too long"), said("at most {limit} items", limit=limit)),
        "minProperties": (said("the mapping has too few keys"), said("at least {limit}", limit=limit)),
        "maxProperties": (said("the mapping has too many keys"), said("at most {limit}", limit=limit)),
    }
    return words[name]


_RANGES = (
    "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength",
    "minItems", "maxItems", "minProperties", "maxProperties",
)  # fmt: skip
_TRANSLATORS: dict[str, Callable[[_Translation, Error], Iterator[Problem]]] = {
    "additionalProperties": _Translation.unknown,
    "unevaluatedProperties": _Translation.unknown,
    "required": _Translation.missing,
    "type": _Translation.wrong_type,
    "enum": _Translation.not_a_choice,
    "const": _Translation.not_a_choice,
    "pattern": _Translation.wrong_form,
    "format": _Translation.wrong_form,
    "propertyNames": _Translation.bad_name,
    "false schema": _Translation.never,
    "falseSchema": _Translation.never,
    "uniqueItems": _Translation.repeated,
    "anyOf": _Translation.choice,
    "oneOf": _Translation.choice,
    **dict.fromkeys(_RANGES, _Translation.out_of_range),
}


def validate(
    document: Document, schema: dict[str, Any], at: tuple[str | int, ...] = (), value: Any = None
) -> list[Problem]:
    """Everything in ``document`` that breaks ``schema``, in the order of its lines.

    With ``at``, only ``value``, the part of the document that stands there, is looked at.
    """
    validator = _validator(json.dumps(schema, sort_keys=True))
    errors = validator.iter_errors(value if at else document.value)
    problems = _Translation(document, schema, at).all(errors)
    return sorted(
        dict.fromkeys(problems), key=lambda problem: (problem.where.line or 0, problem.where.column or 0)
    )
