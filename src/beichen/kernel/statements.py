"""Statements that are sent often: made by Django once, then sent again with other values.

Django builds the SQL of a queryset anew each time that it is asked, which costs ten times what the database
needs for a row by its key. A :class:`Prepared` query is built once a process; a :class:`Slot` marks where a
value goes. It gives exactly what its queryset gives: no cache, nothing to forget, the same everywhere. Each
connection to PostgreSQL plans it once (:mod:`beichen.kernel.planned`).
:class:`Insertion` writes an instance as ``save(force_insert=True)`` does, :class:`Change` as
``save(update_fields=…)``, but for signals: no room uses them. Both write at once, or with a parcel.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar, Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import DatabaseError, connections, models
from django.db.models.expressions import Expression
from django.db.models.query import get_related_populators

from beichen.kernel.instances import instance, join
from beichen.kernel.parcel import Statement
from beichen.kernel.planned import fetch, send

ModelT = TypeVar("ModelT", bound=models.Model)


_PLAIN: dict[type[models.Field[Any, Any]], type] = {
    models.CharField: str,
    models.TextField: str,
    models.FloatField: float,
    models.BooleanField: bool,
    models.BigIntegerField: int,
    models.PositiveIntegerField: int,
    models.PositiveSmallIntegerField: int,
}
"""Which values of which fields go to the database as they are."""


class Slot(Expression):
    """A place in a prepared query, filled by the value of its name at each call."""

    def __init__(self, name: str, field: models.Field[Any, Any]) -> None:
        super().__init__(output_field=field)
        self.name = name
        self._plain = _PLAIN.get(type(field))

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """A parameter, and itself as what stands for its value."""
        return "%s", [self]

    def sent(self, values: Mapping[str, Any]) -> Any:
        """What the database is sent in its place."""
        value = values[self.name]
        if type(value) is self._plain:
            return value
        return self.field.get_db_prep_value(value, connections["default"])


class Keys(Slot):
    """A place for any number of keys, as ``pk__in=keys(Model)``: one statement, however many there are."""

    _SOURCES: ClassVar = {
        "sqlite": "(SELECT value FROM json_each(%s))",
        "postgresql": "(SELECT unnest(%s::bigint[]))",
    }

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """A subquery of them."""
        return self._SOURCES[connection.vendor], [self]

    def sent(self, values: Mapping[str, Any]) -> Any:
        """An array; as JSON where there are none."""
        keys = [int(key) for key in values[self.name]]
        return keys if connections["default"].vendor == "postgresql" else json.dumps(keys)


def keys(model: type[models.Model], name: str = "keys") -> Keys:
    """The place of many keys of the model."""
    key = model._meta.pk
    assert key is not None  # noqa: S101 - every model has one
    return Keys(name, key)


def slot(model: type[models.Model], name: str, column: str = "") -> Slot:
    """The place of the value ``name`` for a column of the model (its namesake, unless another is said)."""
    field = model._meta.get_field(column or name)
    assert isinstance(field, models.Field)  # noqa: S101 - a relation from elsewhere has no column
    return Slot(name, field)


class Prepared(Generic[ModelT]):
    """A query of whole rows with its related ones, or of ``values_list`` (:meth:`tuples`).

    ``build`` gives the queryset, with slots; it is called once, when first asked.
    """

    def __init__(self, build: Callable[[], models.QuerySet[ModelT, Any]]) -> None:
        self._build = build

    @cached_property
    def _compiled(self) -> tuple[Any, str, tuple[Any, ...]]:
        compiler = self._build().query.get_compiler("default")
        try:
            sql, parameters = compiler.as_sql()
        except EmptyResultSet:  # such as of who may read nothing: Django asks nothing then
            sql, parameters = "", ()
        return compiler, sql, tuple(parameters)

    @cached_property
    def _shape(self) -> tuple[type[ModelT], slice, list[str], list[Any]]:
        compiler = self._compiled[0]
        about, select = compiler.klass_info, compiler.select
        places = about["select_fields"]
        own = slice(places[0], places[-1] + 1)
        names = [column[0].target.attname for column in select[own]]
        return about["model"], own, names, get_related_populators(about, select, "default")  # type: ignore[call-arg]

    @cached_property
    def _converters(self) -> Any:
        compiler = self._compiled[0]
        return compiler.get_converters([column[0] for column in compiler.select])

    def tuples(self, **values: Any) -> Iterator[Sequence[Any]]:
        """The rows of a ``values_list``."""
        compiler, sql, _parameters = self._compiled
        if not sql:
            return iter(())
        rows = fetch(connections["default"], sql, self._sent(values))
        return iter(compiler.apply_converters(rows, self._converters) if self._converters else rows)

    def _sent(self, values: Mapping[str, Any]) -> list[Any]:
        return [one.sent(values) if isinstance(one, Slot) else one for one in self._compiled[2]]

    def count(self, **values: Any) -> int:
        """How many rows it gives."""
        if not self._compiled[1]:
            return 0
        counted = f"SELECT count(*) FROM ({self._compiled[1]}) AS counted"  # noqa: S608 - Django's own statement
        ((number,),) = fetch(connections["default"], counted, self._sent(values))
        return int(number)

    def rows(self, **values: Any) -> list[ModelT]:
        """The instances."""
        if not self._compiled[1]:
            return []
        model, own, names, related = self._shape
        found = []
        for row in self.tuples(**values):
            one = instance(model, names, row[own])
            for populator in related:
                join(populator, row, one)
            found.append(one)
        return found

    def first(self, **values: Any) -> ModelT | None:
        """The first instance, or None."""
        return next(iter(self.rows(**values)), None)


def _sent(row: models.Model, fields: Sequence[tuple[Any, str, type | None]], is_new: bool) -> list[Any]:
    """What the database is sent for an instance's columns."""
    connection, values = connections["default"], row.__dict__
    return [
        values[name]
        if plain is not None and type(values[name]) is plain
        else field.get_db_prep_save(field.pre_save(row, is_new), connection)
        for field, name, plain in fields
    ]


class Insertion(Generic[ModelT]):
    """Adds new instances of a model; each gets its key, as from ``save``.

    ``clash`` says in SQL what becomes of a row that is there already, such as ``ON CONFLICT DO NOTHING``;
    then, and where many are added, no keys are told.
    """

    def __init__(self, model: type[ModelT], clash: str = "") -> None:
        self._model = model
        self._clash = clash

    @cached_property
    def _statement(self) -> tuple[str, list[tuple[Any, str, type | None]], Any]:
        meta = self._model._meta
        key = meta.pk if isinstance(meta.pk, models.AutoField) else None
        fields = [field for field in meta.local_concrete_fields if field is not key]
        quote = connections["default"].ops.quote_name
        names = ", ".join(quote(str(field.column)) for field in fields)
        sql = f"INSERT INTO {quote(meta.db_table)} ({names}) VALUES "  # noqa: S608 - names of columns
        return sql, [(field, field.attname, _PLAIN.get(type(field))) for field in fields], key

    @cached_property
    def _marks(self) -> str:
        return f"({', '.join(['%s'] * len(self._statement[1]))})"

    def add(self, row: ModelT) -> ModelT:
        """Insert one. Raises what ``save`` does: IntegrityError, DataError."""
        sql, fields, key = self._statement
        connection = connections["default"]
        is_told = key is not None and not self._clash
        end = f" RETURNING {connection.ops.quote_name(str(key.column))}" if is_told else self._clash
        told = send(
            connection, f"{sql}{self._marks} {end}".rstrip(), _sent(row, fields, True), is_told=is_told
        )
        if is_told:
            setattr(row, key.attname, told.rows[0][0])
        row._state.adding, row._state.db = False, "default"
        return row

    def add_all(self, rows: Collection[ModelT]) -> None:
        """Insert all of them with one statement, or none. Raises as :meth:`add`."""
        for one in self.statements(rows):
            send(connections["default"], one.text, one.parameters)

    def statements(self, rows: Collection[ModelT]) -> list[Statement]:
        """What inserts all of them, for a parcel."""
        if not rows:
            return []
        sql, fields, _key = self._statement
        marks = ", ".join([self._marks] * len(rows))
        sent = [value for row in rows for value in _sent(row, fields, True)]
        return [Statement(f"{sql}{marks} {self._clash}".rstrip(), sent)]


class Change(Generic[ModelT]):
    """Writes these fields of instances that are there, as ``save(update_fields=names)`` does."""

    def __init__(self, model: type[ModelT], *names: str) -> None:
        self._model = model
        self._names = names

    @cached_property
    def _statement(self) -> tuple[str, list[tuple[Any, str, type | None]]]:
        meta, quote = self._model._meta, connections["default"].ops.quote_name
        fields: list[Any] = [meta.get_field(name) for name in self._names]
        assert meta.pk is not None  # noqa: S101 - each model that is kept has one
        told = ", ".join(f"{quote(str(field.column))} = %s" for field in fields)
        where = f"WHERE {quote(str(meta.pk.column))} = %s"
        sql = f"UPDATE {quote(meta.db_table)} SET {told} {where}"  # noqa: S608 - names of columns
        return sql, [(field, field.attname, _PLAIN.get(type(field))) for field in fields]

    def save(self, row: ModelT) -> None:
        """Write one. Raises what ``save`` does: DatabaseError for a row that is gone, IntegrityError."""
        for one in self.statements([row]):
            if not send(connections["default"], one.text, one.parameters).written:
                raise DatabaseError(one.lost)

    def statements(self, rows: Iterable[ModelT]) -> list[Statement]:
        """What writes each of them, for a parcel."""
        sql, fields = self._statement
        meta = self._model._meta
        return [
            Statement(
                sql,
                [*_sent(row, fields, False), row.pk],
                (meta.db_table, row.pk),
                f"{self._model.__name__} {row.pk} is not there any more",
            )
            for row in rows
        ]
