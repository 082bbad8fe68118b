"""Appeals (申诉): a scored body objects to a score in time; upheld, the results get their next version."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import BinaryIO

from django.db import transaction
from django.utils import timezone

from beichen.kernel.access.service import require
from beichen.kernel.actor import Actor
from beichen.problem import Problem, ProblemError, Where, code, said
from beichen.supports.evaluation.computing import draft_result
from beichen.supports.evaluation.inputs import criterion_fed_by, keep_file, refuse_partial
from beichen.supports.evaluation.models import Appeal, Subject
from beichen.supports.evaluation.results import current_result
from beichen.supports.evaluation.review import put_score
from beichen.supports.evaluation.rights import APPEAL, DECIDE
from beichen.supports.evaluation.rounds import at_stage, in_time, needs_reason, record, tell
from beichen.supports.evaluation.words import SCORED, AppealStatus, Stage

OPEN = code("EVA-123", "An appeal on this criterion is open, or this one was decided.", status=409)


@transaction.atomic
def file_appeal(
    subject: Subject,
    criterion: str,
    reason: str,
    *,
    by: Actor,
    file: BinaryIO | None = None,
    file_name: str = "",
    at: datetime | None = None,
    is_demo: bool = False,
) -> Appeal:
    """Object to the published score on a criterion. Publishes ``evaluation.appeal.filed``.

    Raises ProblemError ACC-403, EVA-108, EVA-109, EVA-111, EVA-115, EVA-123 and those of files.
    """
    require(by, APPEAL, subject)
    moment = at or timezone.now()
    round_ = at_stage(subject.round, Stage.PUBLISHED)
    in_time(round_.appeals_due, moment)
    row = criterion_fed_by(subject, criterion, *SCORED)
    words = needs_reason(reason)
    if Appeal.objects.filter(subject=subject, criterion=row, status=AppealStatus.OPEN).exists():
        raise ProblemError(
            Problem(OPEN, said("an appeal on this criterion is open"), Where(field="criterion"))
        )
    appeal = Appeal.objects.create(
        subject=subject,
        criterion=row,
        result=current_result(round_),
        reason=words,
        file=keep_file(file, file_name, subject, by),
        filed_by=by.key,
        filed_at=moment,
        is_demo=is_demo,
    )
    record(by, APPEAL, round_, subject=subject.key, criterion=criterion, appeal=appeal.pk)
    tell("appeal.filed", round_, by, subject=subject.key, criterion=criterion)
    return appeal


@transaction.atomic
def decide_appeal(
    appeal: Appeal, decision: str, *, score: Decimal | None, by: Actor, at: datetime | None = None
) -> Appeal:
    """Uphold with a new ``score``, or dismiss with None; both say why.

    Upheld, all scores are computed as the next published version; the one that was appealed stays readable.
    Publishes ``evaluation.appeal.decided``.
    Raises ProblemError ACC-403, EVA-108, EVA-110, EVA-115, EVA-117, EVA-123.
    """
    require(by, DECIDE, appeal.subject.round)
    refuse_partial(by, appeal.subject)
    round_ = at_stage(appeal.subject.round, Stage.PUBLISHED)
    row = Appeal.objects.select_for_update(of=("self",)).get(pk=appeal.pk)
    if row.status != AppealStatus.OPEN:
        raise ProblemError(Problem(OPEN, said("the appeal was {status} already", status=row.status)))
    moment, words = at or timezone.now(), needs_reason(decision, "decision")
    row.status = (AppealStatus.DISMISSED if score is None else AppealStatus.UPHELD).value
    row.decision, row.score, row.decided_by, row.decided_at = words, score, by.key, moment
    if score is not None:
        key = appeal.criterion.key
        put_score(appeal.subject, key, score, words, by=by, at=moment, is_demo=row.is_demo)
        draft_result(round_, by=by, at=moment, reason=words, is_published=True)
    row.save()
    record(by, DECIDE, round_, subject=appeal.subject.key, appeal=row.pk, status=row.status)
    tell("appeal.decided", round_, by, subject=appeal.subject.key, status=row.status)
    return row
