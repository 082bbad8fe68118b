"""Questions in SQL over the tables as they are now, or as they were."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from beichen.platforms.warehouse import codes, storage
from beichen.platforms.warehouse.engines import Session, Snapshot, engine
from beichen.platforms.warehouse.facts import TableFacts
from beichen.platforms.warehouse.models import NEVER
from beichen.platforms.warehouse.naming import tables
from beichen.platforms.warehouse.schema import stored_types
from beichen.platforms.warehouse.statements import check_tables, no_table, parsed
from beichen.problem import Problem, ProblemError, said, shorten


def snapshot_of(facts: TableFacts, delta: Any | None) -> Snapshot:
    """The files of a Delta table; none of a table that was never written."""
    if delta is None:
        return Snapshot(facts.types, ())
    return Snapshot(facts.types, delta.file_uris(), stored_types(delta))


class Reader:
    """Answers SQL in DuckDB's dialect. Every declared table is there under its name.

    A table is opened when a question first names it and stays at that version as long as the reader lives:
    ``versions`` says which, -1 for one that was never written. Times come in the city's zone. One reader
    serves one thread.
    """

    def __init__(self, session: Session, versions: Mapping[str, int] | None = None) -> None:
        self._session = session
        self._facts: dict[str, TableFacts] = {row.name: row.facts for row in tables()}
        self._wanted = dict(versions or {})
        self._registered: set[str] = set()
        self.versions: dict[str, int] = {}
        for name in self._wanted:
            if name not in self._facts:
                raise ProblemError(no_table(name, self._facts))

    @property
    def names(self) -> frozenset[str]:
        """What a question may name."""
        return frozenset(self._facts) | self._registered

    def sql(self, text: str) -> Any:
        """The answer as an Arrow table.

        Raises ProblemError: WHS-201 to 203 for text that is no question or reaches further than the tables,
        WHS-404 for a table that does not exist, WHS-204 for what the engine cannot answer.
        """
        for name in check_tables(parsed(text), self.names):
            self._open(name)
        return self._session.sql(text)

    def register(self, name: str, rows: Any) -> None:
        """Let questions name ``rows``, an Arrow table. Raises ValueError for the name of a table."""
        if name in self._facts:
            raise ValueError(f"{name} is a table of the city")
        self._session.register(name, rows)
        self._registered.add(name)

    def stop(self) -> None:
        """End the question that is being answered, from another thread; it raises WHS-204."""
        self._session.stop()

    def _open(self, name: str) -> None:
        if name in self._registered or name in self.versions:
            return
        wanted = self._wanted.get(name)
        if wanted is None:
            delta = storage.current(name)
        else:
            delta = None if wanted == NEVER else storage.opened(name, wanted)
        if delta is None and wanted not in (None, NEVER):
            message = shorten(said("{table} has no version {version}", table=name, version=wanted))
            raise ProblemError(Problem(codes.NO_TABLE, message))
        self._session.show(name, snapshot_of(self._facts[name], delta))
        self.versions[name] = NEVER if delta is None else delta.version()


@contextmanager
def reader(versions: Mapping[str, int] | None = None) -> Iterator[Reader]:
    """Ask the tables. ``versions`` names those that are to be read as they were.

    Raises ProblemError WHS-205 when no engine answers, WHS-404.
    """
    session = engine().connect()
    try:
        yield Reader(session, versions)
    finally:
        session.close()
