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
from django.db.models import Q, QuerySet

from beichen.fronts.services.affair import acting, taking_back
from beichen.fronts.services.applicant.models import Submission, Upload
from beichen.fronts.services.applicant.paper import level_of_answers
from beichen.fronts.services.applicant.problems import NOT_FOLLOWED, no_draft
from beichen.fronts.services.applicant.sent import item_of, submission_of
from beichen.fronts.services.applicant.uploading import Readable, bring_later
from beichen.fronts.services.items.bundling import is_own
from beichen.fronts.services.items.models import BundleRun
from beichen.fronts.services.items.problems import NO_BUNDLE
from beichen.fronts.services.items.problems import none as none_such
from beichen.fronts.services.items.words import Channel
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
        rows = rows.filter(application__item__key__in=subject.affairs)
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
        access.subject_for(by, row.subject, item_of(row) or row.definition.key)
    except ProblemError as error:
        if access.subjects_of(by):
            raise none(code) from None
        raise error from None
    return row


def none(code: str) -> ProblemError:
    """The error for an affair that is not there, or not for who asks."""
    return ProblemError(Problem(NO_AFFAIR, shorten(said("there is no affair {code!r}", code=code[:30]))))


def followed(code: str, secret: str) -> Affair:
    """The affair that somebody follows without an account. Raises ProblemError SRV-521."""
    rows = Affair.objects.select_related("definition", "region", "submission").defer("state", "before")
    row = rows.filter(code=code.strip().upper()[:20], submission__isnull=False).first()
    if row is None or not _is_right(row.submission, secret):
        raise _not_followed()
    return row


def followed_run(code: str, secret: str) -> BundleRun:
    """The same of a bundle. Raises ProblemError SRV-521."""
    rows = BundleRun.objects.select_related("bundle", "region", "submission")
    row = rows.filter(code=code.strip().upper()[:20], submission__isnull=False).first()
    if row is None or not _is_right(row.submission, secret):
        raise _not_followed()
    return row


def _is_right(sent: Submission, secret: str) -> bool:
    kept = sent.secret
    return bool(kept) and compare_digest(kept.encode(), secret.strip().upper()[:20].encode())


def _not_followed() -> ProblemError:
    hint = said("look at your receipt")
    return ProblemError(Problem(NOT_FOLLOWED, said("no application has this number and code"), hint=hint))


def own_run(code: str, *, by: Actor) -> BundleRun:
    """The run of a bundle, when the actor acts for its subject in all of it: no role opens it.

    Raises ProblemError SRV-409, ACC-301 when nobody is signed in.
    """
    rows = BundleRun.objects.select_related("bundle", "region")
    row = rows.filter(code=code.strip().upper()[:20]).first()
    if row is None or not is_own(row, by):
        access.subject_for(by, access.person_code(by))  # whoever is not signed in learns nothing
        raise none_such(NO_BUNDLE, said("there is no affair {code!r}", code=code[:30]), code)
    return row


def own_submission(code: str, *, by: Actor) -> Submission:
    """What was sent under this number, for its subject, and for the clerk who took it in at a window.

    Raises ProblemError SRV-301 and SRV-409 for somebody else's as for none, ACC-301.
    """
    rows = Submission.objects.select_related("affair__definition", "affair__region", "run__bundle", "form")
    wanted = code.strip().upper()[:20]
    sent = rows.filter(Q(affair__code=wanted) | Q(run__code=wanted)).first()
    if sent is None:
        own_affair(wanted, by=by)
        raise none(code)
    if sent.owner == by.key and _channel(sent) == Channel.WINDOW:
        return sent
    if sent.run_id:
        own_run(wanted, by=by)
    else:
        own_affair(wanted, by=by)
    return sent


def _channel(sent: Submission) -> str:
    return str(sent.run.channel if sent.run_id else sent.affair.application.channel)


def own_file(run: BundleRun, code: str) -> Upload:
    """A file that came with the application of a run that was found for its applicant. Raises SRV-501."""
    rows = Upload.objects.select_related("file")
    row = rows.filter(code=code, submission__run=run).first()
    if row is None:
        raise no_draft()
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
            held: list[Upload] = [bring_later(sent, row, f"{number}", one, by=by) for one in brought]
            is_told = level_of_answers(row) <= row.level  # the trail is read by all who take part
            names = [one.file.name for one in held] if is_told else [f"补交材料 {len(held)} 件"] * bool(held)
        told = " · ".join(filter(None, [note.strip(), *names]))
        applicant = as_applicant(by)
        return acting.give_material(
            row.code, number, data, told, by=applicant, expected=expected, has_come=False
        )


def withdraw(code: str, reason: str, *, by: Actor, expected: int | None = None) -> Affair:
    """Take one's own application back. Raises ProblemError SRV-301 to 303, SRV-305."""
    row = own_affair(code, by=by)
    return taking_back.withdraw(row.code, reason, by=as_applicant(by), expected=expected)
