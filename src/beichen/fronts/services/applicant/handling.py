"""What an officer who handles an affair sees of its application: within the clearance, on record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from beichen.fronts.services.applicant.models import Submission
from beichen.fronts.services.applicant.paper import Paper, level_of_field, reach_of
from beichen.fronts.services.applicant.sent import handled_schema, submission_of
from beichen.fronts.services.forms.showing import Shown, shown_answers
from beichen.fronts.services.models import Affair
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.levels import Level


@dataclass(frozen=True, slots=True)
class Handled:
    """An application as an officer sees it."""

    sent: Submission
    answers: list[Shown]


def application_of(row: Affair, papers: Iterable[Paper], *, by: Actor) -> Handled | None:
    """The application behind an affair that was found for the officer; None where none was sent online.

    Where no form was declared the affair's own data are all that was said. ``papers`` are the affair's.
    Fields above the clearance are withheld; a look at personal ones is recorded for whom they are about.
    """
    sent = submission_of(row)
    if sent is None:
        return None
    declared = handled_schema(sent, row)
    if declared is None:
        return None
    reach = reach_of(row, by=by)
    names = {
        one.upload.code: one.upload.file.name if one.is_open else one.name
        for one in papers
        if one.upload is not None
    }
    schema = _within(declared, reach)
    shown = shown_answers(schema, sent.answers, sent.sources, names)
    personal = [name for name, level in _levels(declared, "") if Level.L3 <= level <= reach]
    if personal:
        detail = {"fields": personal, "affair": row.code}
        resource = f"fronts_services.submission:{sent.pk}"
        audit.record(by, "services.application.read", resource, detail=detail, subject=sent.subject)
    return Handled(sent, shown)


def _levels(schema: Mapping[str, Any], before: str) -> Iterator[tuple[str, Level]]:
    for name, field in schema["properties"].items():
        yield before + name, level_of_field(field)
        inner = field["items"] if field["type"] == "array" else field
        if inner["type"] == "object":
            yield from _levels(inner, f"{before}{name}.")


def _within(schema: Mapping[str, Any], reach: Level) -> dict[str, Any]:
    """The declaration with the fields above the clearance as withheld."""
    properties = {}
    for name, field in schema["properties"].items():
        if level_of_field(field) > reach:
            withheld = {"enum": [], "x-withheld": gettext("withheld: above your clearance")}
            properties[name] = {**field, **withheld, "type": "string"}
        elif field["type"] == "object":
            properties[name] = _within(field, reach)
        elif field["type"] == "array" and field["items"]["type"] == "object":
            properties[name] = {**field, "items": _within(field["items"], reach)}
        else:
            properties[name] = field
    return {**schema, "properties": properties}
