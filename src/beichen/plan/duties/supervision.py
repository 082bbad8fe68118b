"""Supervision (督查): a note to a body about a duty, its answer with evidence, closing and reopening.

Every word of the exchange is an entry of its own and stays; a note's status is that of its last entry.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from beichen.kernel.access.service import require
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.bus.service import publish
from beichen.plan.duties import codes
from beichen.plan.duties.evidence import Upload, attach
from beichen.plan.duties.history import Deed, keep
from beichen.plan.duties.models import Duty, NoteEntry, SupervisionNote
from beichen.plan.duties.rights import ANSWER, SUPERVISE
from beichen.plan.duties.words import NoteStatus
from beichen.plan.models import Plan
from beichen.problem import Problem, ProblemError, Where, said


def note_by_number(plan: Plan, number: int) -> SupervisionNote:
    """A note of the plan by its number. Raises ProblemError PLN-316."""
    rows = SupervisionNote.objects.select_related(
        "plan__region", "body", "duty__plan__region", "duty__lead", "duty__region"
    )
    row = rows.filter(plan=plan, number=number).first()
    if row is None:
        raise ProblemError(
            Problem(codes.NO_NOTE, said("there is no supervision note {number}", number=number))
        )
    return row


def _incomplete(**wrong: str) -> None:
    """Raise PLN-317 with every field that says something is wrong."""
    problems = [Problem(codes.NOTE, text, Where(field=name)) for name, text in wrong.items() if text]
    if problems:
        raise ProblemError(*problems)


def _due_problem(due: date, today: date) -> str:
    return "" if due > today else _("the day leaves no time to answer")


@transaction.atomic
def write_note(
    duty: Duty,
    title: str,
    text: str,
    due: date,
    *,
    by: Actor,
    now: datetime | None = None,
    is_demo: bool = False,
) -> SupervisionNote:
    """Ask the body that leads a duty for an answer by a day. Publishes ``plan.note.written``.

    Raises ProblemError ACC-403, PLN-317, PLN-319 when nobody leads the duty.
    """
    require(by, SUPERVISE, duty.plan)
    moment = now or timezone.now()
    if duty.lead is None:
        raise ProblemError(
            Problem(codes.UNASSIGNED, said("nobody answers for this duty"), hint=said("assign it first"))
        )
    _incomplete(
        title="" if title.strip() else _("say what it is about"),
        text="" if text.strip() else _("say what is asked"),
        due=_due_problem(due, timezone.localdate(moment)),
    )
    Plan.objects.select_for_update(of=("self",)).filter(pk=duty.plan_id).values_list(
        "pk"
    ).get()  # numbers stand once
    last = SupervisionNote.objects.filter(plan=duty.plan).aggregate(last=Max("number"))["last"] or 0
    note = SupervisionNote.objects.create(
        plan=duty.plan,
        duty=duty,
        body=duty.lead,
        number=last + 1,
        title=title.strip(),
        due=due,
        written_at=moment,
        is_demo=is_demo,
    )
    _enter(note, "written", text, by, moment, due=due)
    return note


@transaction.atomic
def answer_note(
    note: SupervisionNote,
    text: str,
    *,
    by: Actor,
    files: Sequence[Upload] = (),
    now: datetime | None = None,
) -> SupervisionNote:
    """Answer an open note. Raises ProblemError ACC-403, PLN-317, PLN-318, FIL-101 to FIL-104."""
    require(by, ANSWER, note)
    _lock(note)
    if note.status != NoteStatus.OPEN:
        raise _elsewhere(note)
    _incomplete(text="" if text.strip() else _("say what was done"))
    moment = now or timezone.now()
    note.status, note.answered_at = NoteStatus.ANSWERED, moment
    note.save(update_fields=["status", "answered_at"])
    entry = _enter(note, "answered", text, by, moment)
    attach(note.duty, files, by=by, entry=entry)
    return note


@transaction.atomic
def close_note(
    note: SupervisionNote, text: str, *, by: Actor, now: datetime | None = None
) -> SupervisionNote:
    """Close an answered note, with what was found. Raises ProblemError ACC-403, PLN-317, PLN-318."""
    require(by, SUPERVISE, note.plan)
    _lock(note)
    if note.status != NoteStatus.ANSWERED:
        raise _elsewhere(note)
    _incomplete(text="" if text.strip() else _("say what was found"))
    moment = now or timezone.now()
    note.status, note.closed_at = NoteStatus.CLOSED, moment
    note.save(update_fields=["status", "closed_at"])
    _enter(note, "closed", text, by, moment)
    return note


@transaction.atomic
def reopen_note(
    note: SupervisionNote, text: str, due: date, *, by: Actor, now: datetime | None = None
) -> SupervisionNote:
    """Ask again after an answer, by a new day. Raises ProblemError ACC-403, PLN-317, PLN-318."""
    require(by, SUPERVISE, note.plan)
    _lock(note)
    if note.status == NoteStatus.OPEN:
        raise _elsewhere(note)
    moment = now or timezone.now()
    _incomplete(
        text="" if text.strip() else _("say what is still missing"),
        due=_due_problem(due, timezone.localdate(moment)),
    )
    note.status, note.due, note.answered_at, note.closed_at = NoteStatus.OPEN, due, None, None
    note.save(update_fields=["status", "due", "answered_at", "closed_at"])
    _enter(note, "reopened", text, by, moment, due=due)
    return note


def _lock(note: SupervisionNote) -> None:
    """Hold the note until the transaction ends, with the status that it has now."""
    rows = SupervisionNote.objects.select_for_update(of=("self",)).filter(pk=note.pk)
    note.status = rows.values_list("status", flat=True).get()


def _elsewhere(note: SupervisionNote) -> ProblemError:
    message = said("the note was answered, closed or reopened in the meantime")
    return ProblemError(Problem(codes.NOTE_STATUS, message, hint=said("open it again to see how it stands")))


def _enter(
    note: SupervisionNote, verb: str, text: str, by: Actor, moment: datetime, due: date | None = None
) -> NoteEntry:
    """The trail of a word about a note: its entry, the duty's history, audit, event."""
    entry = NoteEntry.objects.create(
        note=note, verb=verb, text=text.strip(), due=due, by=by.key, by_name=by.name[:100], at=moment
    )
    detail = {"note": note.number, "body": note.body.key, "due": note.due.isoformat()}
    keep([Deed(note.duty, f"note-{verb}", note.title, detail)], by=by, now=moment)
    audit.record(by, f"plan.note.{verb}", f"plan_duties.supervisionnote:{note.pk}", detail=detail)
    path = note.duty.region.path if note.duty.region else ""
    data = {"plan": note.plan.key, **detail}
    publish(f"plan.note.{verb}", f"{note.plan.key}/{note.number}", data, by=by, region=path, level=2)
    return entry
