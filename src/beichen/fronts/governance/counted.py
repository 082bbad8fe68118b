"""Counting that stops: a page needs to know how many pages there are, not how many millions of rows."""

from __future__ import annotations

from typing import Self, TypeVar

from django.db import models
from django.db.models import QuerySet

MOST = 10_000
"""More than this is said as “more than”."""
RowT = TypeVar("RowT", bound=models.Model)


class CountedRows(QuerySet[RowT]):
    """Rows whose ``count()`` looks at no more than :data:`MOST` and one of them."""

    @classmethod
    def of(cls, rows: QuerySet[RowT]) -> Self:
        """The same rows, counted so."""
        return cls(model=rows.model, query=rows.query.chain(), using=rows.db)

    def count(self) -> int:
        """How many there are; one more than :data:`MOST` for any more."""
        if self.query.is_sliced:
            return super().count()
        few = self.order_by().values("pk")[: MOST + 1]
        return QuerySet(model=self.model, query=few.query, using=self.db).count()
