"""What can be done with the city's tables: declare them, bring rows in, ask them, see what changed.

    from beichen.platforms.warehouse import service as warehouse

    CASES = warehouse.room_table(warehouse.TableFacts(name="cases", …))       # at import
    warehouse.upsert("cases", rows, by=actor, source="hubs/events")           # a receipt
    with warehouse.reader() as ask:
        ask.sql("select region, count(*) from cases group by region")         # an Arrow table

Nothing of Arrow, Delta or DuckDB is imported before it is used.
"""

from __future__ import annotations

from beichen.platforms.warehouse.days import Touched, touched
from beichen.platforms.warehouse.declarations import package_columns
from beichen.platforms.warehouse.declaring import declare_tables
from beichen.platforms.warehouse.facts import Check, CheckKind, Column, ColumnType, TableFacts
from beichen.platforms.warehouse.maintenance import compact, maintain, verify
from beichen.platforms.warehouse.models import Receipt
from beichen.platforms.warehouse.naming import synchronise, table, tables
from beichen.platforms.warehouse.quality import check_table
from beichen.platforms.warehouse.reading import Reader, reader
from beichen.platforms.warehouse.registry import declared_columns, room_table
from beichen.platforms.warehouse.rights import KEEP, READ, WRITE
from beichen.platforms.warehouse.storage import look
from beichen.platforms.warehouse.writing import append, upsert

__all__ = [
    "KEEP",
    "READ",
    "WRITE",
    "Check",
    "CheckKind",
    "Column",
    "ColumnType",
    "Reader",
    "Receipt",
    "TableFacts",
    "Touched",
    "append",
    "check_table",
    "compact",
    "declare_tables",
    "declared_columns",
    "look",
    "maintain",
    "package_columns",
    "reader",
    "room_table",
    "synchronise",
    "table",
    "tables",
    "touched",
    "upsert",
    "verify",
]
