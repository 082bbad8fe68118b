"""What comes in about a subject: its own report, independent evaluators' scores, points with reasons."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import BinaryIO

from django.db import transaction
from django.utils import timezone

from beichen.kernel.access.service import require
from beichen.kernel.actor import Actor
from beichen.kernel.files import service as files
from beichen.kernel.files.models import StoredFile
from beichen.problem import Problem, ProblemError, Where, code, said, shorten
from beichen.supports.evaluation.models import Assessment, Criterion, Points, SelfReport, Subject
from beichen.supports.evaluation.rights import ASSESS, REPORT, RUN
from beichen.supports.evaluation.rounds import at_stage, in_time, needs_reason, record
from beichen.supports.evaluation.words import ADJUSTING, Source, Stage

SCORE = code("EVA-110", "The number is out of its bounds.", status=422)
NOT_FED = code("EVA-111", "The criterion takes no such input.", status=422)
NOT_INDEPENDENT = code("EVA-117", "Who belongs to the subject does not judge it.", status=409)


def criterion_fed_by(subject: Subject, key: str, *sources: str) -> Criterion:
    """The criterion of the subject's scheme, when it is fed that way. Raises ProblemError EVA-111."""
    row = Criterion.objects.filter(scheme=subject.round.scheme_id, key=key, source__in=sources).first()
    if row is None:
        message = shorten(said("no criterion {key} is fed by {names}", key=key, names=" or ".join(sources)))
        raise ProblemError(Problem(NOT_FED, message, Where(field="criterion")))
    return row


def checked_score(score: Decimal, field: str = "score", most: Decimal = Decimal(100)) -> Decimal:
    """The score when it lies between 0 and ``most``. Raises ProblemError EVA-110."""
    if not score.is_finite() or not 0 <= score <= most:
        message = said("{score} is not between 0 and {most:f}", score=score, most=most.normalize())
        raise ProblemError(Problem(SCORE, shorten(message), Where(field=field)))
    return score


def refuse_partial(by: Actor, subject: Subject) -> None:
    """Raises ProblemError EVA-117 when ``by`` holds a post within the subject's own body."""
    path = subject.body.path if subject.body else None
    if path and not by.is_system and any(scope.body_path.startswith(path) for scope in by.scopes):
        raise ProblemError(Problem(NOT_INDEPENDENT, shorten(said("you belong to {name}", name=subject.name))))


def keep_file(stream: BinaryIO | None, name: str, subject: Subject, by: Actor) -> StoredFile | None:
    """Keep a file that proves something about the subject, readable within its body."""
    if stream is None:
        return None
    return files.store(stream, name, by=by, body=subject.body, region=subject.region)


@transaction.atomic
def report_on(
    subject: Subject,
    criterion: str,
    score: Decimal,
    text: str,
    *,
    by: Actor,
    file: BinaryIO | None = None,
    file_name: str = "",
    at: datetime | None = None,
    is_demo: bool = False,
) -> SelfReport:
    """Keep the subject's own score with its words and evidence, in place of what it said before.

    A file that was given before stays when none comes. Raises ProblemError ACC-403, EVA-108 to 111, 115 and
    those of files.
    """
    require(by, REPORT, subject)
    moment = at or timezone.now()
    round_ = at_stage(subject.round, Stage.REPORTING)
    in_time(round_.reports_due, moment)
    row = criterion_fed_by(subject, criterion, Source.SELF_REPORT)
    values = {
        "score": checked_score(score),
        "text": needs_reason(text, "text"),
        "by": by.key,
        "by_name": by.name,
        "at": moment,
        "is_demo": is_demo,
    }
    kept = keep_file(file, file_name, subject, by)
    if kept is not None:
        values["file"] = kept
    report, _created = SelfReport.objects.update_or_create(subject=subject, criterion=row, defaults=values)
    record(by, REPORT, round_, subject=subject.key, criterion=criterion, score=str(score))
    return report


@transaction.atomic
def assess(
    subject: Subject,
    criterion: str,
    score: Decimal,
    text: str,
    *,
    by: Actor,
    at: datetime | None = None,
    is_demo: bool = False,
) -> Assessment:
    """Keep an independent evaluator's score, in place of the same evaluator's earlier one.

    Raises ProblemError ACC-403, EVA-108 to 111, 115, 117.
    """
    require(by, ASSESS, subject.round)
    refuse_partial(by, subject)
    moment = at or timezone.now()
    round_ = at_stage(subject.round, Stage.REPORTING, Stage.ASSESSING)
    in_time(round_.inputs_due, moment)
    row = criterion_fed_by(subject, criterion, Source.THIRD_PARTY)
    values = {
        "score": checked_score(score),
        "text": needs_reason(text, "text"),
        "by_name": by.name,
        "at": moment,
        "is_demo": is_demo,
    }
    kept, _created = Assessment.objects.update_or_create(
        subject=subject, criterion=row, by=by.key, defaults=values
    )
    record(by, ASSESS, round_, subject=subject.key, criterion=criterion, score=str(score))
    return kept


@transaction.atomic
def give_points(
    subject: Subject,
    criterion: str,
    points: Decimal,
    reason: str,
    *,
    by: Actor,
    at: datetime | None = None,
    is_demo: bool = False,
) -> Points:
    """Add to a bonus or a deduction; what is beyond the criterion's limit does not count.

    Raises ProblemError ACC-403, EVA-108, EVA-110, EVA-111, EVA-115.
    """
    require(by, RUN, subject.round)
    round_ = at_stage(subject.round, Stage.REPORTING, Stage.ASSESSING)
    row = criterion_fed_by(subject, criterion, *ADJUSTING)
    value = checked_score(points, "score", row.limit or Decimal(100))
    kept = Points.objects.create(
        subject=subject,
        criterion=row,
        points=value,
        text=needs_reason(reason, "text"),
        by=by.key,
        by_name=by.name,
        at=at or timezone.now(),
        is_demo=is_demo,
    )
    record(by, RUN, round_, subject=subject.key, criterion=criterion, points=str(points))
    return kept
