"""Bringing a Delta table to the columns that are declared today: lazily, before the next rows are written.

Reading needs none of it: an absent column is read as empty and a narrow one as its wider type. A column more
is a line in the log, and so is how its log is kept; a wider type writes the rows anew.
"""

from __future__ import annotations

from typing import Any

from beichen.kernel.actor import Actor
from beichen.platforms.warehouse import storage
from beichen.platforms.warehouse.engines import Snapshot, writing_engine
from beichen.platforms.warehouse.models import ReceiptKind, WarehouseTable
from beichen.platforms.warehouse.receipts import Outcome, record_act
from beichen.platforms.warehouse.schema import MONTH, stored_schema, with_month


def fitted(row: WarehouseTable, found: Any | None, *, by: Actor) -> Any:
    """The Delta table ``found`` with today's columns, altered where it must be; made where none was found."""
    import pyarrow as pa

    delta = storage.made(row.facts) if found is None else found
    if not storage.CONFIGURATION.items() <= delta.metadata().configuration.items():
        _configure(delta, row, by)
    there = {field.name: pa.field(field).type for field in delta.schema().to_arrow()}
    wanted = {field.name: field.type for field in stored_schema(row.facts)}
    if any(name in there and there[name] != kind for name, kind in wanted.items()):
        _widen(delta, row, by)
    elif wanted.keys() - there.keys():
        _add(delta, row, [name for name in wanted if name not in there], by)
    return delta


def _configure(delta: Any, row: WarehouseTable, by: Actor) -> None:
    """A table that an earlier release made keeps its log as tables do now."""
    delta.alter.set_table_properties(storage.CONFIGURATION, commit_properties=storage.commit({}))
    record_act(row, ReceiptKind.ALTER, Outcome(delta.version(), True, 0, 0, {}), by=by)


def _add(delta: Any, row: WarehouseTable, names: list[str], by: Actor) -> None:
    import pyarrow as pa
    from deltalake import Schema

    schema = stored_schema(row.facts)
    fields = Schema.from_arrow(pa.schema([schema.field(name) for name in names])).fields
    delta.alter.add_columns(fields, commit_properties=storage.commit({}))
    record_act(row, ReceiptKind.ALTER, Outcome(delta.version(), True, 0, 0, {}), by=by)


def _widen(delta: Any, row: WarehouseTable, by: Actor) -> None:
    """Write every row anew, batch by batch."""
    import pyarrow as pa
    from deltalake import write_deltalake

    facts = row.facts
    session = writing_engine().connect()
    try:
        session.show("rows", Snapshot(facts.types, delta.file_uris()))
        batches = session.stream("SELECT * FROM rows")
        schema = stored_schema(facts)

        def written() -> Any:
            for batch in batches:
                yield from with_month(facts, pa.Table.from_batches([batch])).cast(schema).to_batches()

        write_deltalake(
            delta,
            pa.RecordBatchReader.from_batches(schema, written()),
            mode="overwrite",
            schema_mode="overwrite",
            partition_by=[MONTH] if facts.time else None,
            writer_properties=storage.writer(),
            commit_properties=storage.commit({}),
        )
    finally:
        session.close()
    record_act(row, ReceiptKind.ALTER, Outcome(delta.version(), True, 0, 0, None), by=by)
