"""What can be done with forms: find one, read and judge answers, say what is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson

from beichen.fronts.services.declaration import Field, Process, Words
from beichen.fronts.services.forms.declaring import declare_forms
from beichen.fronts.services.forms.judging import Answers, Fault, closed, demanded, faults, hidden, pruned
from beichen.fronts.services.forms.models import FormVersion
from beichen.fronts.services.forms.reading import Given, flat, read_answers
from beichen.fronts.services.forms.telling import problems, refuse, sentences
from beichen.fronts.services.problems import NO_FORM
from beichen.problem import Problem, ProblemError, said, shorten

__all__ = [
    "Answers",
    "Fault",
    "Form",
    "Given",
    "declare_forms",
    "demanded",
    "find_form",
    "flat",
    "form_of",
    "form_of_fields",
    "form_of_process",
    "form_of_version",
    "hidden",
    "problems",
    "read_answers",
    "sentences",
    "validate",
]


@dataclass(frozen=True, slots=True)
class Form:
    """A form as it is filled in: its declaration, and which version of which form it is.

    ``version`` is None for one that was made from what a process asks at its start.
    """

    schema: Mapping[str, Any]
    version: int | None = None
    key: str = ""

    @property
    def judged(self) -> Mapping[str, Any]:
        """The declaration with nothing allowed beyond it: what both sides judge by."""
        return _closed(orjson.dumps(self.schema))

    def read(self, given: Given) -> Answers:
        """The answers that a page sends, without those that are not asked."""
        return pruned(self.schema, read_answers(self.schema, given))

    def faults(self, answers: Mapping[str, Any]) -> list[Fault]:
        """What is wrong with them."""
        return faults(self.judged, answers)


@lru_cache(maxsize=256)
def _closed(text: bytes) -> Mapping[str, Any]:
    return closed(orjson.loads(text))


def form_of(scene: str, key: str) -> Form | None:
    """The newest version of a scene's form, or None. An empty ``scene`` finds it by its key alone."""
    rows = FormVersion.objects.filter(key=key, is_newest=True, is_offered=True)
    row = (rows.filter(scene=scene) if scene else rows).first()
    return form_of_version(row) if row is not None else None


def find_form(key: str) -> FormVersion:
    """The newest version of the form with this key. Raises ProblemError SRV-118."""
    row = FormVersion.objects.filter(key=key, is_newest=True, is_offered=True).first()
    if row is None:
        message = said("there is no form {key!r}", key=key[:60])
        raise ProblemError(Problem(NO_FORM, shorten(message), hint=said("see /services/forms")))
    return row


def form_of_version(row: FormVersion) -> Form:
    """The form of a version that was kept."""
    return Form(row.declared, row.pk, row.key)


def validate(form: Form, answers: Mapping[str, Any]) -> Answers:
    """The answers that count. Raises ProblemError SRV-305 with every field that is wrong."""
    kept = pruned(form.schema, answers)
    refuse(form.judged, form.faults(kept))
    return kept


_LONG = {"string": 200, "text": 2000}


def form_of_process(process: Process) -> Form:
    """What a process asks at its start, where nobody declared a form for it."""
    return form_of_fields(process.fields, process.start, process.name)


def form_of_fields(fields: Mapping[str, Field], names: Iterable[str], name: Words | None = None) -> Form:
    """The form that asks for declared fields, such as those of a guided check."""
    chosen = {key: fields[key] for key in names}
    schema = {
        "type": "object",
        "title": name.zh if name else "",
        "x-title-en": name.en if name else "",
        "properties": {key: _field(one) for key, one in chosen.items()},
        "required": [key for key, one in chosen.items() if one.required],
    }
    return Form(schema)


def _field(one: Field) -> dict[str, Any]:
    found: dict[str, Any] = {"type": "string", "title": one.name.zh, "x-title-en": one.name.en}
    if one.type in ("number", "integer", "boolean"):
        found["type"] = one.type
        limits = {"minimum": one.minimum, "maximum": one.maximum, "x-unit": one.unit}
        return found | {key: value for key, value in limits.items() if value not in (None, "")}
    if one.type == "date":
        return {**found, "format": "date"}
    if one.type == "list":
        return {**found, "type": "array", "maxItems": 50, "uniqueItems": True, "items": _choices(one.choices)}
    if one.type == "choice":
        return {**found, **_choices(one.choices)}
    return {**found, "maxLength": _LONG[one.type], "x-kind": "long" if one.type == "text" else "text"}


def _choices(choices: Mapping[str, Words]) -> dict[str, Any]:
    if not choices:
        return {"type": "string", "maxLength": 200}
    words = {key: {"zh": one.zh, "en": one.en} for key, one in choices.items()}
    return {"type": "string", "enum": list(choices), "x-choices": words}
