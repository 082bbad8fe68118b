"""Answering a query: pages, counts and everything, by its plan.

What an index cannot decide is decided by reading documents, in the order of keys and at most
:data:`READ_LIMIT` of them; a query that would need more is refused (REG-106, TooComplexQuery) instead of
reading the whole registry.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import compress, islice, starmap
from typing import NamedTuple

import orjson
from django.db import connection

from beichen.kernel.actor import Actor
from beichen.kernel.planned import fetch
from beichen.problem import Problem, ProblemError
from beichen.registry.measuring import Measures
from beichen.registry.problems import TOO_COMPLEX, bad_parameter
from beichen.registry.query.geo import GeoQuery
from beichen.registry.query.plan import Planner, Query

READ_LIMIT = 20_000
SHAPE_LIMIT = 200_000
CHUNK_LIMIT = 5_000
OFFSET_LIMIT = 100_000
EPOCH = datetime.fromtimestamp(0, UTC)


class Row(NamedTuple):
    """A found object as it is stored; ``document`` is its JSON text. Times only where asked for."""

    id: int
    type_id: int
    document: str
    shape: bytes | None = None
    stamps: str = ""
    created_at: datetime = EPOCH
    modified_at: datetime = EPOCH


class Search:
    """One query of one actor."""

    def __init__(self, query: Query, actor: Actor, *, with_times: bool = True) -> None:
        planner = Planner(query, actor)
        self.with_times = with_times
        self.plan = planner.plan()
        self.kinds = planner.kinds
        self._measures = Measures(planner.kinds.values())

    def page(self, limit: int, offset: int = 0) -> tuple[list[Row], bool]:
        """Up to ``limit`` objects from ``offset`` on by key, and whether more follow."""
        if self.plan.is_nothing:
            return [], False
        if offset > OFFSET_LIMIT:
            raise bad_parameter("offset", f"at most {OFFSET_LIMIT}", "narrow the query instead")
        if self.plan.is_exact:
            rows = self._read(0, limit + 1, offset)
            return rows[:limit], len(rows) > limit
        found = list(islice(self._matching(limit + offset + 1), limit + offset + 1))
        return found[offset : offset + limit], len(found) > limit + offset

    def every(self) -> list[Row]:
        """All matching objects, as long as they are no more than :data:`READ_LIMIT`."""
        if self.plan.is_nothing:
            return []
        rows = list(self._matching(1_000))
        if len(rows) > READ_LIMIT:
            raise _too_complex()
        return rows

    def urns(self) -> list[str]:
        """The ids of all matching objects, as long as they are no more than :data:`READ_LIMIT`."""
        return [orjson.loads(row.document)["id"] for row in self.every()]

    def count(self) -> int:
        """How many objects match."""
        if self.plan.is_nothing:
            return 0
        if self.plan.is_exact:
            with connection.cursor() as cursor:
                cursor.execute(f"{self.plan.before}SELECT count(*) FROM {self._from()}", self.plan.parameters)
                return int(cursor.fetchone()[0])
        return sum(1 for _ in self._matching(1_000))

    def _from(self) -> str:
        return f"{self.plan.tables} WHERE {' AND '.join(self.plan.conditions)}"

    def _read(self, after: int, limit: int, offset: int = 0) -> list[Row]:
        columns = f"o.id, o.type_id, o.document, {self.plan.shape or 'NULL'}"
        if self.with_times:
            columns += ", o.stamps, o.created_at, o.modified_at"
        bound = " AND o.id > %s" if after else ""
        statement = (
            f"{self.plan.before}SELECT {columns} FROM {self._from()}{bound} ORDER BY o.id LIMIT %s OFFSET %s"
        )
        parameters = [*self.plan.parameters, *([after] if after else []), limit, offset]
        return self._measures.into(list(starmap(Row, fetch(connection, statement, parameters))))

    def following(self, after: int, wanted: int) -> Iterator[Row]:
        """Matching objects by key from the one after ``after`` on; about ``wanted`` are going to be read."""
        return iter(()) if self.plan.is_nothing else self._matching(wanted, after)

    def _matching(self, wanted: int, after: int = 0) -> Iterator[Row]:
        """Matching objects by key, read in growing chunks."""
        read = 0
        # Some shapes of a box will not match; within a frame hardly any.
        spare = 1 if self.plan.geo is not None and self.plan.geo.is_frame else 16
        size = min(wanted + spare, CHUNK_LIMIT)
        limit = READ_LIMIT if self.plan.checks else SHAPE_LIMIT
        while True:
            rows = self._read(after, size)
            is_last = len(rows) < size
            if not is_last and self.plan.geo is not None:
                rows = _whole(rows)
            yield from self._checked(rows)
            if is_last:
                return
            read += len(rows)
            if read >= limit:
                raise _too_complex()
            after, size = rows[-1].id, min(size * 4, CHUNK_LIMIT)

    def _checked(self, rows: list[Row]) -> Iterator[Row]:
        if self.plan.geo is not None:
            rows = self._placed(rows, self.plan.geo)
        if not self.plan.checks:
            yield from rows
            return
        for row in rows:
            document = orjson.loads(row.document)
            for name in self.plan.guards.get(row.type_id, ()):
                document.pop(name, None)
            if all(check(document) for check in self.plan.checks):
                yield row

    def _placed(self, rows: list[Row], geo: GeoQuery) -> list[Row]:
        """The rows whose shape matches, each object once; none whose place the actor may not see."""
        hiding = {key for key, names in self.plan.guards.items() if geo.attribute in names}
        chosen: Iterable[Row] = compress(rows, geo.select([row.shape for row in rows]))
        if hiding:
            chosen = (row for row in chosen if row.type_id not in hiding)
        return list({row.id: row for row in chosen}.values())


def _whole(rows: list[Row]) -> list[Row]:
    """Rows without the last object's, whose further shapes may stand in the next chunk."""
    kept = [row for row in rows if row.id != rows[-1].id]
    return kept or rows


def _too_complex() -> ProblemError:
    hint = "narrow it by type, id or place, or ask for an indexed field"
    return ProblemError(Problem(TOO_COMPLEX, f"more than {READ_LIMIT} objects would be read", hint=hint))
