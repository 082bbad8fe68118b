"""Bulk writing of the registry's tables: one statement for many rows on both databases.

SQLite runs a prepared statement over the rows; PostgreSQL takes one array a column and unnests them.
Rows are plain tuples in the order of ``columns``; times are aware datetimes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection, models

from beichen.registry.columns import SRID, ShapeField
from beichen.registry.models import (
    Measurement,
    Object,
    ObjectShape,
    ObjectValue,
    ObjectVersion,
    Relation,
    Typing,
)

CHUNK = 5_000
_TYPES: dict[str, str] = {
    "BigAutoField": "bigint",
    "BigIntegerField": "bigint",
    "ForeignKey": "bigint",
    "PositiveIntegerField": "integer",
    "PositiveSmallIntegerField": "smallint",
    "FloatField": "double precision",
    "DateTimeField": "timestamptz",
    "BinaryField": "bytea",
}


def _plain_time(value: Any) -> str | None:
    return None if value is None else str(value.astimezone(UTC).replace(tzinfo=None))


@dataclass(frozen=True, slots=True)
class Column:
    """A column's name, its array's element type on PostgreSQL, and what the values become there."""

    name: str
    type: str
    expression: str

    @property
    def is_time(self) -> bool:
        """Whether SQLite keeps the value as text."""
        return self.type == "timestamptz"


def _column(model: type[models.Model], name: str) -> Column:
    field = model._meta.get_field(name)
    column = field.column if isinstance(field, models.Field) else name
    if isinstance(field, ShapeField):
        return Column(str(column), "bytea", f"ST_GeomFromWKB({column}, {SRID})")
    return Column(str(column), _TYPES.get(field.get_internal_type(), "text"), str(column))


class Table:
    """Writes rows of a model without making model instances."""

    def __init__(self, model: type[models.Model], names: str) -> None:
        self.name = model._meta.db_table
        self.columns = [_column(model, name) for name in names.split()]
        self._times = [index for index, column in enumerate(self.columns) if column.is_time]

    def _adapted(self, rows: Sequence[tuple[Any, ...]]) -> Sequence[Sequence[Any]]:
        if not self._times:
            return rows
        known: dict[datetime | None, str | None] = {}
        adapted = []
        for row in rows:
            values = list(row)
            for index in self._times:
                value = values[index]
                if value not in known:
                    known[value] = _plain_time(value)
                values[index] = known[value]
            adapted.append(values)
        return adapted

    def _each_chunk(self, rows: Sequence[Any], run: Callable[[Sequence[Any]], None]) -> None:
        for start in range(0, len(rows), CHUNK):
            run(rows[start : start + CHUNK])

    def insert(self, rows: Sequence[tuple[Any, ...]], then: str = "") -> None:
        """Add rows; ``then`` says what happens to those that are there (``ON CONFLICT …``)."""
        names = ", ".join(column.name for column in self.columns)
        if connection.vendor == "sqlite":
            marks = ", ".join(["%s"] * len(self.columns))
            self._many(f"INSERT INTO {self.name} ({names}) VALUES ({marks}){then}", rows)
            return
        values = ", ".join(column.expression for column in self.columns)
        statement = f"INSERT INTO {self.name} ({names}) SELECT {values} FROM {self._unnest(names)}{then}"
        self._each_chunk(rows, lambda chunk: self._execute(statement, self._arrays(chunk)))

    def update(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Change rows by their first column, the key."""
        key, *others = self.columns
        names = ", ".join(column.name for column in self.columns)
        if connection.vendor == "sqlite":
            changes = ", ".join(f"{column.name} = %s" for column in others)
            statement = f"UPDATE {self.name} SET {changes} WHERE {key.name} = %s"
            self._many(statement, rows, key_last=True)
            return
        changes = ", ".join(f"{column.name} = n.{column.name}" for column in others)
        source = self._unnest(names)
        statement = f"UPDATE {self.name} t SET {changes} FROM {source} WHERE t.{key.name} = n.{key.name}"
        self._each_chunk(rows, lambda chunk: self._execute(statement, self._arrays(chunk)))

    def _unnest(self, names: str) -> str:
        arrays = ", ".join(f"%s::{column.type}[]" for column in self.columns)
        return f"unnest({arrays}) AS n({names})"

    def _many(self, statement: str, rows: Sequence[tuple[Any, ...]], *, key_last: bool = False) -> None:
        adapted = self._adapted(rows)
        if key_last:
            adapted = [[*row[1:], row[0]] for row in adapted]
        with connection.cursor() as cursor:
            cursor.executemany(statement, adapted)

    def _arrays(self, rows: Sequence[tuple[Any, ...]]) -> list[list[Any]]:
        return [list(values) for values in zip(*rows, strict=True)]

    def _execute(self, statement: str, parameters: Sequence[Any]) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters)


OBJECTS = Table(
    Object,
    "id urn code type name region body level scopes document stamps created_at modified_at removed_at"
    " version",
)
OBJECT_CHANGES = Table(Object, "id type name level scopes document stamps modified_at removed_at version")
VERSIONS = Table(ObjectVersion, "object version document valid_from valid_to")
TYPINGS = Table(Typing, "type object")
RELATIONS = Table(Relation, "source name target")
VALUES = Table(ObjectValue, "object attribute kind number text")
MEASUREMENTS = Table(Measurement, "object name form number text at received_at source")
SHAPES = Table(ObjectShape, "object type attribute west south east north shape")


def forget_derived(objects: Iterable[int]) -> None:
    """Remove the index rows of objects."""
    keys = list(objects)
    for start in range(0, len(keys), CHUNK):
        chunk = keys[start : start + CHUNK]
        for model, column in ((ObjectValue, "object"), (ObjectShape, "object"), (Typing, "object")):
            model._default_manager.filter(**{f"{column}__in": chunk})._raw_delete("default")
        Relation.objects.filter(source__in=chunk)._raw_delete("default")


def next_ids(count: int) -> range | list[int]:
    """Keys for ``count`` new objects, in the write transaction that will use them."""
    table = Object._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
            row = cursor.fetchone()
            first = (row[0] if row else 0) + 1
            return range(first, first + count)
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count]
        )
        return [row[0] for row in cursor.fetchall()]
