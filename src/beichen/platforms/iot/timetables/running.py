"""Telling groups what their timetables say, when the time has come."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from django.db import transaction

from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.bus import service as bus
from beichen.platforms.iot.grouping import command_group
from beichen.platforms.iot.models import Following
from beichen.platforms.iot.timetables.declaration import Entry
from beichen.platforms.iot.timetables.following import entries_of, place_in, reckon
from beichen.platforms.iot.timetables.reckoning import due_between
from beichen.problem import ProblemError

MOST_AT_ONCE = 1_000  # groups in a minute
logger = logging.getLogger(__name__)


def tell_due(now: datetime, *, by: Actor) -> int:
    """Tell each group what is due, and reckon when it is told next; returns how many were told.

    A group's commands and its next time are one transaction: who dies on the way tells again, and nobody
    tells twice. What was missed while nothing worked is made up for by the newest entry of each command.
    """
    due = Following.objects.filter(is_on=True, next_at__lte=now).order_by("next_at")
    return sum(_tell(number, now, by) for number in due.values_list("pk", flat=True)[:MOST_AT_ONCE])


@transaction.atomic
def _tell(number: int, now: datetime, by: Actor) -> bool:
    waiting = Following.objects.select_for_update(of=("self",), skip_locked=True)
    row = waiting.filter(pk=number, is_on=True, next_at__lte=now).select_related("timetable", "group").first()
    if row is None or row.next_at is None:
        return False  # another worker was faster, or somebody switched it off
    found = _due(row, row.next_at, now)
    told = [_ordered(row, entry, moment, by, now) for moment, entry in found]
    row.told_at, row.outcome = now, {"told": told}
    reckon(row, now)
    row.save(update_fields=["told_at", "outcome", "next_at"])
    audit.record(
        by, "iot.timetable.tell", f"platforms_iot.devicegroup:{row.group.key}", detail={"told": told}
    )
    bus.publish("iot.timetable.told", row.group.key, {"told": told}, by=by)
    return True


def _due(row: Following, first: datetime, last: datetime) -> list[tuple[datetime, Entry]]:
    """What is due for the group from ``first`` to ``last``, in the order of time."""
    found = due_between(entries_of(row), first, last, place_in(row))
    return sorted(found.values(), key=lambda one: one[0])


def _ordered(row: Following, entry: Entry, moment: datetime, by: Actor, now: datetime) -> dict[str, Any]:
    said_of: dict[str, Any] = {
        "at": entry.at,
        "due": moment.isoformat(),
        "order": entry.order,
        "parameters": dict(entry.parameters),
    }
    try:
        with transaction.atomic():
            results = command_group(
                row.group.key, entry.order, entry.parameters, by=by, now=now, wait=entry.wait
            )
    except ProblemError as error:
        logger.warning("the group %s was not told %s: %s", row.group.key, entry.order, error)
        return {**said_of, "ordered": 0, "refused": 0, "trouble": error.problems[0].message}
    ordered = sum(one.command is not None for one in results)
    return {**said_of, "ordered": ordered, "refused": len(results) - ordered}
