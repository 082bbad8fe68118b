"""Files of an application: taken in by content, kept at level L3; opened by :mod:`.own` and :mod:`.paper`."""

from __future__ import annotations

import io
from typing import Protocol

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from beichen.fronts.services.applicant.cleaning import MOST_BYTES, clean
from beichen.fronts.services.applicant.drafting import forget_file
from beichen.fronts.services.applicant.models import Draft, Submission, Upload
from beichen.fronts.services.applicant.problems import TOO_MANY_FILES, no_draft
from beichen.fronts.services.applicant.sent import handled_schema
from beichen.fronts.services.items.finding import read_item
from beichen.fronts.services.models import Affair
from beichen.kernel.actor import Actor
from beichen.kernel.files import service as files
from beichen.kernel.levels import Level
from beichen.problem import Problem, ProblemError, Where, said

MOST = 60
MATERIAL = "material."
ANSWER = "answer."


class Readable(Protocol):
    """An uploaded or an open file."""

    name: str | None

    def read(self, size: int = ..., /) -> bytes:
        """Up to ``size`` bytes."""


def uploads_of(draft: Draft) -> dict[str, Upload]:
    """The files of a draft by the names of their fields."""
    rows = Upload.objects.select_related("file").filter(draft=draft)
    return {row.field: row for row in rows}


def bring(draft: Draft, field: str, file: Readable, *, by: Actor) -> Upload:
    """Keep a file for a field of a draft, in place of the one that stood there.

    Raises ProblemError SRV-511 to 513, SRV-501, FIL-101 to 104.
    """
    name, content = clean(file.name or "file", file.read(MOST_BYTES + 1), field)
    with transaction.atomic():
        if not Draft.objects.select_for_update().filter(pk=draft.pk).exists():
            raise no_draft()
        rows = Upload.objects.select_related("file").filter(draft=draft)
        for row in rows.filter(field=field):
            forget_file(row, by=by)
        if rows.count() >= MOST:
            message = said("more than {limit} files", limit=MOST)
            raise ProblemError(Problem(TOO_MANY_FILES, message, Where(field=field)))
        held = files.store(io.BytesIO(content), name, by=by, level=Level.L3)
        return Upload.objects.create(draft=draft, field=field[:150], file=held, uploaded_at=timezone.now())


def bring_later(sent: Submission, affair: Affair, field: str, file: Readable, *, by: Actor) -> Upload:
    """Keep a file that answers what was asked for after an application was sent. Raises as :func:`bring`."""
    place = field if sent.affair_id else f"{affair.code}.{field}"
    if Upload.objects.filter(submission=sent).count() >= MOST:
        message = said("more than {limit} files", limit=MOST)
        raise ProblemError(Problem(TOO_MANY_FILES, message, Where(field=field)))
    name, content = clean(file.name or "file", file.read(MOST_BYTES + 1), field)
    held = files.store(io.BytesIO(content), name, by=by, level=Level.L3, region=affair.region)
    return Upload.objects.create(
        submission=sent, field=f"{ANSWER}{place}"[:150], file=held, uploaded_at=timezone.now()
    )


@transaction.atomic
def take_away(draft: Draft, field: str, *, by: Actor) -> None:
    """Delete the file of a field, when there is one."""
    for row in Upload.objects.select_related("file").filter(draft=draft, field=field):
        forget_file(row, by=by)


def files_of(sent: Submission) -> QuerySet[Upload]:
    """The files that came with an application and later."""
    return Upload.objects.select_related("file").filter(submission=sent).order_by("id")


def files_for(sent: Submission, affair: Affair) -> list[Upload]:
    """Those of them that are an affair's: of a bundle what that part asks for, now or later."""
    rows = list(files_of(sent))
    if sent.affair_id:
        return rows
    item = read_item(affair.application.item)
    form = handled_schema(sent, affair) or {"properties": {}}
    asked = {f"{MATERIAL}{key}" for key in item.materials} | set(affair.data) | set(form["properties"])
    own = f"{ANSWER}{affair.code}."
    return [row for row in rows if row.field in asked or row.field.startswith(own)]


def own_upload(code: str, *, by: Actor) -> Upload:
    """A file of one of the actor's drafts. Raises ProblemError SRV-501."""
    rows = Upload.objects.select_related("file", "draft")
    row = rows.filter(code=code, draft__owner=by.key).first()
    if row is None:
        raise no_draft()
    return row
