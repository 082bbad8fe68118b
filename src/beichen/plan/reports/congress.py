"""Oversight by the congress's standing committee: submitted, delivered, deliberated, opinions, answers.

A submission is of a published report to the congress of its year. Opinions (审议意见) stand by number; each
is answered until the committee accepts an answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import ClassVar

from django.db import IntegrityError, transaction
from django.db.models import Max, Prefetch, QuerySet
from django.utils import timezone

from beichen.kernel.access.service import Decision, decide, require, visible
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.bus.service import publish
from beichen.kernel.levels import Level, ScopeFields
from beichen.kernel.org.models import Body
from beichen.plan.models import Plan
from beichen.plan.reports.models import Answer, Kind, Opinion, Report, State, Submission
from beichen.plan.reports.rights import (
    ANSWER,
    CLOSED,
    EMPTY,
    NOT_FIT,
    OPINE,
    READ,
    SUBMIT,
    TWICE,
    WRONG_ORDER,
)
from beichen.problem import Problem, ProblemError, Where, said


def submissions_of(plan: Plan, *, by: Actor) -> QuerySet[Submission]:
    """What the actor may see of the way to the congress, the newest year first, opinions with answers."""
    opinions = Opinion.objects.select_related("body").prefetch_related("answers").order_by("number")
    rows = visible(by, READ, Submission.objects.filter(plan=plan))
    rows = rows.select_related("report", "plan__region").defer("report__document")
    return rows.prefetch_related(Prefetch("opinions", queryset=opinions)).order_by("-year")


def _tell(submission: Submission, verb: str, detail: Mapping[str, object], *, by: Actor, reason: str) -> None:
    resource = f"plan_reports.submission:{submission.plan.key}/{submission.year}"
    audit.record(by, f"plan.congress.{verb}", resource, detail=dict(detail), reason=reason)
    region = submission.plan.region.path if submission.plan.region else ""
    subject = f"{submission.plan.key}/{submission.year}"
    publish(f"plan.congress.{verb}", subject, dict(detail), by=by, region=region, level=submission.level)


def _check_days(submission: Submission) -> None:
    """Raises ProblemError PLN-941 for each day before the one that it follows."""
    days = [
        ("submitted_on", said("the day of submission"), submission.submitted_on),
        ("delivered_on", said("the day of delivery"), submission.delivered_on),
        ("deliberated_on", said("the day of deliberation"), submission.deliberated_on),
    ]
    problems = []
    known = [(name, words, day) for name, words, day in days if day is not None]
    for (_, before, first), (name, after, second) in pairwise(known):
        if second < first:
            message = said(
                "{after}, {second}, is before {before}, {first}",
                after=after,
                second=second,
                before=before,
                first=first,
            )
            problems.append(Problem(WRONG_ORDER, message, Where(field=name)))
    if submission.deliberated_on is not None and submission.delivered_on is None:
        message = said("it was deliberated, so it was delivered before")
        problems.append(Problem(WRONG_ORDER, message, Where(field="delivered_on")))
    if problems:
        raise ProblemError(*problems)


@transaction.atomic
def submit_to_congress(
    report: Report, *, submitted_on: date, by: Actor, session: str = "", is_open: bool = False
) -> Submission:
    """Hand a year's report to the standing committee. Raises ProblemError ACC-403, PLN-940, PLN-942."""
    decision = require(by, SUBMIT, report)
    if report.kind != Kind.CONGRESS or report.state not in {State.PUBLISHED, State.SUPERSEDED}:
        hint = said("make a report of the kind “congress”, have it approved and publish it")
        raise ProblemError(
            Problem(NOT_FIT, said("this report cannot be submitted"), Where(field="report"), hint)
        )
    level = Level.L1 if is_open else Level.L2
    values = {"report": report, "session": session, "submitted_on": submitted_on, "level": int(level)}
    try:
        with transaction.atomic():
            row = Submission.objects.create(
                plan=report.plan, year=report.year, is_demo=report.is_demo, **values
            )
    except IntegrityError:
        message = said("the report of {year} is submitted already", year=report.year)
        raise ProblemError(Problem(TWICE, message, Where(field="report"))) from None
    _tell(row, "submitted", {"report": report.code, "hash": report.hash}, by=by, reason=decision.reason)
    return row


@transaction.atomic
def record_days(
    submission: Submission,
    *,
    by: Actor,
    delivered_on: date | None,
    deliberated_on: date | None,
    session: str = "",
) -> Submission:
    """Record when it was delivered and deliberated. Raises ProblemError ACC-403, PLN-941."""
    decision = require(by, OPINE, submission)
    submission.delivered_on, submission.deliberated_on = delivered_on, deliberated_on
    submission.session = session or submission.session
    _check_days(submission)
    submission.save(update_fields=["delivered_on", "deliberated_on", "session"])
    days = [str(day) if day else "" for day in (delivered_on, deliberated_on)]
    _tell(submission, "dated", {"delivered": days[0], "deliberated": days[1]}, by=by, reason=decision.reason)
    return submission


def _words(text: str, field: str) -> str:
    stated = text.strip()
    if not stated:
        raise ProblemError(Problem(EMPTY, said("there are no words"), Where(field=field)))
    return stated


@transaction.atomic
def record_opinion(
    submission: Submission, text: str, *, by: Actor, body: Body | None = None, due: date | None = None
) -> Opinion:
    """Record a deliberation opinion. Raises ProblemError ACC-403, PLN-944."""
    decision = require(by, OPINE, submission)
    stated = _words(text, "text")
    Submission.objects.select_for_update(of=("self",)).get(pk=submission.pk)
    last = submission.opinions.aggregate(last=Max("number"))["last"] or 0
    row = Opinion.objects.create(submission=submission, number=last + 1, text=stated, body=body, due=due)
    detail = {"number": row.number, "body": body.key if body else ""}
    _tell(submission, "opined", detail, by=by, reason=decision.reason)
    return row


@dataclass(frozen=True, slots=True)
class _Desk:
    """Where an opinion is answered, as a decision on access sees it."""

    body: str
    level: int
    ACCESS: ClassVar = ScopeFields(body="body", level="level")

    @classmethod
    def of(cls, opinion: Opinion) -> _Desk:
        return cls(opinion.body.path if opinion.body else "/", opinion.submission.level)


def _may_answer(by: Actor, opinion: Opinion) -> Decision:
    """Whoever may submit reports answers any opinion; an officer those of the own body."""
    whole = decide(by, SUBMIT, opinion)
    return whole or decide(by, ANSWER, _Desk.of(opinion))


def may_answer(opinion: Opinion, *, by: Actor) -> bool:
    """Whether the actor may answer this opinion."""
    return bool(_may_answer(by, opinion))


@transaction.atomic
def answer_opinion(opinion: Opinion, text: str, *, by: Actor) -> Answer:
    """Answer an opinion. Raises ProblemError ACC-403, PLN-943 once an answer is accepted, PLN-944."""
    decision = _may_answer(by, opinion) or require(by, ANSWER, _Desk.of(opinion))
    stated = _words(text, "text")
    row = Opinion.objects.select_for_update(of=("self",)).get(pk=opinion.pk)
    if row.state == Opinion.State.ACCEPTED:
        raise ProblemError(
            Problem(CLOSED, said("opinion {number} is answered and accepted", number=row.number))
        )
    answer = Answer.objects.create(
        opinion=row, text=stated, by=by.key, by_name=by.name[:120], at=timezone.now()
    )
    _set(opinion, row, Opinion.State.ANSWERED)
    _tell(opinion.submission, "answered", {"number": row.number}, by=by, reason=decision.reason)
    return answer


@transaction.atomic
def judge_answer(opinion: Opinion, *, is_accepted: bool, by: Actor, words: str = "") -> Opinion:
    """Accept the last answer, or return it. Raises ProblemError ACC-403, PLN-943."""
    decision = require(by, OPINE, opinion)
    row = Opinion.objects.select_for_update(of=("self",)).get(pk=opinion.pk)
    last = row.answers.order_by("-id").first()
    if row.state != Opinion.State.ANSWERED or last is None:
        raise ProblemError(
            Problem(CLOSED, said("opinion {number} has no answer to judge", number=row.number))
        )
    last.is_accepted, last.verdict = is_accepted, words.strip()[:500]
    last.save(update_fields=["is_accepted", "verdict"])
    _set(opinion, row, Opinion.State.ACCEPTED if is_accepted else Opinion.State.RETURNED)
    detail = {"number": row.number, "accepted": is_accepted}
    _tell(opinion.submission, "judged", detail, by=by, reason=decision.reason)
    return opinion


def _set(opinion: Opinion, row: Opinion, state: Opinion.State) -> None:
    opinion.state = row.state = state
    row.save(update_fields=["state"])
