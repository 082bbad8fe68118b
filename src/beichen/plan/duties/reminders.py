"""Reminding by the calendar: reports due in some working days or overdue, and notes without an answer.

A body is reminded once before the day and once after it. A reminder is a row on the body's page and the
event ``plan.report.due`` or ``plan.note.due``, which a message channel may carry further.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from beichen.kernel.access.service import require
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.bus.service import Draft, publish_many
from beichen.kernel.calendar.service import is_working_day
from beichen.kernel.org.models import Body
from beichen.plan.duties.models import Reminder, Round, SupervisionNote
from beichen.plan.duties.periods import working_days_until
from beichen.plan.duties.progress import missing_in
from beichen.plan.duties.rights import SCHEDULE
from beichen.plan.duties.rounds import last_round, rule_of
from beichen.plan.duties.words import NoteStatus, ReminderKind
from beichen.plan.models import Plan


def kind_on(today: date, due: date, remind_days: int) -> ReminderKind | None:
    """Whether ``today`` is a day to remind of ``due``, and of what; None: not yet."""
    if today > due:
        return ReminderKind.OVERDUE
    left = working_days_until(today, due, is_working_day)
    return ReminderKind.DUE if left <= remind_days else None


def _of_round(plan: Plan, round_: Round | None, today: date, days: int) -> Iterator[Reminder]:
    kind = kind_on(today, round_.due, days) if round_ else None
    if round_ is None or kind is None:
        return
    before = set(Reminder.objects.filter(round=round_, kind=kind).values_list("body", flat=True))
    counted = missing_in(round_).order_by().values_list("lead").annotate(number=Count("pk"))
    missing = {body: number for body, number in counted if body not in before}
    for body in Body.objects.select_related("region").filter(pk__in=missing):
        yield Reminder(
            plan=plan,
            body=body,
            round=round_,
            kind=kind,
            due=round_.due,
            missing=missing[body.pk],
            made_on=today,
        )


def _of_notes(plan: Plan, today: date, days: int) -> Iterator[Reminder]:
    notes = SupervisionNote.objects.filter(plan=plan, status=NoteStatus.OPEN)
    before = set(Reminder.objects.filter(note__in=notes).values_list("note", "kind", "due"))
    for note in notes.select_related("body__region"):
        kind = kind_on(today, note.due, days)
        if kind is not None and (note.pk, kind, note.due) not in before:
            yield Reminder(
                plan=plan, body=note.body, note=note, kind=kind, due=note.due, missing=1, made_on=today
            )


def _event(row: Reminder) -> Draft:
    noun = "report" if row.round else "note"
    about = row.round.period if row.round else str(row.note.number if row.note else "")
    return Draft(
        f"plan.{noun}.due",
        f"{row.plan.key}/{row.body.key}",
        {
            "plan": row.plan.key,
            "body": row.body.key,
            noun: about,
            "kind": row.kind,
            "due": row.due.isoformat(),
            "missing": row.missing,
        },
        region=row.body.region.path if row.body.region else "",
        level=2,
    )


@transaction.atomic
def remind(plan: Plan, *, by: Actor, today: date | None = None) -> list[Reminder]:
    """Remind whoever is to be reminded today and was not yet. Raises ProblemError ACC-403."""
    require(by, SCHEDULE, plan)
    day = today or timezone.localdate()
    days = rule_of(plan).remind_days
    rows = [*_of_round(plan, last_round(plan, day), day, days), *_of_notes(plan, day, days)]
    Reminder.objects.bulk_create(rows)
    if rows:
        publish_many([_event(row) for row in rows], by=by)
        detail = {"reminded": len(rows), "day": day.isoformat()}
        audit.record(by, "plan.duty.remind", f"plan_duties.reminder:{plan.key}", detail=detail)
    return rows
