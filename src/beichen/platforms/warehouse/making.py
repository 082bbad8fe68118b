"""Tables that are made from a file: its header names the columns, its cells say what they hold.

A column whose header is no name in SQL gets one by its place (``column_3``) and keeps the header as its
title, so that the next file of the same kind comes into the table as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

from django.db import transaction

from beichen.kernel.actor import Actor
from beichen.kernel.org.models import Body
from beichen.platforms.warehouse import codes
from beichen.platforms.warehouse.cells import moment
from beichen.platforms.warehouse.declaring import declare_tables
from beichen.platforms.warehouse.facts import WIDENINGS, Column, ColumnType, TableFacts
from beichen.platforms.warehouse.files import cells_of
from beichen.platforms.warehouse.models import WarehouseTable
from beichen.problem import Problem, ProblemError, said, shorten

LOOKED_AT = 10_000  # cells of a column that say its type
_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
_WHOLE, _NUMBER = re.compile(r"-?(0|[1-9]\d{0,17})"), re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?")


@transaction.atomic
def make_table(facts: TableFacts, content: bytes, file: str, *, by: Actor) -> TableFacts:
    """Declare the table that ``facts`` name, with the columns of a file; its rows are brought in after it.

    Raises ProblemError WHS-107 for a file that is no table, and what :func:`declare_tables` raises, also
    where a table that was made so before would lose or narrow a column.
    """
    if not _NAME.fullmatch(facts.name):
        hint = said("small letters, digits and _, such as parking_fees")
        raise ProblemError(
            Problem(codes.BAD_NAME, shorten(said("{name!r} is no name here", name=facts.name)), hint=hint)
        )
    if facts.owner_body and not Body.objects.filter(key=facts.owner_body).exists():
        message = shorten(said("there is no body {key}", key=facts.owner_body))
        raise ProblemError(Problem(codes.BAD_NAME, message))
    header, lines = cells_of(content, file)
    if not header:
        raise ProblemError(Problem(codes.UNREADABLE, said("the file is empty")))
    owner = f"upload:{facts.name}"
    columns = columns_of(header, lines, required=facts.key)
    before = WarehouseTable.objects.filter(name=facts.name, owner=owner).first()
    if before is not None:
        columns = _joined(before.facts.columns, columns)
    made = TableFacts(
        facts.name, facts.zh, facts.en, columns, facts.key, facts.level, facts.time, facts.keep_days,
        facts.owner_body,
    )  # fmt: skip
    declare_tables([made], owner=owner, by=by, is_whole=False)
    return made


def _joined(old: Sequence[Column], new: Sequence[Column]) -> tuple[Column, ...]:
    """The columns that a table has, wider where a further file needs it, and those that are new."""
    found = {one.name: one for one in new}
    kept = []
    for column in old:
        other = found.pop(column.name, None)
        is_wider = other is not None and other.type in WIDENINGS.get(column.type, ())
        kept.append(replace(column, type=other.type) if other is not None and is_wider else column)
    return (*kept, *found.values())


def columns_of(
    header: Sequence[str], lines: Iterable[Sequence[Any]], required: Sequence[str] = ()
) -> tuple[Column, ...]:
    """The columns of a sheet, each of the narrowest type that all its cells have."""
    found: list[list[Any]] = [[] for _ in header]
    for number, cells in enumerate(lines):
        if number == LOOKED_AT:
            break
        for column, value in zip(found, cells, strict=False):
            if value not in (None, ""):
                column.append(value)
    taken: set[str] = set()
    columns = []
    for number, (title, values) in enumerate(zip(header, found, strict=True), 1):
        name = re.sub(r"[\s.-]+", "_", title.strip().lower())
        if not _NAME.fullmatch(name) or name in taken:
            name = f"column_{number}"
        taken.add(name)
        columns.append(Column(name, type_of(values), title, title, required=name in required))
    return tuple(columns)


def type_of(values: Sequence[Any]) -> ColumnType:
    """What cells are that are not empty; text where there are none, or of several kinds."""
    kinds = {_kind(value) for value in values}
    if kinds == {ColumnType.INTEGER, ColumnType.NUMBER}:
        return ColumnType.NUMBER
    if kinds == {ColumnType.DATE, ColumnType.TIME}:
        return ColumnType.TIME
    return kinds.pop() if len(kinds) == 1 else ColumnType.TEXT


def _kind(value: Any) -> ColumnType:
    if isinstance(value, bool):
        return ColumnType.BOOLEAN
    if isinstance(value, int):
        return ColumnType.INTEGER
    if isinstance(value, float):
        return ColumnType.INTEGER if value.is_integer() and abs(value) < 2**53 else ColumnType.NUMBER
    if isinstance(value, date):
        is_day = not isinstance(value, datetime) or value.time() == time()
        return ColumnType.DATE if is_day else ColumnType.TIME
    return _kind_of_text(str(value).strip())


def _kind_of_text(text: str) -> ColumnType:
    if _WHOLE.fullmatch(text):
        return ColumnType.INTEGER
    if _NUMBER.fullmatch(text):
        return ColumnType.NUMBER
    if text.lower() in ("true", "false"):
        return ColumnType.BOOLEAN
    found = moment(text)
    if found is None:
        return ColumnType.TEXT
    return ColumnType.TIME if ":" in text else ColumnType.DATE
