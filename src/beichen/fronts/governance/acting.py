"""A form's command, done: a file is stored first, merging goes its own way, everything in one transaction."""

from __future__ import annotations

from datetime import datetime
from typing import BinaryIO, cast

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from beichen.fronts.governance.asking import CommandForm
from beichen.fronts.governance.possible import MERGE
from beichen.hubs.events import service as events
from beichen.hubs.events.models import Case
from beichen.kernel.actor import Actor
from beichen.kernel.files import service as files
from beichen.problem import Problem, ProblemError, Where, code, said

NO_FILE = code("GOV-104", "No file was chosen.", status=422)
MOST_BYTES = 30 << 20
PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".gif")


@transaction.atomic
def do(row: Case, form: CommandForm, *, by: Actor, now: datetime) -> Case:
    """Give the form's command. Raises ProblemError as the event hub refuses it, GOV-104 without a file."""
    values = dict(form.values())
    if form.name == MERGE:
        return events.merge(row.code, str(values["into"]).strip().upper(), by=by, now=now)
    if form.name == "add-evidence":
        values["file"] = _stored(row, values.get("file"), by=by)
    command = events.command_of(form.name, values)
    return events.act(row.code, command, by=by, expected=form.cleaned_data["version"], now=now)


def _stored(row: Case, file: UploadedFile[bytes] | None, *, by: Actor) -> str:
    if file is None:
        raise ProblemError(Problem(NO_FILE, said("no file was chosen"), Where(field="file")))
    body = row.desk or row.centre
    if (file.name or "").lower().endswith(PICTURES):
        # Written anew, as every photograph here: what a camera adds to one stays outside.
        return events.keep_picture(file, file.name or "photo", by=by, body=body, region=row.region).code
    content = cast("BinaryIO", file.file)
    kept = files.store(content, file.name or "file", by=by, body=body, region=row.region, limit=MOST_BYTES)
    return kept.code
