"""Rows of a long list: a count that stops, and pages that are chosen before anything is joined to them.

A page needs to know how many pages there are, not how many millions of rows; and a database that first
chooses fifty keys by an index and then reads those rows is not led astray by what is joined to each.
"""

from __future__ import annotations

from typing import Any, Self, TypeVar

from django.db import models
from django.db.models import QuerySet

MOST = 10_000
"""More than this is said as “more than”."""
RowT = TypeVar("RowT", bound=models.Model)


class CountedRows(QuerySet[RowT]):
    """Rows whose ``count()`` looks at no more than :data:`MOST` and one of them; a slice is a list."""

    _found: int | None = None
    _in_order: QuerySet[RowT] | None = None

    @classmethod
    def of(cls, rows: QuerySet[RowT], in_order: QuerySet[RowT] | None = None) -> Self:
        """The same rows, counted so.

        ``in_order`` are they again, asked so that the database reads them in their order and stops: that is
        quick where there are many of them, and slow where they are few among many others.
        """
        made = cls(model=rows.model, query=rows.query.chain(), using=rows.db)
        made._in_order = in_order
        return made

    def __getitem__(self, key: Any) -> Any:
        if not isinstance(key, slice) or self.query.is_sliced or self._result_cache is not None:
            return super().__getitem__(key)
        if self._found == 0:
            return []
        are_many = self._in_order is not None and self._found is not None and self._found > MOST
        query = self._in_order.query if are_many and self._in_order is not None else self.query
        plain: QuerySet[RowT] = QuerySet(model=self.model, query=query.chain(), using=self.db)
        keys = list(plain.select_related(None).values_list("pk", flat=True)[key])
        found = self._joined().in_bulk(keys)
        return [found[one] for one in keys if one in found]

    def _joined(self) -> QuerySet[RowT]:
        """All rows of the model, joined and left out as these are."""
        rows: QuerySet[RowT] = QuerySet(model=self.model, using=self.db)
        rows.query.select_related = self.query.select_related
        rows.query.deferred_loading = self.query.deferred_loading
        return rows

    def count(self) -> int:
        """How many there are; one more than :data:`MOST` for any more."""
        plain: QuerySet[RowT] = QuerySet(model=self.model, query=self.query.chain(), using=self.db)
        if plain.query.is_sliced:
            return plain.count()
        self._found = plain.select_related(None).order_by().values("pk")[: MOST + 1].count()
        return self._found
