"""Bodies that declarations name by their keys: which of them are there, and what waits for those that are
not."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import QuerySet

from beichen.fronts.codes.models import Entitlement, Reader
from beichen.fronts.codes.problems import NO_BODY_YET
from beichen.kernel.org.models import Body
from beichen.problem import Problem, ProblemError, nearest, said, shorten

RowT = TypeVar("RowT", Reader, Entitlement)
_FIELDS = {Reader: "body", Entitlement: "grantor"}


def with_body(rows: QuerySet[RowT]) -> QuerySet[RowT]:
    """The readers or entitlements whose body is there, read together with it."""
    name = _FIELDS[rows.model]
    return rows.filter(**{f"{name}__path__gt": ""}).select_related(name)


def waiting(rows: QuerySet[RowT]) -> QuerySet[RowT]:
    """Those whose body the city does not have yet."""
    return rows.filter(**{f"{_FIELDS[rows.model]}__path": None})


def body_of(row: Reader | Entitlement) -> Body:
    """The body that reads or grants. Raises ProblemError COD-305 while the city does not have it."""
    name = _FIELDS[type(row)]
    found: Body | None = getattr(row, name)
    if found is None:
        key = str(getattr(row, f"{name}_id"))
        hint = nearest(key, list(Body.objects.values_list("key", flat=True)[:2000]))
        message = said("no body is called {key} yet", key=key)
        raise ProblemError(Problem(NO_BODY_YET, shorten(message), hint=hint))
    return found
