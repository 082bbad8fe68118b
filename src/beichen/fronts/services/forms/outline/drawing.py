"""The outline of a form: its fields in their order, each with what the visual editor shows of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from beichen.fronts.services.forms.outline.conditions import condition_of, conditions, plain
from beichen.fronts.services.forms.outline.kinds import LIMITS, kind_of

Outline = dict[str, Any]
WORDS = {"title": "title", "title_en": "x-title-en", "hint": "description", "hint_en": "x-description-en"}
_SHOWN = {
    *WORDS.values(), "type", "format", "enum", "x-choices", "const", "items", "properties", "required",
    "allOf", "x-unit", "x-kind", "x-type", "$schema",
}  # fmt: skip


def outline_of(form: Mapping[str, Any]) -> Outline:
    """The outline of a form that fits its schema; texts throughout, empty where nothing is said."""
    return {**_words(form), "fields": fields_of(form)}


def fields_of(one: Mapping[str, Any]) -> list[Outline]:
    """The outlines of an object's fields. ``was`` is the declared name, by which each comes back."""
    shown = conditions(one)
    required = set(one.get("required", ()))
    for number, _said in shown.values():
        required |= set(one["allOf"][number].get("then", {}).get("required", ()))
    return [
        _field(name, field, name in required, shown[name][1] if name in shown else {})
        for name, field in one["properties"].items()
    ]


def inside(field: Mapping[str, Any]) -> Mapping[str, Any]:
    """Where the choices or the inner fields of a field are said."""
    found: Mapping[str, Any] = field.get("items", field)
    return found


def _words(one: Mapping[str, Any]) -> dict[str, str]:
    return {name: one.get(member, "") for name, member in WORDS.items()}


def _field(name: str, field: Mapping[str, Any], is_required: bool, condition: Mapping[str, str]) -> Outline:
    kind = kind_of(field)
    least, most = LIMITS.get(kind, ("", ""))
    return {
        "was": name,
        **_words(field),
        "kind": kind,
        "required": is_required,
        "choices": choices_of(field),
        "least": plain(field.get(least, "")),
        "most": plain(field.get(most, "")),
        "unit": field.get("x-unit", ""),
        "of_type": field.get("x-type", ""),
        "fields": fields_of(inside(field)) if kind in {"group", "rows"} else [],
        "when": condition.get("when", ""),
        "how": condition.get("how", "is"),
        "value": condition.get("value", ""),
        "key": name,
    }


def choices_of(field: Mapping[str, Any]) -> list[dict[str, str]]:
    """The choices of a field with their words."""
    said = inside(field)
    words = said.get("x-choices", {})
    return [
        {"value": value, "zh": words.get(value, {}).get("zh", ""), "en": words.get(value, {}).get("en", "")}
        for value in said.get("enum", ())
    ]


def kept(one: Mapping[str, Any], before: tuple[str, ...] = ()) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What an edit leaves as it is, unseen: the titles that lead there, and what is said.

    A plain word is a member; ``if`` stands for a rule, followed by the fields that it speaks of.
    """
    shown = conditions(one)
    for rule in one.get("allOf", ()):
        names = rule.get("else", {}).get("properties", {})
        if condition_of(rule) is None or any(name not in shown for name in names):
            yield " › ".join(before), ("if", *_spoken_of(rule, one["properties"]))
    for field in one["properties"].values():
        here = (*before, field["title"])
        unseen = tuple(
            name for name in field if name not in _SHOWN and name not in LIMITS.get(kind_of(field), ())
        )
        if unseen:
            yield " › ".join(here), unseen
        if kind_of(field) in {"group", "rows"}:
            yield from kept(inside(field), here)


def _spoken_of(rule: Mapping[str, Any], fields: Mapping[str, Any]) -> list[str]:
    names = [
        name for part in rule.values() for key in ("required", "properties") for name in part.get(key, ())
    ]
    return [fields[name]["title"] if name in fields else name for name in dict.fromkeys(names)]
