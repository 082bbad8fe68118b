"""What can be done with the city's tables: declare them, bring rows in, ask them, see what changed.

    from beichen.platforms.warehouse import service as warehouse

    CASES = warehouse.room_table(warehouse.TableFacts(name="cases", …))       # at import
    warehouse.upsert("cases", rows, by=actor, source="hubs/events")           # a receipt
    with warehouse.reader() as ask:
        ask.sql("select region, count(*) from cases group by region")         # an Arrow table

Nothing of Arrow, Delta or DuckDB is imported before it is used.
"""

from __future__ import annotations

from beichen.platforms.warehouse.asking import Answer, ask, readable
from beichen.platforms.warehouse.bringing import bring, bring_file, has_come, known, receipts, seen
from beichen.platforms.warehouse.days import Touched, touched
from beichen.platforms.warehouse.declarations import package_columns
from beichen.platforms.warehouse.declaring import declare_tables
from beichen.platforms.warehouse.facts import Check, CheckKind, Column, ColumnType, TableFacts
from beichen.platforms.warehouse.files import digest
from beichen.platforms.warehouse.lineage import lineage_of
from beichen.platforms.warehouse.maintenance import compact, kept_since, maintain, verify
from beichen.platforms.warehouse.making import make_table
from beichen.platforms.warehouse.models import Receipt
from beichen.platforms.warehouse.naming import synchronise, table, tables
from beichen.platforms.warehouse.quality import check_table
from beichen.platforms.warehouse.questions import (
    add_use_of_questions,
    find_question,
    forget_question,
    keep_question,
    questions,
    uses_of_questions,
)
from beichen.platforms.warehouse.reading import Reader, reader
from beichen.platforms.warehouse.registry import declared_columns, room_table
from beichen.platforms.warehouse.rights import KEEP, READ, WRITE
from beichen.platforms.warehouse.sources import drop_source, pull, pull_due, save_source, sources
from beichen.platforms.warehouse.statements import parsed as read_question
from beichen.platforms.warehouse.storage import look
from beichen.platforms.warehouse.writing import append, prepare, upsert

__all__ = [
    "KEEP",
    "READ",
    "WRITE",
    "Answer",
    "Check",
    "CheckKind",
    "Column",
    "ColumnType",
    "Reader",
    "Receipt",
    "TableFacts",
    "Touched",
    "add_use_of_questions",
    "append",
    "ask",
    "bring",
    "bring_file",
    "check_table",
    "compact",
    "declare_tables",
    "declared_columns",
    "digest",
    "drop_source",
    "find_question",
    "forget_question",
    "has_come",
    "keep_question",
    "kept_since",
    "known",
    "lineage_of",
    "look",
    "maintain",
    "make_table",
    "package_columns",
    "prepare",
    "pull",
    "pull_due",
    "questions",
    "read_question",
    "readable",
    "reader",
    "receipts",
    "room_table",
    "save_source",
    "seen",
    "sources",
    "synchronise",
    "table",
    "tables",
    "touched",
    "upsert",
    "uses_of_questions",
    "verify",
]
