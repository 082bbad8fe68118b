"""Proves that a new database, made by the squashed migrations, is what the migrations that they replace make.

    .venv/bin/python tools/histories.py                       on SQLite
    tools/services .venv/bin/python tools/histories.py        on PostgreSQL

It makes databases of its own beside the one that BEICHEN_DATABASE_URL names, which it leaves alone: one by
the long way (no squashed migration), one by the short way, and some that stop in the middle of the history
of as many rooms as can and then go on. All must have the same columns, indexes, constraints, triggers and
functions, and hold the same rows. Only the order of columns within a table is not compared. Whoever
squashes again runs it; it takes some minutes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import django
import psycopg
from django.db.backends.utils import CursorWrapper
from django.db.migrations.loader import MigrationLoader

Key = tuple[str, str]
Described = dict[str, Any]


class LongLoader(MigrationLoader):
    """Loads the migrations as if none had ever been squashed."""

    def load_disk(self) -> None:
        """Leave out what replaces others; who depends on it depends on the last that it replaces."""
        super().load_disk()
        squashed = {key: one for key, one in self.disk_migrations.items() if one.replaces}
        for key in squashed:
            del self.disk_migrations[key]
        for one in self.disk_migrations.values():
            cast("Any", one).dependencies = [
                squashed[of].replaces[-1] if of in squashed else of for of in map(_pair, one.dependencies)
            ]


def _pair(dependency: Any) -> Any:
    """As a key, but for what depends on a setting, which is an object of its own."""
    return tuple(dependency) if isinstance(dependency, list) else dependency


def histories() -> dict[str, list[Key]]:
    """The migrations that are replaced, by their app, in their order."""
    loader = MigrationLoader(None, replace_migrations=False)
    return {key[0]: [*one.replaces] for key, one in sorted(loader.disk_migrations.items()) if one.replaces}


def halves() -> list[list[Key]]:
    """Places in the middle of histories, in groups: no group needs the whole history of one of its apps."""
    graph, groups = LongLoader(None).graph, list[list[Key]]()
    middle = {app: own[(len(own) - 1) // 2] for app, own in histories().items()}
    last = {app: own[-1] for app, own in histories().items()}
    needed = {app: set(graph.forwards_plan(place)) for app, place in middle.items()}
    for app, place in middle.items():
        for group in groups:
            if not any(last[app] in needed[other] or last[other] in needed[app] for other, _name in group):
                group.append(place)
                break
        else:
            groups.append([place])
    return groups


def build(way: str) -> Described:
    """Migrate the settings' empty database: ``long``, ``short``, or ``half`` with the number of a group."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    if way != "short":
        executor = MigrationExecutor(connection)
        executor.loader = LongLoader(connection)
        leaves = executor.loader.graph.leaf_nodes()
        executor.migrate(leaves if way == "long" else halves()[int(way.removeprefix("half"))])
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if (not plan) != (way == "long"):
        raise SystemExit(f"{way}: to do is {plan}")
    call_command("migrate", verbosity=0, interactive=False)
    with connection.cursor() as cursor:
        found = _postgresql(cursor) if connection.vendor == "postgresql" else _sqlite(cursor)
        return found | _rows(cursor, connection.introspection.table_names(cursor))


def _asked(cursor: CursorWrapper, statement: str) -> list[tuple[Any, ...]]:
    cursor.execute(statement)
    return list(cursor.fetchall())


def _sqlite(cursor: CursorWrapper) -> Described:
    """What the schema's table says, with the parts of a table in the order of letters."""
    asked = "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' AND sql IS NOT NULL"
    return {
        f"{kind} {name}": _parts(sql) if sql.startswith("CREATE TABLE") else " ".join(sql.split())
        for kind, name, sql in _asked(cursor, asked)
    }


def _parts(statement: str) -> list[str]:
    """A table's columns and constraints, sorted."""
    text = " ".join(statement.replace('"', "").split())
    inside, end = text[text.index("(") + 1 : text.rindex(")")], text[text.rindex(")") :]
    parts, depth = [""], 0
    for letter in inside:
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if letter == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return sorted([*(part.strip() for part in parts), end])


_CATALOGUE = {
    "column": "SELECT table_name || '.' || column_name, concat_ws(' ', udt_name, character_maximum_length,"
    " numeric_precision, numeric_scale, is_nullable, column_default, is_identity, collation_name)"
    " FROM information_schema.columns WHERE table_schema = 'public'",
    "constraint": "SELECT conrelid::regclass || '.' || conname, pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE connamespace = 'public'::regnamespace",
    "index": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "trigger": "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    "function": "SELECT proname, pg_get_functiondef(p.oid) FROM pg_proc p"
    " LEFT JOIN pg_depend d ON d.objid = p.oid AND d.deptype = 'e'"
    " WHERE pronamespace = 'public'::regnamespace AND d.objid IS NULL",
}


def _postgresql(cursor: CursorWrapper) -> Described:
    """What the catalogue says."""
    return {
        f"{kind} {name}": said
        for kind, statement in _CATALOGUE.items()
        for name, said in _asked(cursor, statement)
    }


_NATURAL = {  # numbered in the order in which they were made
    "django_content_type": "SELECT app_label, model FROM django_content_type",
    "auth_permission": "SELECT t.app_label, t.model, p.codename, p.name FROM auth_permission p"
    " JOIN django_content_type t ON t.id = p.content_type_id",
}


def _rows(cursor: CursorWrapper, tables: Iterable[str]) -> Described:
    """What the tables hold, but for the list of migrations itself."""
    found = {}
    for table in set(tables) - {"django_migrations"}:
        cursor.execute(_NATURAL.get(table, f'SELECT * FROM "{table}"'))  # noqa: S608 - its own names
        names = [column[0] for column in cursor.description]
        found[f"rows of {table}"] = sorted(
            repr(sorted(zip(names, row, strict=True))) for row in cursor.fetchall()
        )
    return found


def _made(way: str, server: str, folder: Path) -> Described:
    """The description of a new database that a process of its own makes."""
    if server:
        name = f"histories_{os.getpid()}_{way}"
        with psycopg.connect(server, autocommit=True) as session:
            session.execute(f'CREATE DATABASE "{name}"')
        url = urlsplit(server)._replace(path=f"/{name}").geturl()
    else:
        url = f"sqlite:///{folder / way}.db"
    began = time.monotonic()
    settings = os.environ | {"BEICHEN_DATABASE_URL": url, "BEICHEN_DATA_DIR": str(folder)}
    command = [sys.executable, __file__, way]
    try:
        said = subprocess.run(command, env=settings, check=True, stdout=subprocess.PIPE).stdout
    finally:
        if server:
            with psycopg.connect(server, autocommit=True) as session:
                session.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    print(f"{way}: {time.monotonic() - began:.1f} s")
    return dict(json.loads(said))


def main() -> int:
    """Make all, compare each with the long way; 1 when one differs."""
    server = os.environ.get("BEICHEN_DATABASE_URL", "")
    server = server if server.startswith("postgres") else ""
    faults = 0
    with tempfile.TemporaryDirectory() as folder:
        long = _made("long", server, Path(folder))
        for way in ["short", *(f"half{number}" for number in range(len(halves())))]:
            other = _made(way, server, Path(folder))
            for key in sorted(long.keys() | other.keys()):
                if long.get(key) != other.get(key):
                    print(f"{way}: {key}\n  long: {long.get(key)}\n  here: {other.get(key)}")
                    faults += 1
    print(f"{len(long)} tables, indexes, triggers and sets of rows compared, {faults} differ")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beichen.house.django")
    django.setup()
    if sys.argv[1:]:
        print(json.dumps(build(sys.argv[1])))
    else:
        sys.exit(main())
