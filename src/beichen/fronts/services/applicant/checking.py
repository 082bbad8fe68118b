"""The last look before sending: answers and papers in words, what is missing, what it costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from beichen.fronts.services.applicant.drafting import Writing
from beichen.fronts.services.applicant.models import Upload
from beichen.fronts.services.applicant.prefilling import Proposal, held_materials
from beichen.fronts.services.applicant.sending import judged
from beichen.fronts.services.applicant.signing import signer
from beichen.fronts.services.applicant.uploading import MATERIAL, uploads_of
from beichen.fronts.services.forms.judging import Path
from beichen.fronts.services.forms.rendering import in_words
from beichen.fronts.services.forms.showing import Shown, shown_answers
from beichen.fronts.services.forms.telling import field_at
from beichen.fronts.services.items import service as items
from beichen.fronts.services.items.wording import time_words
from beichen.kernel.actor import Actor
from beichen.kernel.org.service import region_by_code
from beichen.problem import Problem, ProblemError
from beichen.web.wording import in_words as problem_in_words


@dataclass(slots=True)
class MaterialRow:
    """A paper of the item: where the city holds it, what was brought, what is wrong with that.

    ``giver`` is the part of a bundle whose result it is: nobody has to bring it. ``is_sought``: the city
    might have held it.
    """

    key: str
    name: str
    about: str
    is_required: bool
    held: Proposal | None = None
    is_taken: bool = False
    upload: Upload | None = None
    errors: tuple[str, ...] = ()
    giver: str = ""
    is_sought: bool = False

    @property
    def field(self) -> str:
        """The name under which the page sends its file."""
        return f"{MATERIAL}{self.key}"

    @property
    def is_missing(self) -> bool:
        """Whether it keeps the application from being sent."""
        return self.is_required and self.upload is None and not self.is_taken and not self.giver


@dataclass(frozen=True, slots=True)
class Wrong:
    """Something that keeps an application from being sent: which field, and what."""

    title: str
    text: str
    name: str


def materials_of(writing: Writing, wrong: ProblemError | None = None) -> list[MaterialRow]:
    """The papers that the answers so far need, in the item's order."""
    held = {one.name: one for one in held_materials(writing)}
    uploads, within = uploads_of(writing.draft), writing.offered.within
    rows = []
    for key, one in items.needed(writing.item, writing.values).items():
        field = f"{MATERIAL}{key}"
        told = [problem for problem in (wrong.problems if wrong else ()) if problem.where.field == field]
        rows.append(
            MaterialRow(
                key,
                one.name.label,
                one.about.label if one.about else "",
                bool(one.required),
                held.get(key),
                key in writing.draft.materials and key in held,
                uploads.get(field),
                tuple(problem_in_words(problem) for problem in told),
                within.get(key, ""),
                bool(one.held_by),
            )
        )
    return rows


def check_page(writing: Writing, wrong: ProblemError | None, *, by: Actor) -> dict[str, Any]:
    """What the page says."""
    materials, faults = materials_of(writing), _faults(writing)
    uploads = uploads_of(writing.draft)
    files = {upload.code: upload.file.name for upload in uploads.values()}
    given = {**writing.draft.given, **{name: [one.code] for name, one in uploads.items()}}
    answers = writing.form.read(given)
    told: list[Shown] = shown_answers(writing.form.schema, answers, writing.draft.sources, files)
    return {
        "answers": told,
        "asked": shown_answers(writing.asked_form.schema, _asked(writing)),
        "materials": materials,
        "missing": [one for one in materials if one.is_missing],
        "faults": faults,
        "problems": [problem_in_words(one) for one in wrong.problems] if wrong else [],
        "signer": signer(),
        "signs_as": by.name,
        "promised": time_words(writing.offered.promised),
        "price": writing.offered.fee(writing.values) / 100,
        "region": region_by_code(writing.draft.region),
        "is_ready": not faults and not any(one.is_missing for one in materials),
    }


def _asked(writing: Writing) -> dict[str, Any]:
    """What the guided check was told and the form does not ask again."""
    told = writing.asked_form.read(writing.draft.asked)
    return {name: value for name, value in told.items() if name not in writing.form.schema["properties"]}


def _faults(writing: Writing) -> list[Wrong]:
    try:
        judged(writing, list(uploads_of(writing.draft).values()))
    except ProblemError as error:
        return [
            Wrong(_title(writing, one), problem_in_words(one), one.where.field or "")
            for one in error.problems
        ]
    return []


def _title(writing: Writing, problem: Problem) -> str:
    steps = (problem.where.field or "").split(".")
    path: Path = tuple(int(one) if one.isdecimal() else one for one in steps)
    return in_words(field_at(writing.form.schema, path)) or ".".join(steps)


def file_fields(writing: Writing) -> set[str]:
    """The names of the fields of the form that take a file; rows have none."""
    return set(_files(writing.form.schema, ""))


def _files(schema: Any, before: str) -> list[str]:
    found = []
    for name, field in schema["properties"].items():
        if field["type"] == "object":
            found += _files(field, f"{before}{name}.")
        elif field.get("x-kind") == "file":
            found.append(before + name)
    return found
