"""What an outline is, as JSON Schema: the visual editor is made of it, what comes back judged by it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import jsonschema_rs
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from beichen.fronts.services.forms.outline.kinds import KINDS
from beichen.fronts.services.forms.schema import MOST_CHOICES, MOST_FIELDS
from beichen.fronts.services.problems import BAD_FORM
from beichen.problem import Problem, ProblemError, Where, said

Schema = dict[str, Any]
DEEPEST = 3
"""Fields of the form, of a group in it, of a row in that."""

_SIMPLE = [kind for kind in KINDS if kind not in {"several", "group", "rows"}]
_BY_DEPTH = [list(KINDS), [kind for kind in KINDS if kind != "group"], _SIMPLE]
_WORDS = {
    "title": gettext_noop("Title in Chinese"),
    "title_en": gettext_noop("Title in English"),
    "hint": gettext_noop("Explanation in Chinese"),
    "hint_en": gettext_noop("Explanation in English"),
}
_MORE = {
    "least": gettext_noop("At least"),
    "most": gettext_noop("At most"),
    "unit": gettext_noop("Unit"),
    "of_type": gettext_noop("Type in the registry"),
}
_FOR = {
    "choices": "choice several",
    "least": "text long address integer number money several rows",
    "most": "text long address integer number money several rows",
    "unit": "integer number money",
    "of_type": "object",
    "fields": "group rows",
}
"""Which members of a field are asked for which kinds; the others for all."""


def outline_schema() -> Schema:
    """The schema of an outline, in the reader's language."""
    fields = _list(_field(0), _("Fields"), _("Add a field"), MOST_FIELDS)
    properties = {**_words(), "fields": fields}
    return {"type": "object", "x-titleHidden": True, "additionalProperties": False, "properties": properties}


def applies() -> dict[str, list[str]]:
    """The kinds that a member of a field is asked for."""
    return {member: kinds.split() for member, kinds in _FOR.items()}


def check_outline(outline: Any) -> None:
    """Raises ProblemError (SRV-116) unless this is an outline."""
    wrong = [_problem(error) for error in _errors(outline)]
    if wrong:
        raise ProblemError(*wrong)


def _errors(outline: Any) -> Iterator[Any]:
    yield from _validator().iter_errors(outline)


def _problem(error: Any) -> Problem:
    pointer = "".join(f"/{part}" for part in error.instance_path)
    return Problem(BAD_FORM, said("the outline is not of its shape"), Where(pointer=pointer or "/"))


@cache
def _validator() -> Any:
    return jsonschema_rs.Draft202012Validator(outline_schema())


def _text(title: str, most: int = 2000, **more: str) -> Schema:
    return {"type": "string", "title": title, "maxLength": most, **more}


def _words() -> dict[str, Schema]:
    return {
        name: _text(_(words), 200)
        if name.startswith("title")
        else _text(_(words), 2000, **{"x-format": "textarea"})
        for name, words in _WORDS.items()
    }


def _list(items: Schema, title: str, add: str, most: int) -> Schema:
    return {
        "type": "array",
        "title": title,
        "items": items,
        "maxItems": most,
        "x-sortable": True,
        "x-arrayFooterAddContent": add,
    }


def _field(depth: int) -> Schema:
    kinds = _BY_DEPTH[depth]
    more = {name: _text(_(words), 60) for name, words in _MORE.items()}
    choices = _list(_choice(), _("Choices"), _("Add a choice"), MOST_CHOICES)
    properties: Schema = {
        "was": _text("was", 60, **{"x-format": "hidden"}),
        "title": _words()["title"],
        "title_en": _words()["title_en"],
        "kind": {
            "type": "string",
            "title": _("Kind of answer"),
            "enum": kinds,
            "default": "text",
            "x-enumTitles": [str(KINDS[kind][0]) for kind in kinds],
        },
        "required": {"type": "boolean", "title": _("Must be filled in"), "x-format": "checkbox"},
        "choices": choices,
        "least": more["least"],
        "most": more["most"],
        "unit": more["unit"],
        "of_type": more["of_type"],
    }
    if depth + 1 < DEEPEST:
        properties["fields"] = _list(_field(depth + 1), _("Fields inside"), _("Add a field"), MOST_FIELDS)
    properties |= {name: _words()[name] for name in ("hint", "hint_en")}
    properties |= _condition()
    properties["key"] = _text(_("Name in the file"), 60)
    return {"type": "object", "title": _("Field"), "additionalProperties": False, "properties": properties}


def _choice() -> Schema:
    members = {
        "zh": _text(_("In Chinese")),
        "en": _text(_("In English")),
        "value": _text(_("Value in the file"), 200),
    }
    return {"type": "object", "title": _("Choice"), "additionalProperties": False, "properties": members}


def _condition() -> dict[str, Schema]:
    hows = {"is": _("is"), "includes": _("includes"), "least": _("is at least"), "most": _("is at most")}
    return {
        "when": _text(_("Asked only when this field"), 60),
        "how": {
            "type": "string",
            "title": _("How it compares"),
            "enum": list(hows),
            "default": "is",
            "x-enumTitles": list(hows.values()),
        },
        "value": _text(_("This value"), 200),
    }
