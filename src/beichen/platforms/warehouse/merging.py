"""Keys that stand twice in a table that is written by key alone: a damage; merged, the newest row stays.

An upsert looks for the row that it replaces in the months in which that may lie; where it looked in the wrong
ones (a fault of releases before this one), it added a second row with the key. The newer of two rows is the
one whose file was written later; in one file the one with the later moment, then the one that lies further
back. A table to which rows were ever added without looking at keys is left as it is: there they may be meant.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from beichen.kernel.actor import Actor
from beichen.platforms.warehouse import storage
from beichen.platforms.warehouse.days import days_of
from beichen.platforms.warehouse.engines import Snapshot, writing_engine
from beichen.platforms.warehouse.facts import MOMENTS, TableFacts
from beichen.platforms.warehouse.models import Receipt, ReceiptKind, WarehouseTable
from beichen.platforms.warehouse.receipts import Outcome, record_act
from beichen.platforms.warehouse.schema import with_month

MOST = 500  # keys that one commit merges
FILE, PLACE = "_file", "_place"


def is_by_key_alone(row: WarehouseTable) -> bool:
    """Whether every row came by its key."""
    added = Receipt.objects.filter(table=row, kind=ReceiptKind.APPEND, changed__gt=0)
    return bool(row.facts.key) and not added.exists()


def twice(row: WarehouseTable, delta: Any) -> Any:
    """The keys that stand more than once, as an Arrow table of at most :data:`MOST` rows."""
    session = writing_engine().connect()
    try:
        session.show("rows", Snapshot(row.facts.types, delta.file_uris()))
        return session.sql(_keys_twice(row.facts, "rows"))
    finally:
        session.close()


def merge_twice(row: WarehouseTable, *, by: Actor) -> int:
    """Let the newest row of each key stay; returns how many others went.

    Each commit takes rows out and puts the newest in at once. Raises ProblemError WHS-105, WHS-106, WHS-204.
    """
    gone = 0
    if not is_by_key_alone(row):
        return gone
    with storage.writing(row.name):
        while found := storage.attempt(row.name, lambda: _merged(row, by)):
            gone += found
    return gone


def _merged(row: WarehouseTable, by: Actor) -> int:
    from deltalake import write_deltalake

    delta = storage.opened(row.name)
    if delta is None or not delta.file_uris():
        return 0
    facts, keys = row.facts, twice(row, delta)
    if not keys.num_rows:
        return 0
    old, newest = _rows_of(facts, delta, keys)
    gone: int = old.num_rows - newest.num_rows
    version = delta.version() + 1
    write_deltalake(
        delta,
        with_month(facts, newest),
        mode="overwrite",
        predicate=" OR ".join(_is_key(facts, key) for key in keys.to_pylist()),
        writer_properties=storage.writer(),
        commit_properties=storage.commit({}),
    )
    # what added a second row believed to replace the first: the number of rows is counted anew
    known = WarehouseTable.objects.values_list("rows", flat=True).get(pk=row.pk)
    merged = storage.opened(row.name, version)
    more = merged.count() - known if merged is not None else 0
    outcome = Outcome(version, True, old.num_rows, more, days_of(facts, old))
    record_act(row, ReceiptKind.UPSERT, outcome, by=by)
    return gone


def _keys_twice(facts: TableFacts, name: str) -> str:
    columns = ", ".join(map(_named, facts.key))
    present = " AND ".join(f"{_named(one)} IS NOT NULL" for one in facts.key)
    return f"SELECT {columns} FROM {name} WHERE {present} GROUP BY ALL HAVING count(*) > 1 LIMIT {MOST}"


def _rows_of(facts: TableFacts, delta: Any, keys: Any) -> tuple[Any, Any]:
    """All rows with these keys, and the newest of each key."""
    columns = ", ".join(map(_named, facts.types))
    using, moments = ", ".join(map(_named, facts.key)), _moments(facts)
    session = writing_engine().connect()
    try:
        session.register("keys", keys)
        parts = []
        for number, file in enumerate(_by_age(delta)):
            session.show(f"file{number}", Snapshot(facts.types, [file]))
            numbered = f"SELECT *, row_number() OVER () AS {PLACE} FROM file{number}"
            parts.append(
                session.sql(f"SELECT *, {number} AS {FILE} FROM ({numbered}) SEMI JOIN keys USING ({using})")
            )
        session.register("found", _together(parts))
        order = ", ".join(f"{one} DESC NULLS LAST" for one in (FILE, *moments, PLACE))
        newest = f"PARTITION BY {using} ORDER BY {order}"
        return (
            session.sql(f"SELECT {columns} FROM found"),
            session.sql(f"SELECT {columns} FROM found QUALIFY row_number() OVER ({newest}) = 1"),
        )
    finally:
        session.close()


def _together(parts: Sequence[Any]) -> Any:
    import pyarrow as pa

    return pa.concat_tables(parts)


def _by_age(delta: Any) -> Iterator[str]:
    """The files, the one that was written last at the end."""
    import pyarrow as pa

    actions = pa.table(delta.get_add_actions(flatten=True))
    written = dict(zip(actions["path"].to_pylist(), actions["modification_time"].to_pylist(), strict=True))
    yield from sorted(delta.file_uris(), key=lambda uri: _written(uri, written))


def _written(uri: str, written: dict[str, Any]) -> Any:
    return next(at for path, at in written.items() if uri.endswith(path))


def _moments(facts: TableFacts) -> list[str]:
    """The latest moment of a row, and how many it has."""
    names = [f"CAST({_named(one.name)} AS TIMESTAMPTZ)" for one in facts.columns if one.type in MOMENTS]
    if not names:
        return []
    number = " + ".join(f"CAST({one} IS NOT NULL AS INTEGER)" for one in names)
    return [f"greatest({', '.join(names)})", f"({number})"]


def _is_key(facts: TableFacts, key: dict[str, Any]) -> str:
    return f"({' AND '.join(f'{_named(name)} = {_literal(key[name])}' for name in facts.key)})"


def _literal(value: Any) -> str:
    """A value as Delta's conditions say it."""
    if isinstance(value, bool | int | float):
        return str(value).lower()
    text = value.isoformat() if isinstance(value, date | datetime) else str(value)
    return "'" + text.replace("'", "''") + "'"


def _named(name: str) -> str:
    return f'"{name}"'
