"""The database that is away, full or read-only, said as a problem instead of a stack trace."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from beichen.problem import Problem, ProblemError, Where, code, shorten

AWAY = code("DBS-101", "The database cannot be used.", status=503)
HINT = "check BEICHEN_DATABASE_URL and the space left; beichen doctor says more"


def _troubles() -> tuple[type[Exception], ...]:
    """What the drivers raise; asked only when something was raised, so that the command line stays quick."""
    import psycopg
    from django.db.utils import OperationalError

    return OperationalError, psycopg.OperationalError


@contextmanager
def told() -> Iterator[None]:
    """Raises ProblemError DBS-101 for what the driver raises when the database cannot do its work."""
    try:
        yield
    except _troubles() as error:
        message = shorten(str(error) or type(error).__name__)
        raise ProblemError(Problem(AWAY, message, Where(field="database_url"), HINT)) from error
