"""A photograph becomes evidence of a case: written anew, stored, and said in the case's stream."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from beichen.hubs.events.acting import act, find_case
from beichen.hubs.events.commands import AddEvidence
from beichen.hubs.events.intake.pictures import Readable, keep_picture
from beichen.hubs.events.models import Case
from beichen.kernel.actor import Actor


@transaction.atomic
def photograph(
    code: str,
    picture: Readable,
    *,
    by: Actor,
    name: str = "photo",
    need: str = "",
    note: str = "",
    expected: int | None = None,
    now: datetime | None = None,
) -> Case:
    """Add ``picture`` to a case, for what its kind needs (``need``) or for nothing in particular.

    Raises ProblemError: what :func:`act` refuses, EVT-310 for a need that the kind does not have, EVT-407 for
    what is no picture.
    """
    row = find_case(code, by=by)
    stored = keep_picture(picture, name, by=by, region=row.region, body=row.desk or row.centre)
    return act(code, AddEvidence(file=stored.code, need=need, note=note), by=by, expected=expected, now=now)
