"""The least that can answer a page over HTTP: one SQL statement, its texts joined."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import unquote, urlsplit

import psycopg

_URL = urlsplit(os.environ["BEICHEN_DATABASE_URL"])
_SQLITE = """
SELECT o.document FROM registry_box b
CROSS JOIN registry_objectshape g ON g.id = b.id
CROSS JOIN registry_object o ON o.id = g.object_id
WHERE b.type_low <= ?1 AND b.type_high >= ?1
  AND b.west <= ?4 AND b.east >= ?2 AND b.south <= ?5 AND b.north >= ?3
  AND g.west > ?2 AND g.east < ?4 AND g.south > ?3 AND g.north < ?5
  AND g.attribute = 'location' AND o.removed_at IS NULL AND o.type_id = ?1 AND o.level <= 1
ORDER BY o.id LIMIT 100
"""
_POSTGRESQL = """
SELECT o.document FROM registry_objectshape g JOIN registry_object o ON o.id = g.object_id
WHERE g.shape && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326)
  AND ST_Within(g.shape, ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326))
  AND g.attribute = 'location' AND o.removed_at IS NULL AND o.type_id = %(kind)s AND o.level <= 1
ORDER BY o.id LIMIT 100
"""


def _connect() -> Callable[[list[float]], list[Any]]:
    if _URL.scheme == "sqlite":
        lite = sqlite3.connect(unquote(_URL.path), check_same_thread=False)
        lite.executescript("PRAGMA mmap_size=134217728; PRAGMA cache_size=-32768;")
        kind = lite.execute("SELECT id FROM registry_objecttype WHERE key = 'facility'").fetchone()[0]
        return lambda box: lite.execute(_SQLITE, (kind, *box)).fetchall()
    pg = psycopg.connect(_URL.geturl(), autocommit=True)
    row = pg.execute("SELECT id FROM registry_objecttype WHERE key = 'facility'").fetchone()
    names = ("west", "south", "east", "north")
    kind = row[0] if row else 0
    return lambda box: pg.execute(
        _POSTGRESQL, {"kind": kind, **dict(zip(names, box, strict=True))}
    ).fetchall()


_pages = _connect()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """WEST,SOUTH,EAST,NORTH as the query string; a JSON list of documents."""
    rows = _pages([float(part) for part in environ["QUERY_STRING"].split(",")])
    body = ("[" + ",".join([row[0] for row in rows]) + "]").encode()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]
