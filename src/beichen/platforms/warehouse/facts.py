"""What a table is: its columns with their types, its key, its level, what is checked; no database, no Arrow.

Types are few and the same in every engine: a time is UTC with microseconds, a number a double, an integer
has 64 bits, JSON is kept as text. A column's level may be above its table's, never below.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from beichen.platforms.warehouse import codes
from beichen.problem import Problem, Where, nearest, said, shorten

NOWHERE = Where()
NAME_LENGTH = 63
CONTROL = frozenset({"loaded"})  # what checks call the rows of a load


class ColumnType(StrEnum):
    """What stands in a column."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    TIME = "time"
    JSON = "json"


WIDENINGS = {
    ColumnType.INTEGER: {ColumnType.NUMBER, ColumnType.TEXT},
    ColumnType.NUMBER: {ColumnType.TEXT},
    ColumnType.BOOLEAN: {ColumnType.TEXT},
    ColumnType.DATE: {ColumnType.TEXT},
    ColumnType.JSON: {ColumnType.TEXT},
}
_ORDERED = {ColumnType.INTEGER, ColumnType.NUMBER}
MOMENTS = {ColumnType.DATE, ColumnType.TIME}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name in SQL, type, names for people. ``level`` 0 is the table's."""

    name: str
    type: ColumnType
    zh: str
    en: str
    required: bool = False
    level: int = 0


class CheckKind(StrEnum):
    """What a check of quality asks."""

    UNIQUE = "unique"
    RANGE = "range"
    ACCEPTED = "accepted"
    REFERENCES = "references"
    FRESH = "fresh"
    SQL = "sql"


@dataclass(frozen=True, slots=True)
class Check:
    """One check. Which fields count depends on the kind:

    unique: ``columns``; range: one column, ``least`` and ``most``; accepted: one column, ``values``;
    references: one column, ``table``, ``to``; fresh: a date or time, ``within`` (``1d``); sql: ``name`` and
    ``sql``, a question that answers the rows that are wrong.
    """

    kind: CheckKind
    columns: tuple[str, ...] = ()
    least: float | None = None
    most: float | None = None
    values: tuple[str | int, ...] = ()
    table: str = ""
    to: str = ""
    within: str = ""
    name: str = ""
    sql: str = ""

    @property
    def key(self) -> str:
        """What the check is called in its history: the same as long as it asks the same of the same."""
        return f"{self.kind}:{self.name or ','.join(self.columns)}"


@dataclass(frozen=True, slots=True)
class TableFacts:
    """A table as it is declared; ``where`` is its place in a package.

    ``time`` names the column by whose month rows lie together and by which ``keep_days`` forgets them.
    """

    name: str
    zh: str
    en: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    level: int = 2
    time: str = ""
    keep_days: int | None = None
    owner_body: str = ""
    checks: tuple[Check, ...] = ()
    where: Where = NOWHERE

    @property
    def types(self) -> dict[str, ColumnType]:
        """Each column's type, in their order."""
        return {column.name: column.type for column in self.columns}

    def column(self, name: str) -> Column:
        """The column of this name. Raises KeyError."""
        return {column.name: column for column in self.columns}[name]

    def level_of(self, column: Column) -> int:
        """A column's level: its own where it is above the table's."""
        return max(self.level, column.level)

    @property
    def required(self) -> frozenset[str]:
        """The columns in which something must stand: those that say so, and the key."""
        return frozenset(column.name for column in self.columns if column.required) | frozenset(self.key)


def as_values(facts: TableFacts) -> dict[str, Any]:
    """The facts as JSON, without their place."""
    values = asdict(facts)
    del values["where"]
    columns = [{**column, "type": str(column["type"])} for column in values["columns"]]
    checks = [{**check, "kind": str(check["kind"]), "columns": list(check["columns"]),
               "values": list(check["values"])} for check in values["checks"]]  # fmt: skip
    return {**values, "columns": columns, "checks": checks, "key": list(values["key"])}


def from_values(values: Mapping[str, Any]) -> TableFacts:
    """The facts that :func:`as_values` wrote."""
    columns = tuple(Column(**{**column, "type": ColumnType(column["type"])}) for column in values["columns"])
    checks = tuple(
        Check(**{**check, "kind": CheckKind(check["kind"]), "columns": tuple(check["columns"]),
                 "values": tuple(check["values"])}) for check in values["checks"]
    )  # fmt: skip
    return TableFacts(**{**values, "columns": columns, "checks": checks, "key": tuple(values["key"])})


def table_faults(facts: TableFacts) -> Iterator[Problem]:
    """What is wrong with a declaration, seen alone."""
    names = [column.name for column in facts.columns]
    for name in [facts.name, *names]:
        if len(name) > NAME_LENGTH or not name.isascii() or name in CONTROL:
            yield Problem(codes.BAD_NAME, shorten(said("{name!r} is no name here", name=name)), facts.where)
    if len(set(names)) < len(names):
        yield Problem(codes.BAD_NAME, said("a column stands twice in {table}", table=facts.name), facts.where)
    for name in (*facts.key, *([facts.time] if facts.time else ())):
        yield from _known(name, facts)
    types = facts.types
    if facts.time in types and types[facts.time] not in MOMENTS:
        message = said("{column} is no date and no time", column=facts.time)
        yield Problem(codes.BAD_TYPE, shorten(message), facts.where)
    if facts.keep_days is not None and not facts.time:
        hint = said("name the column that says how old a row is")
        yield Problem(codes.BAD_TYPE, said("rows cannot be forgotten without a time"), facts.where, hint)
    for name in facts.key:
        if types.get(name) in (ColumnType.JSON, ColumnType.NUMBER):
            message = said("{column} cannot be part of a key", column=name)
            yield Problem(codes.BAD_TYPE, shorten(message), facts.where)
    for check in facts.checks:
        yield from check_faults(check, facts)


def check_faults(check: Check, facts: TableFacts, where: Where | None = None) -> Iterator[Problem]:
    """What is wrong with a check, seen with its table alone."""
    place = where or facts.where
    for name in check.columns:
        yield from _known(name, facts, place)
    types = [facts.types[name] for name in check.columns if name in facts.types]
    if check.kind is CheckKind.RANGE and not set(types) <= _ORDERED:
        yield Problem(codes.BAD_CHECK, said("only numbers lie in a range"), place)
    if check.kind is CheckKind.RANGE and check.least is None and check.most is None:
        yield Problem(codes.BAD_CHECK, said("a range has an end"), place, said("from, to, or both"))
    if check.kind is CheckKind.FRESH and not set(types) <= MOMENTS:
        yield Problem(codes.BAD_CHECK, said("only a date or a time is fresh"), place)
    if check.kind is CheckKind.ACCEPTED and not set(types) <= {ColumnType.TEXT, ColumnType.INTEGER}:
        yield Problem(codes.BAD_CHECK, said("only texts and integers are compared with words"), place)


def _known(name: str, facts: TableFacts, where: Where | None = None) -> Iterator[Problem]:
    if name not in facts.types:
        message = shorten(said("{table} has no column {column}", table=facts.name, column=name))
        yield Problem(codes.NO_COLUMN, message, where or facts.where, nearest(name, facts.types))
