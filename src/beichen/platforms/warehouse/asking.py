"""Questions of people and programs: the same SQL, over the part of the tables that the asker may see.

The text is parsed, each table in it is replaced by that part (:mod:`.narrowing`), and the statement that runs
is written from the tree: what the parser did not see does not run. The tables themselves lie under names that
are drawn anew for each question, so that a table that was not replaced does not exist.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlglot import expressions as exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.scope import traverse_scope

from beichen.kernel.access import service as access
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.levels import Level
from beichen.platforms.warehouse import codes, storage
from beichen.platforms.warehouse.engines import Session, engine
from beichen.platforms.warehouse.facts import TableFacts
from beichen.platforms.warehouse.lineage import lineage_of
from beichen.platforms.warehouse.models import NEVER, WarehouseTable
from beichen.platforms.warehouse.naming import tables
from beichen.platforms.warehouse.narrowing import Parts
from beichen.platforms.warehouse.reading import snapshot_of
from beichen.platforms.warehouse.rights import READ
from beichen.platforms.warehouse.statements import DIALECT, check_tables, parsed
from beichen.problem import Problem, ProblemError, said, shorten

SECONDS = 30.0
ROWS, MOST_ROWS = 1_000, 1_000_000
BYTES = 256 << 20
AT_ONCE = 2  # questions of one process, each with an engine's memory
WAIT = 10.0  # seconds
_places = threading.BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True, slots=True)
class Answer:
    """An Arrow table, and what must be known with it.

    ``is_whole`` says that no row was cut off. ``masked`` names columns that are empty in rows where the asker
    may not see them; ``versions`` the version of each table that was read; ``lineage`` the columns of tables
    that each column comes from.
    """

    rows: Any
    is_whole: bool
    masked: tuple[str, ...]
    versions: Mapping[str, int]
    lineage: Mapping[str, list[str]]
    seconds: float


def readable(by: Actor) -> list[WarehouseTable]:
    """The tables of which the actor may see anything, by name."""
    parts = Parts(access.areas(by, READ), True, "")
    return [row for row in tables() if parts.may_open(row.facts)]


def ask(text: str, *, by: Actor, limit: int = ROWS, purpose: str = "", seconds: float = SECONDS) -> Answer:
    """Answer a question with at most ``limit`` rows.

    Personal data (L3 and above) is empty unless a ``purpose`` is stated, which is then recorded with the
    question. Raises ProblemError: ACC-403; WHS-201 to 203; WHS-404 for a table that does not exist or that
    the actor may not see; WHS-204, WHS-206 when it took too long, WHS-207 when too many ask.
    """
    access.require(by, READ)
    tree = parsed(text)
    known = {row.name: row.facts for row in readable(by)}
    names = check_tables(tree, known)
    prefix = f"t{secrets.token_hex(8)}"
    parts = Parts(access.areas(by, READ), bool(purpose.strip()), prefix)
    sources = {name: f"{prefix}_{name}" for name in names}
    statement = _rewritten(tree, {name.lower(): (known[name], sources[name]) for name in names}, parts)
    if personal := {name: sorted(columns) for name, columns in parts.personal.items()}:
        detail = {"columns": personal, "purpose": shorten(purpose, 200), "sql": shorten(text, 1000)}
        audit.record(by, READ, "platforms_warehouse.warehousetable", detail=detail)
    begun = time.monotonic()
    with _place(), _session() as session:
        versions = {name: _show(session, known[name], sources[name]) for name in sorted(names)}
        _register(session, parts.lists)
        rows, is_whole = _rows(session, statement, min(limit, MOST_ROWS), seconds)
    masked = tuple(
        f"{name}.{column}" for name in sorted(parts.masked) for column in sorted(parts.masked[name])
    )
    origins = lineage_of(text, {name: facts.types for name, facts in known.items()})
    return Answer(rows, is_whole, masked, versions, origins, time.monotonic() - begun)


def _rewritten(tree: Any, found: Mapping[str, tuple[TableFacts, str]], parts: Parts) -> str:
    """The statement that runs. Raises ProblemError WHS-203 for a table in a place that cannot be followed."""
    tree = tree.copy()
    for shown in tree.selects:
        if shown.find(exp.Query) and not isinstance(shown, exp.Alias):  # the engine would show what runs
            shown.replace(exp.alias_(shown.copy(), shorten(shown.sql(dialect=DIALECT)), quoted=True))
    try:
        nodes = [
            source
            for scope in traverse_scope(tree)
            for source in scope.sources.values()
            if isinstance(source, exp.Table) and isinstance(source.this, exp.Identifier)
        ]
    except SqlglotError as error:
        raise ProblemError(Problem(codes.BAD_SQL, shorten(str(error)))) from None
    for node in {id(node): node for node in nodes}.values():
        facts, source = found[node.name.lower()]
        alias = node.args.get("alias") or exp.TableAlias(this=exp.to_identifier(node.name, quoted=True))
        part = exp.Subquery(this=parts.part(facts, source), alias=alias.copy())
        for name in ("pivots", "sample", "joins", "laterals"):
            if node.args.get(name):
                part.set(name, node.args[name])
        node.replace(part)
    return str(tree.sql(dialect=DIALECT))


@contextmanager
def _place() -> Iterator[None]:
    if not _places.acquire(timeout=WAIT):
        raise ProblemError(
            Problem(codes.TOO_MANY, said("too many questions are asked"), hint=said("try again"))
        )
    try:
        yield
    finally:
        _places.release()


@contextmanager
def _session() -> Iterator[Session]:
    session = engine().connect()
    try:
        yield session
    finally:
        session.close()


def _show(session: Session, facts: TableFacts, source: str) -> int:
    delta = storage.current(facts.name)
    session.show(source, snapshot_of(facts, delta))
    return NEVER if delta is None else int(delta.version())


def _register(session: Session, lists: Mapping[str, list[str]]) -> None:
    if lists:
        import pyarrow as pa

        for name, values in lists.items():
            session.register(name, pa.table({"code": pa.array(values, pa.string())}))


def _rows(session: Session, statement: str, limit: int, seconds: float) -> tuple[Any, bool]:
    """Rows until the limit. Raises ProblemError WHS-204, WHS-206."""
    import pyarrow as pa

    is_late = threading.Event()

    def end() -> None:
        is_late.set()
        session.stop()

    timer = threading.Timer(seconds, end)
    timer.start()
    try:
        batches, count, size = [], 0, 0
        reader = session.stream(statement, limit + 1)
        for batch in reader:
            batches.append(batch)
            count, size = count + batch.num_rows, size + batch.nbytes
            if count > limit or size > BYTES:
                break
        rows = pa.Table.from_batches(batches, schema=reader.schema)
    except (ProblemError, pa.ArrowException, OSError) as error:
        if is_late.is_set():
            message = said("it took longer than {seconds:.0f} seconds", seconds=seconds)
            hint = said("narrow it: fewer months, fewer rows")
            raise ProblemError(Problem(codes.TOO_LONG, message, hint=hint)) from None
        if isinstance(error, ProblemError):
            raise
        message = shorten(said("DuckDB answers: {reason}", reason=str(error).splitlines()[0][:60]))
        raise ProblemError(Problem(codes.FAILED_SQL, message)) from None
    finally:
        timer.cancel()
    return rows.slice(0, limit), count <= limit and size <= BYTES


def is_personal(facts: TableFacts) -> bool:
    """Whether a table holds data that is seen for a purpose alone."""
    return any(facts.level_of(column) >= Level.L3 for column in facts.columns)
