"""An affair and its steps as JSON, for programs."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from beichen.fronts.services.models import Affair, AffairEvent, Definition, Task, Timer
from beichen.fronts.services.objection.models import Objection


def _moment(value: datetime | None) -> str | None:
    return timezone.localtime(value).isoformat(timespec="seconds") if value else None


def _within(data: Mapping[str, Any], withheld: Container[str]) -> dict[str, Any]:
    return {name: None if name in withheld else value for name, value in data.items()}


def process_entry(row: Definition) -> dict[str, Any]:
    """A process as it is offered."""
    declared = row.declared
    return {
        "process": row.key,
        "number": row.number,
        "name": declared["name"],
        "promised": declared["promised"],
        "subject": declared.get("subject", "any"),
        "start": {name: declared["fields"][name] for name in declared.get("start", ())},
    }


def affair_entry(row: Affair) -> dict[str, Any]:
    """An affair as a list shows it."""
    return {
        "code": row.code,
        "process": row.definition.key,
        "number": row.definition.number,
        "name": {"zh": row.definition.name, "en": row.definition.name_en},
        "title": row.title,
        "subject": row.subject,
        "region": row.region.code,
        "status": row.status,
        "outcome": row.outcome,
        "version": row.version,
        "opened": _moment(row.opened_at),
        "promised": _moment(row.promised_at),
        "closed": _moment(row.closed_at),
        "in_time": row.is_in_time,
        "working_days": row.working_days,
        "demo": row.is_demo,
    }


def task_entry(row: Task) -> dict[str, Any]:
    """A step that waits, or did."""
    return {
        "affair": row.affair.code,
        "task": row.number,
        "step": row.step,
        "name": {"zh": row.name, "en": row.name_en},
        "lane": row.lane,
        "body": row.body.key,
        "standing": row.standing,
        "outcome": row.outcome,
        "opened": _moment(row.opened_at),
        "due": None if row.is_paused else _moment(row.due_at),
        "paused": row.is_paused,
        "closed": _moment(row.closed_at),
        "by": row.by_name,
    }


def objection_entry(row: Objection) -> dict[str, Any]:
    """An objection to the affair's notice as the bodies that take part see it: never who filed it."""
    return {
        "objection": row.code,
        "step": row.step,
        "body": row.body.key,
        "filed": _moment(row.filed_at),
        "statement": row.statement,
        "interested": row.is_interested,
        "ruling": row.ruling,
        "answer": row.answer,
        "answered": _moment(row.answered_at),
        "by": row.by_name,
    }


def whole(
    row: Affair,
    tasks: Iterable[Task],
    timers: Iterable[Timer],
    events: Iterable[AffairEvent],
    withheld: Container[str] = (),
    objections: Iterable[Objection] = (),
) -> dict[str, Any]:
    """An affair with its data, its steps, its timers, what it waits for, objections to it and its trail.

    ``withheld`` are names of data that the reader may not see; they are null.
    """
    steps = row.definition.declared["steps"]
    return {
        **affair_entry(row),
        "data": _within(row.data, withheld),
        "pauses": row.pauses,
        "tasks": [
            {
                **task_entry(task),
                "form": steps[task.step].get("form", []),
                "outcomes": steps[task.step].get("outcomes", {}),
            }
            for task in tasks
        ],
        "timers": [
            {"step": timer.step, "due": _moment(timer.due_at), "held": _moment(timer.held_at)}
            for timer in timers
        ],
        "objections": [objection_entry(one) for one in objections],
        "trail": [
            {
                "number": event.number,
                "event": event.name,
                "step": event.step,
                "at": _moment(event.at),
                "by": event.by_name,
                "body": event.body.key if event.body else "",
                "data": event.data
                if "values" not in event.data
                else {**event.data, "values": _within(event.data["values"], withheld)},
            }
            for event in events
        ],
    }
