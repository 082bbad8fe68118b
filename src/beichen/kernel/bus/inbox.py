"""The inbox: which events a subscriber has handled, claimed in the transaction of the effects."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection
from django.utils import timezone

from beichen.kernel.bus.models import InboxEntry

_TABLE = InboxEntry._meta.db_table
_VALUES_LIMIT = 500


def claim(subscriber: str, keys: Sequence[str]) -> set[str]:
    """Enter ``keys`` and return those that were not there: the caller handles exactly these.

    A concurrent transaction that claims the same key waits until this one ends.
    """
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    claimed: set[str] = set()
    with connection.cursor() as cursor:
        for start in range(0, len(keys), _VALUES_LIMIT):
            part = keys[start : start + _VALUES_LIMIT]
            values = ", ".join(["(%s, %s, %s)"] * len(part))
            cursor.execute(
                f"INSERT INTO {_TABLE} (subscriber, key, handled_at) VALUES {values}"
                " ON CONFLICT (subscriber, key) DO NOTHING RETURNING key",
                [item for key in part for item in (subscriber, key, now)],
            )
            claimed.update(row[0] for row in cursor.fetchall())
    return claimed
