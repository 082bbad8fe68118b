"""Milestones: set for a duty with a day, done with evidence or a word on how it is known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from beichen.kernel.access.service import require
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.plan.duties import codes
from beichen.plan.duties.assignment import deadline_years
from beichen.plan.duties.evidence import Upload, attach
from beichen.plan.duties.history import Deed, keep
from beichen.plan.duties.models import Duty, Milestone
from beichen.plan.duties.rights import MARK, may_mark
from beichen.problem import Problem, ProblemError, Where


def _require(by: Actor, duty: Duty) -> None:
    if not may_mark(by, duty):
        require(by, MARK, duty)


def _refuse(message: str, field: str, hint: object = "") -> ProblemError:
    return ProblemError(Problem(codes.MILESTONE, message, Where(field=field), str(hint)))


@transaction.atomic
def add_milestone(
    duty: Duty, title: str, due: date, *, by: Actor, now: datetime | None = None, is_demo: bool = False
) -> Milestone:
    """Set a milestone. Raises ProblemError ACC-403, PLN-310 without a title or after the duty's deadline."""
    _require(by, duty)
    if not title.strip():
        raise _refuse(_("say what is reached"), "title")
    if years := deadline_years(duty.plan, due):
        raise _refuse(_("the day lies outside the plan's years"), "due", years)
    if duty.deadline is not None and due > duty.deadline:
        raise _refuse(_("the day is after the duty's deadline"), "due", duty.deadline)
    row = Milestone.objects.create(duty=duty, title=title.strip(), due=due, is_demo=is_demo)
    deed = Deed(duty, "milestone-added", row.title, {"due": due.isoformat()})
    keep([deed], by=by, now=now or timezone.now())
    audit.record(by, MARK, f"plan_duties.milestone:{row.pk}", detail={"due": due.isoformat()})
    return row


@transaction.atomic
def finish_milestone(
    row: Milestone,
    done_on: date,
    *,
    by: Actor,
    note: str = "",
    files: Sequence[Upload] = (),
    now: datetime | None = None,
) -> Milestone:
    """Mark a milestone as done on a day, with evidence: a file, or words that say how it is known.

    Raises ProblemError ACC-403, PLN-310 (done already, a day to come, no evidence), FIL-101 to FIL-104.
    """
    _require(by, row.duty)
    moment = now or timezone.now()
    if row.done_on is not None:
        raise _refuse(_("it was done before"), "done_on", row.done_on)
    if done_on > timezone.localdate(moment):
        raise _refuse(_("the day has not come yet"), "done_on")
    if not note.strip() and not files:
        raise _refuse(_("give a file, or say how it is known"), "note")
    row.done_on, row.note = done_on, note.strip()
    row.save(update_fields=["done_on", "note"])
    attach(row.duty, files, by=by, milestone=row)
    detail = {"milestone": row.pk, "done_on": done_on.isoformat(), "files": len(files)}
    keep([Deed(row.duty, "milestone-done", row.title, detail)], by=by, now=moment)
    audit.record(by, "plan.duty.finish-milestone", f"plan_duties.milestone:{row.pk}", detail=detail)
    return row
