"""A case as the JSON API shows it: an entry of a list, and the whole with its clock and desks.

What a reporter wrote is part of it: whoever sees a case must know what it is about. Who reported is not.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils import timezone

from beichen.hubs.events.case.projection import state_of
from beichen.hubs.events.commands import Ground
from beichen.hubs.events.commands.handling import missing_of
from beichen.hubs.events.models import Case, CaseDesk, CaseEvent, Report


def moment(value: datetime | None) -> str | None:
    """A time with the city's offset (RFC 3339)."""
    return None if value is None else timezone.localtime(value).isoformat(timespec="seconds")


def entry(row: Case) -> dict[str, Any]:
    """What a list shows of a case. ``due`` is the end of its stage's clock; places are WGS 84 degrees."""
    at = None if row.longitude is None else [row.longitude, row.latitude]
    return {
        "code": row.code,
        "kind": row.kind.key if row.kind is not None else "",
        "title": row.title,
        "stage": row.stage,
        "outcome": row.outcome,
        "grade": row.grade,
        "region": row.region.code,
        "at": at,
        "centre": row.centre.key,
        "desk": row.desk.key if row.desk is not None else "",
        "reports": row.report_count,
        "due": moment(row.due_at),
        "alerted": row.alerted,
        "waiting": row.is_waiting,
        "opened": moment(row.opened_at),
        "closed": moment(row.closed_at),
        "version": row.version,
        "demo": row.is_demo,
    }


def deadlines(stream: Iterable[CaseEvent]) -> dict[str, dict[str, Any]]:
    """The last clock of each stage, by stage: since when, until when, and whether it counts working time."""
    found: dict[str, dict[str, Any]] = {}
    for event in stream:
        clock = event.data.get("clock")
        if clock is not None:
            found[clock["stage"]] = {
                "since": moment(datetime.fromisoformat(clock["since"])),
                "due": moment(datetime.fromisoformat(clock["due"])),
                "working": clock["is_working"],
            }
    return found


def whole(
    row: Case, desks: Iterable[CaseDesk], reports: Iterable[Report], stream: Iterable[CaseEvent]
) -> dict[str, Any]:
    """A case with its text, desks, reports, and what is still missing before it counts as handled."""
    state = state_of(row)
    return entry(row) | {
        "text": state.text,
        "address": state.address,
        "answers": state.answers,
        "desks": [{"body": desk.body.key, "part": desk.part} for desk in desks],
        "report_list": [
            {"code": one.code, "channel": one.channel, "received": moment(one.received_at)} for one in reports
        ],
        "deadlines": deadlines(stream),
        "steps": state.steps,
        "missing": missing_of(state, Ground(state, row.opened_at)),
        "result": state.result,
        "answer": state.answer,
    }
