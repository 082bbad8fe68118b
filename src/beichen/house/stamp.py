"""Whether anything changed since the last start: asked before Django is imported, in milliseconds.

The stamp covers the source tree (names, sizes, times), the settings that the steps depend on, and the
database's own list of applied migrations, so that a replaced database is never taken for the old one.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from beichen.settings import Settings

FILE = "started.stamp"
SOURCE = Path(__file__).resolve().parents[1]
_APPLIED = "SELECT count(*), max(id) FROM django_migrations"


def _files(folder: Path) -> Iterator[tuple[str, int, int]]:
    for path in sorted(folder.rglob("*")):
        if path.suffix != ".pyc" and path.is_file():
            status = path.stat()
            yield str(path.relative_to(folder)), status.st_size, status.st_mtime_ns


def _applied(url: str) -> str:
    """The database's count and last number of migrations; empty when it cannot be asked."""
    if url.startswith("sqlite:"):
        file = "/" + unquote(urlsplit(url).path).lstrip("/")
        try:
            with closing(sqlite3.connect(f"file:{quote(file)}?mode=ro", uri=True)) as database:
                return repr(database.execute(_APPLIED).fetchone())
        except sqlite3.Error:
            return ""
    import psycopg

    try:
        with psycopg.connect(url, connect_timeout=5) as session:
            return repr(session.execute(_APPLIED).fetchone())
    except psycopg.Error:
        return ""


def current(chosen: Settings) -> str:
    """The stamp of things as they are; empty when the database has not been prepared."""
    applied = _applied(chosen.database)
    if not applied:
        return ""
    digest = hashlib.sha256(f"{applied} {chosen.database} {chosen.demo} {chosen.city}".encode())
    folders = [SOURCE] + ([Path(chosen.city)] if Path(chosen.city).is_dir() else [])
    for folder in folders:
        for entry in _files(folder):
            digest.update(repr(entry).encode())
    return digest.hexdigest()


def is_current(chosen: Settings) -> bool:
    """Whether nothing changed since :func:`keep`."""
    file = chosen.data_dir / FILE
    now = current(chosen)
    return bool(now) and file.is_file() and file.read_text() == now


def keep(chosen: Settings) -> None:
    """Note that everything was prepared."""
    (chosen.data_dir / FILE).write_text(current(chosen))
