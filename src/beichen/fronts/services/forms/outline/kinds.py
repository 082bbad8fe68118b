"""How a field is asked, in one word, and what of JSON Schema says so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from beichen.fronts.services.forms.schema import ARRAY, FIGURE, FORMATS, GROUP, TEXT, YES

Field = dict[str, Any]
Words = str | Promise

KINDS: dict[str, tuple[Words, Field]] = {
    "text": (_("A line of text"), {"type": "string"}),
    "long": (_("A long text"), {"type": "string", "x-kind": "long"}),
    "choice": (_("One of several choices"), {"type": "string", "enum": []}),
    "several": (_("Several of the choices"), {"type": "array", "items": {"type": "string", "enum": []}}),
    "yes": (_("Yes or no"), {"type": "boolean"}),
    "agree": (_("A declaration that must be agreed to"), {"type": "boolean", "const": True}),
    "integer": (_("A whole number"), {"type": "integer"}),
    "number": (_("A number"), {"type": "number"}),
    "money": (_("An amount of money"), {"type": "number", "x-kind": "money"}),
    "date": (_("A date"), {"type": "string", "format": "date"}),
    "telephone": (_("A telephone number"), {"type": "string", "format": "telephone"}),
    "email": (_("An e-mail address"), {"type": "string", "format": "email"}),
    "identity-number": (_("An identity number"), {"type": "string", "format": "identity-number"}),
    "credit-code": (_("A credit code of a body"), {"type": "string", "format": "credit-code"}),
    "region": (_("A region of the city"), {"type": "string", "x-kind": "region"}),
    "address": (_("An address"), {"type": "string", "x-kind": "address"}),
    "object": (_("Something of the registry"), {"type": "string", "x-kind": "object"}),
    "file": (_("A file"), {"type": "string", "x-kind": "file"}),
    "group": (_("A group of fields"), {"type": "object", "properties": {}}),
    "rows": (
        _("Rows: the same fields, repeated"),
        {"type": "array", "items": {"type": "object", "properties": {}}},
    ),
}
"""Every kind: its words, and the members that make a field one."""

LIMITS: dict[str, tuple[str, str]] = {
    **dict.fromkeys(("text", "long", "address"), ("minLength", "maxLength")),
    **dict.fromkeys(("integer", "number", "money"), ("minimum", "maximum")),
    **dict.fromkeys(("several", "rows"), ("minItems", "maxItems")),
}
"""Which members the least and the most of a kind are."""

_ALLOWED = {
    "string": TEXT,
    "integer": FIGURE,
    "number": FIGURE,
    "boolean": YES,
    "array": ARRAY,
    "object": GROUP,
}
_SHAPE = {
    "type",
    "format",
    "enum",
    "const",
    "items",
    "properties",
    "required",
    "allOf",
    "x-choices",
    "x-kind",
    "x-type",
}
_BOUNDS = {name for pair in LIMITS.values() for name in pair} | {
    "exclusiveMinimum",
    "exclusiveMaximum",
    "uniqueItems",
}


def kind_of(field: Mapping[str, Any]) -> str:
    """The kind of a declared field, which fits the schema of forms."""
    by_type: dict[str, Callable[[], str]] = {
        "boolean": lambda: "agree" if "const" in field else "yes",
        "object": lambda: "group",
        "array": lambda: "rows" if field["items"]["type"] == "object" else "several",
        "string": lambda: _kind_of_text(field),
    }
    said = by_type.get(field["type"])
    if said is not None:
        return said()
    return "money" if field.get("x-kind") == "money" else str(field["type"])


def _kind_of_text(field: Mapping[str, Any]) -> str:
    if "enum" in field:
        return "choice"
    if field.get("format") in FORMATS:
        return str(field["format"])
    return str(field.get("x-kind", "text"))


def made_into(kind: str, field: Mapping[str, Any]) -> Field:
    """The field as another kind: its shape is said anew, what the new kind does not know is left out.

    Choices and inner fields stay where both kinds have them.
    """
    shape = KINDS[kind][1]
    allowed = _ALLOWED[shape["type"]]["properties"]
    kept = {
        name: value
        for name, value in field.items()
        if name in allowed and name not in _SHAPE and name not in _BOUNDS
    }
    made: Field = {
        "type": shape["type"],
        **kept,
        **{name: value for name, value in shape.items() if name != "type"},
    }
    if kind in LIMITS and field and kind_of(field) in LIMITS and LIMITS[kind_of(field)] == LIMITS[kind]:
        made |= {name: field[name] for name in LIMITS[kind] if name in field}
    return _with_inside(made, kind, field)


def _with_inside(made: Field, kind: str, field: Mapping[str, Any]) -> Field:
    inside = field.get("items", field)
    if kind in {"choice", "several"}:
        chosen = {name: inside[name] for name in ("enum", "x-choices") if name in inside}
        return (
            {**made, "items": {"type": "string", "enum": [], **chosen}}
            if kind == "several"
            else {**made, **chosen}
        )
    if kind in {"group", "rows"}:
        held = {name: inside[name] for name in ("properties", "required", "allOf") if name in inside}
        return (
            {**made, "items": {"type": "object", "properties": {}, **held}}
            if kind == "rows"
            else {**made, **held}
        )
    return made
