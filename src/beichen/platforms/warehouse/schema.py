"""The types of columns in Arrow, in Delta and in DuckDB. Arrow is imported when it is needed, not before."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

from beichen.platforms.warehouse.facts import ColumnType, TableFacts

MONTH = "_month"  # the partition of a table with a time: its month in UTC, 2025-03

DUCKDB = {
    ColumnType.TEXT: "VARCHAR",
    ColumnType.INTEGER: "BIGINT",
    ColumnType.NUMBER: "DOUBLE",
    ColumnType.BOOLEAN: "BOOLEAN",
    ColumnType.DATE: "DATE",
    ColumnType.TIME: "TIMESTAMPTZ",
    ColumnType.JSON: "VARCHAR",
}


@cache
def arrow_type(kind: ColumnType) -> Any:
    """The Arrow type of a column."""
    import pyarrow as pa

    return {
        ColumnType.TEXT: pa.string(),
        ColumnType.INTEGER: pa.int64(),
        ColumnType.NUMBER: pa.float64(),
        ColumnType.BOOLEAN: pa.bool_(),
        ColumnType.DATE: pa.date32(),
        ColumnType.TIME: pa.timestamp("us", "UTC"),
        ColumnType.JSON: pa.string(),
    }[kind]


def arrow_schema(facts: TableFacts) -> Any:
    """The table's Arrow schema, without the partition."""
    import pyarrow as pa

    return pa.schema([(column.name, arrow_type(column.type)) for column in facts.columns])


def stored_schema(facts: TableFacts) -> Any:
    """The schema that lies on disk: with the partition of a table with a time."""
    import pyarrow as pa

    schema = arrow_schema(facts)
    return schema.append(pa.field(MONTH, pa.string())) if facts.time else schema


def stored_types(delta: Any) -> dict[str, ColumnType]:
    """The types in which a Delta table's files hold its columns; the partition is none."""
    kinds = {
        "string": ColumnType.TEXT,
        "long": ColumnType.INTEGER,
        "double": ColumnType.NUMBER,
        "boolean": ColumnType.BOOLEAN,
        "date": ColumnType.DATE,
        "timestamp": ColumnType.TIME,
    }
    types = {field.name: getattr(field.type, "type", "") for field in delta.schema().fields}
    return {name: kinds[kind] for name, kind in types.items() if kind in kinds and name != MONTH}


def with_month(facts: TableFacts, rows: Any) -> Any:
    """``rows`` with their partition. A row without a time lies with those of no month."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not facts.time:
        return rows
    # rows have few days, and a day is a division: the calendar is asked once for each, not for each row
    days = _days(rows[facts.time]).dictionary_encode()
    months = pc.strftime(days.dictionary.cast(pa.timestamp("s")), format="%Y-%m")
    return rows.append_column(MONTH, months.take(days.indices))


def _days(times: Any) -> Any:
    """The days of times or dates in UTC: of a time in another zone Arrow would tell the day there."""
    import pyarrow as pa

    times = times.combine_chunks()
    if pa.types.is_timestamp(times.type):
        times = times.cast(arrow_type(ColumnType.TIME))
    return times.cast(pa.date32(), safe=False)


def months_of(times: Any) -> set[str | None]:
    """The partitions in which rows of these times may lie; None is that of rows without one.

    A day before and after count too: a table whose rows were once written anew lay by the city's months.
    """
    days = {day.toordinal() for day in _days(times).unique().to_pylist() if day is not None}
    near = {min(max(day + by, 1), date.max.toordinal()) for day in days for by in (-1, 0, 1)}
    found: set[str | None] = {date.fromordinal(day).isoformat()[:7] for day in near}
    return found | {None} if times.null_count else found
