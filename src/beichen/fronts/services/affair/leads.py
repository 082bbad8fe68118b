"""How long before its end a step shows its yellow card, in classes: an index finds by them who has one.

A step is yellow while now lies between its warning and its end. No order of rows answers that, but within a
class all are warned of at most so long before they are due: each class is a stretch of ends that begins now,
and a good part of what lies in it is yellow.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

LEADS = tuple(timedelta(hours=4**power) for power in range(6))
"""The longest time of each class: an hour, four, sixteen …, 43 days."""
LONGEST_LEAD = len(LEADS)
"""The class of what is longer."""


def lead_of(warn_at: datetime, due_at: datetime) -> int:
    """The class of a step that is warned of and due at these times."""
    return next((number for number, most in enumerate(LEADS) if due_at - warn_at <= most), LONGEST_LEAD)


def stretches(now: datetime) -> list[dict[str, Any]]:
    """For each class where its yellow steps lie, as conditions of a query."""
    shared = {"due_at__gte": now, "warn_at__lte": now}
    known: list[dict[str, Any]] = [
        {"lead": number, "due_at__lte": now + most} for number, most in enumerate(LEADS)
    ]
    return [{**shared, **one} for one in (*known, {"lead": LONGEST_LEAD})]
