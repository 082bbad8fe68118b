"""What one act writes, sent at once: the way to a server and back costs more than the rows that go there.

Writers (an :class:`~beichen.kernel.statements.Insertion`, the outbox, the audit record) say with which
statements their items are written. PostgreSQL takes all of a parcel as parts of one statement, SQLite one
after another. Keys, constraints and triggers hold as ever, and everything is written or nothing. No part sees
what another writes, and their order is the database's choice: what builds upon something else is put in
after that was sent, and what has an order comes from one writer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple, Protocol, TypeVar

from django.db import DatabaseError, connection, transaction

from beichen.kernel.planned import MOST_APART, send

ItemT_contra = TypeVar("ItemT_contra", contravariant=True)
ItemT = TypeVar("ItemT")


class Statement(NamedTuple):
    """One that writes and tells nothing.

    ``row`` is the row that it changes, if it is one, ``lost`` what is said where that is gone.
    """

    text: str
    parameters: Sequence[Any]
    row: tuple[str, Any] | None = None
    lost: str = ""


class Writer(Protocol[ItemT_contra]):
    """Who knows how items are written. It is asked when they are sent, and may lock what it needs then."""

    def statements(self, items: Sequence[ItemT_contra], /) -> Iterable[Statement]:
        """Those that write the items."""


Items = dict[Writer[Any], list[Any]]


class Parcel:
    """Items of several writers, written when :meth:`send` is called, as they are then; else not at all."""

    def __init__(self) -> None:
        self._first: Items = {}
        self._last: Items = {}

    def add(self, writer: Writer[ItemT], items: Iterable[ItemT], *, is_last: bool = False) -> None:
        """Put items in; a writer's are written together, in their order.

        ``is_last`` for a writer that locks what everybody waits for: it is asked when all else is written.
        """
        (self._last if is_last else self._first).setdefault(writer, []).extend(items)

    def send(self) -> None:
        """Write everything, in the caller's transaction or one of its own; the parcel is empty then.

        Raises DatabaseError for a row that is gone, IntegrityError, DataError.
        """
        first, self._first = self._first, {}
        last, self._last = self._last, {}
        # Without a savepoint: who sends some of it only has done half an act.
        with transaction.atomic(savepoint=False):
            for given in (first, last):
                for batch in _batches(_statements(given)):
                    _send(batch)


def _statements(given: Items) -> list[Statement]:
    return [one for writer, items in given.items() if items for one in writer.statements(items)]


def _batches(statements: Iterable[Statement]) -> Iterator[list[Statement]]:
    """Statements that go as one: in which no row is changed twice, and values are not too many."""
    batch: list[Statement] = []
    rows: set[tuple[str, Any]] = set()
    values = 0
    for one in statements:
        values += len(one.parameters)
        if batch and (one.row in rows or values > MOST_APART):
            yield batch
            batch, rows, values = [], set(), len(one.parameters)
        batch.append(one)
        if one.row is not None:
            rows.add(one.row)
    if batch:
        yield batch


def _send(batch: Sequence[Statement]) -> None:
    if connection.vendor == "postgresql" and len(batch) > 1:
        numbers = _send_as_one(batch)
    else:
        numbers = [send(connection, one.text, one.parameters).written for one in batch]
    for one, number in zip(batch, numbers, strict=True):
        if one.lost and not number:
            raise DatabaseError(one.lost)


def _send_as_one(batch: Sequence[Statement]) -> list[int]:
    """How many rows each wrote, where that is asked for; -1 elsewhere."""
    counted = [f"{one.text} RETURNING 1" if one.lost else one.text for one in batch]
    parts = ", ".join(f"part{place} AS ({text})" for place, text in enumerate(counted))
    told = ", ".join(_count(place) if one.lost else "-1" for place, one in enumerate(batch))
    text = f"WITH {parts} SELECT {told}"
    values = [value for one in batch for value in one.parameters]
    (numbers,) = send(connection, text, values, is_told=True).rows
    return list(numbers)


def _count(place: int) -> str:
    return f"(SELECT count(*) FROM part{place})"  # noqa: S608 - a number of ours
