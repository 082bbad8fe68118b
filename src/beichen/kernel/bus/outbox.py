"""The outbox: the rows that leave the house in order, written with what caused them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import orjson
from django.db import connection
from django.utils import timezone

from beichen.kernel.bus.event import Event
from beichen.kernel.parcel import Parcel, Statement
from beichen.kernel.planned import send

# One statement for all rows, without a model for each: a batch of the registry writes thousands.
_INSERT = "INSERT INTO kernel_bus_outboxevent (key, type, payload, created_at) VALUES (%s, %s, %s, %s)"
_INSERT_ARRAYS = """
    INSERT INTO kernel_bus_outboxevent (key, type, payload, created_at)
    SELECT key, type, payload, created_at
    FROM unnest(%s::text[], %s::text[], %s::text[], %s::timestamptz[])
      WITH ORDINALITY AS n(key, type, payload, created_at, place)
    ORDER BY place
"""
_WAITING = """
    SELECT id, key, type, payload FROM kernel_bus_outboxevent
    WHERE relayed_at IS NULL AND id > %s ORDER BY id LIMIT %s
"""
# The list as one parameter: a thousand of them cost more to bind than the rows to write.
_MARK_LIST = """
    UPDATE kernel_bus_outboxevent SET relayed_at = %s WHERE id IN (SELECT value FROM json_each(%s))
"""
_MARK_ARRAY = "UPDATE kernel_bus_outboxevent SET relayed_at = %s WHERE id = ANY(%s)"


Row = tuple[str, str, str, Any]
"""Key, type, payload, and when it was written."""


class Waiting(NamedTuple):
    """A row that the broker has not yet acknowledged."""

    id: int
    key: str
    type: str
    payload: str


class _Leaving:
    """Rows of the outbox: they leave in the order in which they were written."""

    def statements(self, rows: Sequence[Row], /) -> list[Statement]:
        """One for all of them; on SQLite one for each."""
        if len(rows) > 1 and connection.vendor == "postgresql":
            return [Statement(_INSERT_ARRAYS, [list(column) for column in zip(*rows, strict=True)])]
        return [Statement(_INSERT, row) for row in rows]


_LEAVING = _Leaving()


def append(events: Sequence[Event], parcel: Parcel | None = None) -> None:
    """Write ``events`` in order, in the caller's transaction, with one statement; or with the ``parcel``.

    Raises ProblemError BUS-102 or BUS-103 before anything is written.
    """
    now: Any = timezone.now()
    if connection.vendor == "sqlite":
        now = connection.ops.adapt_datetimefield_value(now)
    rows: list[Row] = [(event.key, event.type, event.encode().decode(), now) for event in events]
    if parcel is not None:
        parcel.add(_LEAVING, rows)
    elif len(rows) > 1 and connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.executemany(_INSERT, rows)
    else:
        for one in _LEAVING.statements(rows):
            send(connection, one.text, one.parameters)


def waiting(limit: int, after: int = 0) -> list[Waiting]:
    """The first rows after ``after`` that are not relayed, in order.

    Rows of transactions that commit late come late, perhaps below ``after``: look again from zero.
    """
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, [after, limit])
        return list(map(Waiting._make, cursor.fetchall()))


def mark_relayed(ids: Sequence[int]) -> None:
    """The broker has acknowledged these rows."""
    now: Any = timezone.now()
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            moment = connection.ops.adapt_datetimefield_value(now)
            cursor.execute(_MARK_LIST, [moment, orjson.dumps(list(ids)).decode()])
        else:
            cursor.execute(_MARK_ARRAY, [now, list(ids)])
