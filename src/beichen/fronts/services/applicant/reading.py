"""Reading pictures: texts of an identity card or a business licence as suggestions for fields of the form.

The extra ``beichen[ocr]`` brings the reader (RapidOCR, its models within the wheel); without it the page
says so. A picture is read in a process of its own, with bounds, by the worker. Only printed texts are looked
at: the face on a card is no part of what is asked or kept. Nothing that was read counts before the applicant
confirms it, one field at a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from django.db import transaction

from beichen.fronts.services.applicant.drafting import Writing, keep
from beichen.fronts.services.applicant.models import Draft, Upload
from beichen.fronts.services.applicant.problems import NO_READER
from beichen.fronts.services.applicant.recognising import FIELDS
from beichen.fronts.services.applicant.uploading import uploads_of
from beichen.fronts.services.applicant.words import Reading
from beichen.fronts.services.forms.rendering import in_words
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.problem import Problem, ProblemError, said


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A text that was read: for which field, and what it says."""

    field: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Readable:
    """A picture that can be read, or was: how that stands, and what it suggests."""

    upload: Upload
    standing: str
    suggestions: list[Suggestion]

    @property
    def label(self) -> str:
        """How it stands, in words."""
        return str(Reading(self.standing).label)


def is_reader_there() -> bool:
    """Whether the extra is installed."""
    return find_spec("rapidocr") is not None


def read_picture(upload: Upload, *, by: Actor) -> None:
    """Have a picture of a draft read by the worker. Raises ProblemError SRV-514."""
    if not is_reader_there():
        hint = said("the operator installs beichen[ocr]")
        raise ProblemError(Problem(NO_READER, said("pictures are not read here"), hint=hint))
    from beichen.fronts.services.jobs import read_pictures

    with transaction.atomic():
        upload.standing, upload.read = Reading.WAITING, {}
        upload.save(update_fields=["standing", "read"])
        resource, subject = (
            f"fronts_services.upload:{upload.code}",
            upload.draft.subject if upload.draft else "",
        )
        audit.record(by, "services.upload.recognise", resource, reason="consent", subject=subject)
        transaction.on_commit(lambda: read_pictures.enqueue(upload.code))


def suggestions(writing: Writing) -> list[Readable]:
    """The pictures of a draft that can be read, with what they suggest for fields that say something else."""
    uploads = uploads_of(writing.draft)
    found = []
    for name, field in _fields(writing.form.schema):
        upload = uploads.get(name)
        if "x-read" in field and upload is not None and upload.file.media_type == "image/jpeg":
            found.append(Readable(upload, upload.standing, list(_suggested(writing, name, upload.read))))
    return found


def _suggested(writing: Writing, source: str, read: Mapping[str, Any]) -> Iterator[Suggestion]:
    for name, field in _fields(writing.form.schema):
        wanted, _dot, key = field.get("x-suggest", "").rpartition(".")
        text = str(read.get(key, ""))
        if wanted == source and text and writing.draft.given.get(name, [""])[-1:] != [text]:
            yield Suggestion(name, in_words(field), text)


def _fields(schema: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, field in schema["properties"].items():
        if field["type"] == "object":
            yield from _fields(field, f"{before}{name}.")
        else:
            yield before + name, field


def confirm(writing: Writing, names: Sequence[str], *, by: Actor) -> Draft:
    """Put suggestions that the applicant confirmed into the form. Raises ProblemError SRV-501."""
    given, sources = dict(writing.draft.given), {}
    for readable in suggestions(writing):
        for one in readable.suggestions:
            if one.field in names:
                given[one.field] = [one.text]
                sources[one.field] = readable.upload.file.name
    return keep(writing.draft.code, given, by=by, sources=sources)


def keep_read(code: str, texts: Mapping[str, str] | None) -> None:
    """Keep what a picture was read as; None: it could not be."""
    standing = Reading.DONE if texts else Reading.FAILED
    Upload.objects.filter(code=code, draft__isnull=False).update(standing=standing, read=dict(texts or {}))


__all__ = [
    "FIELDS",
    "Readable",
    "Suggestion",
    "confirm",
    "is_reader_there",
    "keep_read",
    "read_picture",
    "suggestions",
]
