"""Review (审核): remarks on a draft, and corrections of single scores with their reasons."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from beichen.kernel.access.service import require
from beichen.kernel.actor import Actor
from beichen.supports.evaluation.computing import draft_result
from beichen.supports.evaluation.inputs import checked_score, criterion_fed_by, refuse_partial
from beichen.supports.evaluation.models import Comment, Correction, Round, Subject
from beichen.supports.evaluation.rights import REVIEW
from beichen.supports.evaluation.rounds import at_stage, needs_reason, record
from beichen.supports.evaluation.words import SCORED, Stage


@transaction.atomic
def comment_on(
    round_: Round, text: str, *, by: Actor, subject: Subject | None = None, at: datetime | None = None
) -> Comment:
    """Remark on a draft. Raises ProblemError ACC-403, EVA-108, EVA-115."""
    require(by, REVIEW, round_)
    row = at_stage(round_, Stage.REVIEW)
    words = needs_reason(text, "text")
    moment = at or timezone.now()
    kept = Comment.objects.create(
        round=row, subject=subject, text=words, by=by.key, by_name=by.name, at=moment
    )
    record(by, REVIEW, row, subject=subject.key if subject else "", comment=kept.pk)
    return kept


@transaction.atomic
def correct_score(
    subject: Subject,
    criterion: str,
    score: Decimal,
    reason: str,
    *,
    by: Actor,
    at: datetime | None = None,
    is_demo: bool = False,
) -> Correction:
    """Put a score in the place of the computed one and compute the draft anew.

    Raises ProblemError ACC-403, EVA-108, EVA-110, EVA-111, EVA-115, EVA-117.
    """
    require(by, REVIEW, subject.round)
    refuse_partial(by, subject)
    row = at_stage(subject.round, Stage.REVIEW)
    moment = at or timezone.now()
    kept = put_score(subject, criterion, score, reason, by=by, at=moment, is_demo=is_demo)
    draft_result(row, by=by, at=moment)
    record(by, REVIEW, row, subject=subject.key, criterion=criterion, score=str(score), reason=kept.text)
    return kept


def put_score(
    subject: Subject, criterion: str, score: Decimal, reason: str, *, by: Actor, at: datetime, is_demo: bool
) -> Correction:
    """Keep the correction; the last one of a criterion holds."""
    return Correction.objects.create(
        subject=subject,
        criterion=criterion_fed_by(subject, criterion, *SCORED),
        score=checked_score(score),
        text=needs_reason(reason),
        by=by.key,
        by_name=by.name,
        at=at,
        is_demo=is_demo,
    )
