"""What the registry needs of its database: PostGIS on PostgreSQL, R*Tree on SQLite; asked before use."""

from __future__ import annotations

from django.apps.registry import Apps
from django.db import DatabaseError, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from beichen.problem import Problem, ProblemError, code

NO_SPATIAL = code("REG-501", "The database has no spatial index.", status=500)


def check_engine(connection: BaseDatabaseWrapper) -> None:
    """Make sure that the database can index shapes. Raises ProblemError REG-501, saying what to do."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT sqlite_compileoption_used('ENABLE_RTREE')")
            has_index = bool(cursor.fetchone()[0])
        if not has_index:
            hint = "use a SQLite that is built with SQLITE_ENABLE_RTREE"
            raise ProblemError(Problem(NO_SPATIAL, "this SQLite has no R*Tree", hint=hint))
        return
    try:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS postgis")
    except DatabaseError as error:
        hint = "install PostGIS, then CREATE EXTENSION postgis as a superuser"
        raise ProblemError(Problem(NO_SPATIAL, "this PostgreSQL has no PostGIS", hint=hint)) from error


def require_engine(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """The same as the first step of a migration."""
    check_engine(editor.connection)
