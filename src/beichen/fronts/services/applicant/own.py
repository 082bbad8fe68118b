"""An applicant's own affairs: who may see one, and what they do to it.

What an applicant does is allowed by for whom they act (`access.subject_for`), never by a role: an officer's
rights open nothing here, and a representation that is revoked closes it at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from secrets import compare_digest
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from beichen.fronts.services.affair import acting
from beichen.fronts.services.applicant.models import Submission, Upload
from beichen.fronts.services.applicant.problems import NOT_FOLLOWED
from beichen.fronts.services.applicant.uploading import Readable, bring_later
from beichen.fronts.services.models import Affair
from beichen.fronts.services.problems import NO_AFFAIR
from beichen.kernel.access import service as access
from beichen.kernel.access.service import Subject
from beichen.kernel.actor import Actor
from beichen.problem import Problem, ProblemError, said, shorten

MOST_FILES = 10


def own_affairs(subject: Subject) -> QuerySet[Affair]:
    """The affairs of a subject for which somebody acts, the newest first."""
    rows = Affair.objects.filter(subject=subject.code).select_related("definition", "region", "submission")
    if subject.affairs:
        rows = rows.filter(submission__item__in=subject.affairs)
    return rows.defer("state", "before").order_by("-opened_at", "-id")


def own_affair(code: str, *, by: Actor) -> Affair:
    """The affair of this code, when the actor may act for its subject.

    Raises ProblemError SRV-301 for somebody else's as for none, ACC-301 when nobody is signed in.
    """
    rows = Affair.objects.select_related("definition", "region", "submission", "submission__form")
    row = rows.defer("state", "before").filter(code=code.strip().upper()[:20]).first()
    if row is None:
        access.subject_for(by, access.person_code(by))  # whoever is not signed in learns nothing
        raise none(code)
    try:
        access.subject_for(by, row.subject, item_of(row))
    except ProblemError as error:
        if access.subjects_of(by):
            raise none(code) from None
        raise error from None
    return row


def none(code: str) -> ProblemError:
    """The error for an affair that is not there, or not for who asks."""
    return ProblemError(Problem(NO_AFFAIR, shorten(said("there is no affair {code!r}", code=code[:30]))))


def item_of(row: Affair) -> str:
    """The item as which an affair was applied for; empty for one that was not sent here."""
    sent = submission_of(row)
    return sent.item if sent is not None else ""


def submission_of(row: Affair) -> Submission | None:
    """What was sent for an affair, when it was sent by an applicant's page."""
    try:
        found: Submission = row.submission
    except Submission.DoesNotExist:
        return None
    return found


def followed(code: str, secret: str) -> Affair:
    """The affair that somebody follows without an account. Raises ProblemError SRV-521."""
    rows = Affair.objects.select_related("definition", "region", "submission").defer("state", "before")
    row = rows.filter(code=code.strip().upper()[:20], submission__isnull=False).first()
    sent = submission_of(row) if row is not None else None
    kept = sent.secret if sent is not None else ""
    is_right = compare_digest(kept.encode(), secret.strip().upper()[:20].encode()) and bool(kept)
    if row is None or not is_right:
        hint = said("look at your receipt")
        message = said("no application has this number and code")
        raise ProblemError(Problem(NOT_FOLLOWED, message, hint=hint))
    return row


def as_applicant(by: Actor) -> Actor:
    """The same person, whose right to act for the subject was decided: no role is asked for."""
    return replace(by, is_system=True)


def answer_material(
    code: str,
    number: int,
    data: Mapping[str, Any],
    note: str,
    files: Iterable[Readable],
    *,
    by: Actor,
    expected: int | None = None,
) -> Affair:
    """Bring what was asked for: changed values of the application, words and files, in one transaction.

    Raises ProblemError SRV-301 to 303, SRV-305, SRV-511 to 513.
    """
    row = own_affair(code, by=by)
    sent, brought = submission_of(row), list(files)[:MOST_FILES]
    with transaction.atomic():
        names: list[str] = []
        if sent is not None:
            held: list[Upload] = [bring_later(sent, f"{number}", one, by=by) for one in brought]
            names = [one.file.name for one in held]
        told = " · ".join(filter(None, [note.strip(), *names]))
        return acting.give_material(row.code, number, data, told, by=as_applicant(by), expected=expected)


def withdraw(code: str, reason: str, *, by: Actor, expected: int | None = None) -> Affair:
    """Take one's own application back. Raises ProblemError SRV-301 to 303, SRV-305."""
    row = own_affair(code, by=by)
    return acting.withdraw(row.code, reason, by=as_applicant(by), expected=expected)
