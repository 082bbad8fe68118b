"""A draft's form as its page has it: what was sent, what it shows, its rows, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

from beichen.fronts.services.applicant.drafting import Writing
from beichen.fronts.services.applicant.uploading import uploads_of
from beichen.fronts.services.forms.reading import COUNT, bounds_of, rows_of, shown_rows
from beichen.fronts.services.forms.rendering import AnswersForm
from beichen.fronts.services.forms.service import Form, problems, sentences
from beichen.fronts.services.forms.telling import field_at
from beichen.problem import ProblemError

Sent = dict[str, list[str]]


def given_of(form: Form, sent: QueryDict) -> Sent:
    """What a page sent for the fields of a form; anything else it sent is left."""
    known = form.schema["properties"]
    return {
        name: [str(one) for one in values] for name, values in sent.lists() if name.split(".", 1)[0] in known
    }


def _list_at(form: Form, name: str) -> Mapping[str, Any] | None:
    found = field_at(form.schema, tuple(int(one) if one.isdecimal() else one for one in name.split(".")))
    is_list = found.get("type") == "array" and found["items"]["type"] == "object"
    return found if is_list else None


def with_row(form: Form, given: Sent, name: str) -> Sent:
    """The same with one row more in the list ``name``."""
    field = _list_at(form, name)
    if field is None:
        return given
    count = min(shown_rows(field, given, name) + 1, bounds_of(field)[1])
    return {**given, f"{name}.{COUNT}": [str(count)]}


def removed_row(form: Form, given: Sent, name: str) -> Sent:
    """The same without the row ``list.number``; those behind it move up."""
    parent, _dot, text = name.rpartition(".")
    field = _list_at(form, parent) if text.isdecimal() and len(text) < 4 else None
    if field is None:
        return given
    gone, count = int(text), rows_of(field, given, parent)
    found: Sent = {}
    for key, values in given.items():
        rest = key.removeprefix(f"{parent}.")
        number, dot, inner = rest.partition(".")
        if rest == key or not dot or not number.isdecimal():
            found[key] = values
        elif int(number) != gone:
            place = int(number) - (int(number) > gone)
            found[f"{parent}.{place}.{inner}"] = values
    found[f"{parent}.{COUNT}"] = [str(max(0, count - (gone < count)))]
    return found


class FormPage:
    """The form of a draft with what has been answered."""

    def __init__(self, writing: Writing) -> None:
        self._writing = writing
        self.uploads = uploads_of(writing.draft)
        given = dict(writing.draft.given)
        for name, upload in self.uploads.items():
            given[name] = [upload.code]
        self.answers = writing.form.read(given)
        shown = {name: upload for name, upload in self.uploads.items() if not name.startswith("material.")}
        self.form = AnswersForm(writing.form, given, shown, self.answers)

    def judge(self) -> ProblemError | None:
        """What is wrong with the answers."""
        found = self._writing.form.faults(self.answers)
        return ProblemError(*problems(self._writing.form.judged, found)) if found else None

    def declaration(self) -> Mapping[str, Any]:
        """What the browser judges by: the same as the server."""
        return self._writing.form.judged

    def sentences(self) -> dict[str, str]:
        """What the browser says."""
        return sentences()
