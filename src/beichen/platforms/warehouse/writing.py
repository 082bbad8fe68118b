"""Bringing rows in: append under a load's name, upsert by key; each exactly once, each with its receipt.

A load is one commit of Delta that carries the load's identity, and then one transaction of the database:
the receipt, the audit record, the event. A process that dies between the two leaves a table that knows the
load; the same load again finds it there, writes no row, and makes up the receipt. Tables do not roll back:
called inside a transaction that fails, the rows stay, and the version without a receipt makes
:func:`~beichen.platforms.warehouse.days.touched` say that everything may have changed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import orjson

from beichen.kernel.actor import Actor
from beichen.platforms.warehouse import codes, storage
from beichen.platforms.warehouse.altering import fitted
from beichen.platforms.warehouse.days import Days, days_of, merge
from beichen.platforms.warehouse.engines import Snapshot, writing_engine
from beichen.platforms.warehouse.facts import MOMENTS, TableFacts
from beichen.platforms.warehouse.models import Receipt, ReceiptKind, WarehouseTable
from beichen.platforms.warehouse.naming import table
from beichen.platforms.warehouse.receipts import Outcome, record
from beichen.platforms.warehouse.rows import Intake, read_rows
from beichen.platforms.warehouse.schema import MONTH, months_of, with_month
from beichen.problem import Problem, ProblemError, said

LOAD_LENGTH = 200
Rows = Any  # a pyarrow.Table or a sequence of mappings
Write = Callable[[WarehouseTable, Any | None, Intake, Actor, str], Outcome]


def append(name: str, rows: Rows, *, by: Actor, source: str, load: str) -> Receipt:
    """Add rows under the name ``load``; the same load again writes nothing and returns the first receipt.

    Rows that do not fit are put aside and counted. Raises ProblemError: WHS-404, WHS-101 when the columns do
    not fit at all, WHS-104 for a load without a name, WHS-105, WHS-106.
    """
    if not load:
        raise ProblemError(Problem(codes.NO_LOAD, said("a load that adds rows has a name")))
    return _load(ReceiptKind.APPEND, name, rows, by, source, load)


def upsert(name: str, rows: Rows, *, by: Actor, source: str, load: str = "") -> Receipt:
    """Write rows by the table's key: what is there is replaced, what is not is added, what is equal stays.

    Of rows with one key the last counts. Rows that change nothing make no version. Raises ProblemError as
    :func:`append` does, and WHS-103 for a table without a key.
    """
    return _load(ReceiptKind.UPSERT, name, rows, by, source, load)


def prepare(name: str) -> None:
    """Load what writing needs, and have the table there: the next rows wait for neither.

    Who writes the table meanwhile is not waited for. Raises ProblemError WHS-404, WHS-105, WHS-106.
    """
    row = table(name)
    if storage.current(name) is None:
        with storage.writing(name):
            storage.attempt(name, lambda: storage.made(row.facts))


def _load(kind: ReceiptKind, name: str, rows: Rows, by: Actor, source: str, load: str) -> Receipt:
    if len(load) > LOAD_LENGTH:
        message = said("the name of a load has more than {limit} characters", limit=LOAD_LENGTH)
        raise ProblemError(Problem(codes.NO_LOAD, message))
    row = table(name)
    facts = row.facts
    if kind is ReceiptKind.UPSERT and not facts.key:
        raise ProblemError(Problem(codes.NO_KEY, said("{table} has no key", table=name)))
    if first := _earlier(row, load):
        return first
    intake = read_rows(facts, rows)
    write = _append if kind is ReceiptKind.APPEND else _upsert
    with storage.writing(name):
        if first := _earlier(row, load):
            return first  # written while this one waited
        outcome = storage.attempt(name, lambda: _written(row, write, intake, by, load))
        return record(row, kind, intake, outcome, by=by, source=source, load=load)


def _earlier(row: WarehouseTable, load: str) -> Receipt | None:
    return Receipt.objects.filter(table=row, load=load).first() if load else None


def identity(load: str) -> str:
    """What Delta's log calls the load."""
    return f"beichen-{hashlib.sha256(load.encode()).hexdigest()[:32]}"


def _written(row: WarehouseTable, write: Write, intake: Intake, by: Actor, load: str) -> Outcome:
    """Write upon the version in which the load was not found: the log is read once for both."""
    delta = storage.current(row.name)
    return _repaired(delta, load) or write(row, delta, intake, by, load)


def _repaired(delta: Any | None, load: str) -> Outcome | None:
    """What a load did that was committed and has no receipt; None for one that was not committed."""
    version = delta.transaction_version(identity(load)) if delta is not None and load else None
    if version is None:
        return None
    said_then = storage.metadata_of(delta, version).get("beichen")
    known: dict[str, Any] = orjson.loads(said_then or b'{"changed": 0, "added": 0, "touched": null}')
    return Outcome(version, True, known["changed"], known["added"], known["touched"])


def _commit(load: str, outcome: Outcome) -> Any:
    """The commit's properties: it says of itself what the receipt will say."""
    told = {"changed": outcome.changed, "added": outcome.added, "touched": outcome.touched}
    return storage.commit(
        {"beichen": orjson.dumps(told).decode()}, identity(load) if load else "", outcome.version
    )


def _append(row: WarehouseTable, found: Any | None, intake: Intake, by: Actor, load: str) -> Outcome:
    from deltalake import write_deltalake

    facts, count = row.facts, intake.accepted.num_rows
    delta = fitted(row, found, by=by)
    if not count:
        return Outcome(delta.version(), False, 0, 0, {})
    outcome = Outcome(delta.version() + 1, True, count, count, days_of(facts, intake.accepted))
    write_deltalake(
        delta,
        with_month(facts, intake.accepted),
        mode="append",
        writer_properties=storage.writer(),
        commit_properties=_commit(load, outcome),
    )
    return outcome


def _upsert(row: WarehouseTable, found: Any | None, intake: Intake, by: Actor, load: str) -> Outcome:
    facts = row.facts
    delta = fitted(row, found, by=by)
    rows, old_rows = _differing(facts, delta, _last_of_each(facts, intake.accepted))
    if not rows.num_rows:
        return Outcome(delta.version(), False, 0, 0, {})
    added = rows.num_rows - old_rows.num_rows
    outcome = Outcome(delta.version() + 1, True, rows.num_rows, added, _both(facts, rows, old_rows))
    _merge(delta, facts, rows, old_rows, _commit(load, outcome))
    return outcome


def _last_of_each(facts: TableFacts, rows: Any) -> Any:
    """The last row of each key."""
    import pyarrow as pa

    numbered = rows.append_column(MONTH, pa.array(range(rows.num_rows), pa.int64()))
    last = numbered.group_by(list(facts.key)).aggregate([(MONTH, "max")])[f"{MONTH}_max"]
    return rows if len(last) == rows.num_rows else rows.take(last.sort())


def _differing(facts: TableFacts, delta: Any, rows: Any) -> tuple[Any, Any]:
    """Those of ``rows`` that are new or differ from the table's; and the moments of the rows they replace."""
    import pyarrow as pa

    snapshot = Snapshot(facts.types, delta.file_uris())
    if not snapshot.files:
        return rows, rows.slice(0, 0)
    numbered = rows.append_column(MONTH, pa.array(range(rows.num_rows), pa.int64()))
    moments = [column.name for column in facts.columns if column.type in MOMENTS]
    match = " AND ".join(f"n.{_named(name)} = o.{_named(name)}" for name in facts.key)
    rest = [name for name in facts.types if name not in facts.key]
    differs = " OR ".join(f"n.{_named(name)} IS DISTINCT FROM o.{_named(name)}" for name in rest) or "false"
    is_new = f"o.{_named(facts.key[0])} IS NULL"
    old = "".join(f", o.{_named(name)}" for name in moments)
    session = writing_engine().connect()
    try:
        session.show("o", snapshot)
        session.register("n", numbered)
        found = session.sql(
            f"SELECT n.{MONTH} AS number, {is_new} AS is_new{old} FROM n LEFT JOIN o ON {match} "
            f"WHERE {is_new} OR {differs} ORDER BY number"
        )
    finally:
        session.close()
    import pyarrow.compute as pc

    # a key that stands twice, which is a damage, is written once
    return rows.take(pc.unique(found["number"])), found.filter(pc.invert(found["is_new"])).select(moments)


def _both(facts: TableFacts, rows: Any, old_rows: Any) -> Days | None:
    several = (days_of(facts, rows), days_of(facts, old_rows))
    return None if None in several else merge(several)


def _merge(delta: Any, facts: TableFacts, rows: Any, old_rows: Any, properties: Any) -> None:
    """Delta's MERGE, which looks only at the months in which the replaced rows lie."""
    match = " AND ".join(f't."{name}" = s."{name}"' for name in facts.key)
    if facts.time:
        months = months_of(old_rows[facts.time])
        known = ", ".join(f"'{month}'" for month in sorted(month for month in months if month))
        among = [f"t.{MONTH} IN ({known})"] if known else []
        among += [f"t.{MONTH} IS NULL"] if None in months else []
        match += f" AND ({' OR '.join(among) or 'false'})"
    merger = delta.merge(
        with_month(facts, rows),
        match,
        source_alias="s",
        target_alias="t",
        writer_properties=storage.writer(),
        commit_properties=properties,
    )
    merger.when_matched_update_all().when_not_matched_insert_all().execute()


def _named(name: str) -> str:
    return f'"{name}"'
