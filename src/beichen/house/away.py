"""A database that is away, a disk that is full or read-only: said as a problem, not as a stack trace."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from beichen.problem import Problem, ProblemError, Where, code, shorten

AWAY = code("DBS-101", "The database cannot be used.", status=503)
NO_DISK = code("DBS-102", "The disk takes no more.", status=507)
DISK = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM}
HINT = "check BEICHEN_DATABASE_URL and the space left; beichen doctor says more"


def _troubles() -> tuple[type[Exception], ...]:
    """What the drivers raise; asked only when something was raised, so that the command line stays quick."""
    import psycopg
    from django.db.utils import OperationalError

    return OperationalError, psycopg.OperationalError


@contextmanager
def told() -> Iterator[None]:
    """Raises ProblemError DBS-101 when the database cannot do its work, DBS-102 when a disk cannot."""
    try:
        yield
    except _troubles() as error:
        message = shorten(str(error) or type(error).__name__)
        raise ProblemError(Problem(AWAY, message, Where(field="database_url"), HINT)) from error
    except OSError as error:
        if error.errno not in DISK:
            raise
        where = Where(str(error.filename)) if error.filename else Where(field="data_dir")
        hint = "make room, or choose another place with BEICHEN_DATA_DIR"
        raise ProblemError(Problem(NO_DISK, shorten(error.strerror or str(error)), where, hint)) from error
