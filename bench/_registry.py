"""One database's measurements of the registry, in a process of its own; prints rows as JSON."""

from __future__ import annotations

import contextlib
import http.client
import json
import math
import random
import shutil
import socket
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

import django
import orjson
import psycopg
from django.conf import settings

ROOT = Path(__file__).resolve().parents[1]
BATCH, ENTITIES = 1_000, 100_000
SIZES = (10_000, 100_000, 1_000_000)
IN_BOX = 150  # objects that a box holds, so that a page of 100 is full
PAGE, REQUESTS = 100, 300
WEST, SOUTH = 125.0, 43.0
Statement = tuple[str, Any, bool]


def payload(number: int, chance: random.Random) -> dict[str, Any]:
    """A facility as a client sends it."""
    place = [WEST + chance.random(), SOUTH + chance.random()]
    return {
        "id": f"urn:ngsi-ld:facility:{number}",
        "type": "facility",
        "name": {"type": "Property", "value": f"设施 {number}"},
        "category": {"type": "Property", "value": f"category-{number % 20}"},
        "capacity": {"type": "Property", "value": number % 500},
        "address": {"type": "Property", "value": f"长春市人民大街 {number} 号"},
        "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": place}},
    }


class Recorder:
    """Takes down every statement that Django sends."""

    def __init__(self) -> None:
        self.statements: list[Statement] = []

    def __call__(self, execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
        """Note the statement and let it run."""
        self.statements.append((sql, parameters, many))
        return execute(sql, parameters, many, context)


class Bare:
    """A second database in the same state, spoken to by its driver alone."""

    def __init__(self) -> None:
        from django.db import connection

        self.is_sqlite = connection.vendor == "sqlite"
        database = settings.DATABASES["default"]
        connection.close()
        if self.is_sqlite:
            copy = f"{database['NAME']}.bare"
            for suffix in ("", "-wal"):
                if Path(database["NAME"] + suffix).exists():
                    shutil.copy(database["NAME"] + suffix, copy + suffix)
            self.connection: Any = sqlite3.connect(copy, isolation_level=None)
            self.connection.executescript(database["OPTIONS"]["init_command"])
        else:
            cast("Any", connection).close_pool()
            with psycopg.connect(self._address("postgres"), autocommit=True) as admin:
                admin.execute(f"DROP DATABASE IF EXISTS {database['NAME']}_bare")
                admin.execute(f"CREATE DATABASE {database['NAME']}_bare TEMPLATE {database['NAME']}")
            self.connection = psycopg.connect(self._address(f"{database['NAME']}_bare"), autocommit=True)

    def _address(self, name: str) -> str:
        database = settings.DATABASES["default"]
        return f"host={database['HOST']} port={database['PORT']} user={database['USER']} dbname={name}"

    def run(self, statements: list[Statement]) -> float:
        """Send the statements in one transaction; gives the seconds."""
        if self.is_sqlite:
            statements = [
                (sql.replace("%s", "?").replace("%%", "%"), parameters, many)
                for sql, parameters, many in statements
            ]
        cursor = self.connection.cursor()
        start = time.perf_counter()
        cursor.execute("BEGIN IMMEDIATE" if self.is_sqlite else "BEGIN")
        for sql, parameters, many in statements:
            if sql.lstrip().upper().startswith(("BEGIN", "SAVEPOINT", "RELEASE")):
                continue
            if many:
                cursor.executemany(sql, parameters)
            else:
                cursor.execute(sql, _plain(parameters) if self.is_sqlite else parameters)
            if sql.lstrip().upper().startswith("SELECT"):
                cursor.fetchall()
        cursor.execute("COMMIT")
        return time.perf_counter() - start


def _plain(parameters: Any) -> list[Any]:
    return [str(item) if isinstance(item, datetime) else item for item in parameters or ()]


def write(bare: Bare, case: str) -> dict[str, Any]:
    """Upsert all entities in batches, beside the bare statements."""
    from django.db import connection

    from beichen.kernel.actor import system
    from beichen.registry import service
    from beichen.registry.document.context import CORE_ONLY
    from beichen.registry.document.expansion import Expander

    chance = random.Random(1)
    ours = peer = 0.0
    for first in range(0, ENTITIES, BATCH):
        body = orjson.dumps([payload(number, chance) for number in range(first, first + BATCH)])
        recorder = Recorder()
        with connection.execute_wrapper(recorder):
            start = time.perf_counter()
            drafts = []
            for item in orjson.loads(body):
                expander = Expander(CORE_ONLY)
                drafts.append(service.Draft(expander.entity(item)))
                expander.finish()
            service.write_objects(drafts, by=system("bench"))
            ours += time.perf_counter() - start
        peer += bare.run(recorder.statements)
    name = f"{connection.vendor}: {case}"
    note = f"{ENTITIES / ours:,.0f} entities/s, batches of {BATCH:,}"
    return {
        "case": name, "size": ENTITIES, "ours_seconds": ours, "peer": "the same statements, bare driver",
        "peer_seconds": peer, "note": note,
    }  # fmt: skip


def fill(size: int) -> None:
    """Bring the number of facilities to ``size`` by bulk inserts."""
    from django.db import connection, transaction

    from beichen.registry import tables
    from beichen.registry.codes import serial_code
    from beichen.registry.geometry import shape_of
    from beichen.registry.models import ObjectType

    kind = ObjectType.objects.get(key="facility").pk
    chance, now = random.Random(size), datetime.now(UTC)
    for first in range(_last(), size, 20_000):
        count = min(20_000, size - first)
        objects: list[tuple[Any, ...]] = []
        shapes: list[tuple[Any, ...]] = []
        values: list[tuple[Any, ...]] = []
        with transaction.atomic():
            for key in tables.next_ids(count):
                entity = payload(key, chance)
                text = orjson.dumps(entity).decode()
                name, code = entity["name"]["value"], serial_code(key)
                row = (key, entity["id"], code, kind, name, None, None, 1, "", text, "", now, now, None, 1)
                objects.append(row)
                shape = shape_of(entity["location"]["value"])
                shapes.append(
                    (key, kind, "location", shape.west, shape.south, shape.east, shape.north, shape.wkb)
                )
                values.append((key, "category", 2, None, entity["category"]["value"]))
                values.append((key, "capacity", 1, float(entity["capacity"]["value"]), None))
            tables.OBJECTS.insert(objects)
            tables.SHAPES.insert(shapes)
            tables.VALUES.insert(values)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _last() -> int:
    from beichen.registry.models import Object

    return Object.objects.count()


def _fill_or_thin(size: int) -> None:
    """Bring the number of present facilities to ``size``; a smaller city is a larger one thinned out."""
    from beichen.registry.models import Object, ObjectShape, ObjectValue, ObjectVersion

    if _last() > size:
        keys = Object.objects.order_by("id").values_list("id", flat=True)[size - 1 : size]
        for model in (ObjectVersion, ObjectShape, ObjectValue):
            model.objects.filter(object__gt=keys[0])._raw_delete("default")
        Object.objects.filter(pk__gt=keys[0])._raw_delete("default")
    fill(size)


@contextlib.contextmanager
def serve(*target: str) -> Iterator[http.client.HTTPConnection]:
    """A granian worker with a WSGI application, and a kept connection to it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        str(Path(sys.executable).with_name("granian")), "--interface", "wsgi", "--host", "127.0.0.1",
        "--port", str(port), "--workers", "1", "--no-ws", "--log-level", "error",
        "--workers-kill-timeout", "5", *target,
    ]  # fmt: skip
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        for _ in range(300):
            with contextlib.suppress(OSError):
                client.connect()
                break
            time.sleep(0.1)
        yield client
        client.close()
    finally:
        process.terminate()
        process.wait(20)


def _get(client: http.client.HTTPConnection, path: str) -> tuple[float, int]:
    start = time.perf_counter()
    client.request("GET", path)
    response = client.getresponse()
    body = response.read()
    taken = time.perf_counter() - start
    if response.status != 200:
        raise SystemExit(f"{path}: {response.status} {body[:300]!r}")
    return taken, len(json.loads(body))


def read(size: int, vendor: str) -> dict[str, Any]:
    """Pages by box and type, in turns with the bare handler."""
    side = math.sqrt(IN_BOX / size)
    chance = random.Random(7)
    ours, peer, lengths = [], [], []
    house_server = serve("--factory", "beichen.house.web:application")
    with house_server as house, serve("bench._bare:application") as bare:
        for number in range(REQUESTS + 20):
            west, south = WEST + chance.random() * (1 - side), SOUTH + chance.random() * (1 - side)
            east, north = west + side, south + side
            ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
            asked = f"georel=within&geometry=Polygon&coordinates={quote(json.dumps([ring]))}"
            turns = [
                (house, f"/ngsi-ld/v1/entities?type=facility&limit={PAGE}&{asked}"),
                (bare, f"/?{west},{south},{east},{north}"),
            ]
            # Who asks second finds the box's pages warm: each is second as often as the other.
            order = (0, 1) if number % 2 else (1, 0)
            answers = {which: _get(*turns[which]) for which in order}
            (first, found), (second, same) = answers[0], answers[1]
            if found != same:
                raise SystemExit(f"{found} objects through HTTP, {same} by bare SQL")
            if number >= 20:
                ours.append(first)
                peer.append(second)
                lengths.append(found)
    figures = {
        "objects a page": statistics.mean(lengths),
        "p95 ms": statistics.quantiles(ours, n=20)[18] * 1000,
        "pages/s": 1 / statistics.mean(ours),
    }
    return {
        "case": f"{vendor}: page of {PAGE} by box and type",
        "size": size,
        "ours_seconds": statistics.median(ours),
        "peer": "the SQL alone, same server",
        "peer_seconds": statistics.median(peer),
        "figures": figures,
    }


def emit(row: dict[str, Any]) -> None:
    """Hand over one row as soon as it is known."""
    sys.stdout.write(json.dumps(row) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Everything on the configured database."""
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from beichen.kernel.access import service as access
    from beichen.kernel.actor import system
    from beichen.registry import service

    call_command("migrate", verbosity=0)
    access.load_roles(by=system("bench"))
    fields = {"name": {"type": "string"}, "category": {"type": "string"}, "capacity": {"type": "integer"}}
    facts = service.TypeFacts("facility", "place", fields=fields, indexed=("category", "capacity"))
    service.declare_types([facts], scene="bench", by=system("bench"))
    bare = Bare()
    emit(write(bare, "upsert of new entities"))
    emit(write(bare, "upsert of present entities"))
    bare.connection.close()
    for size in SIZES:
        _fill_or_thin(size)
        emit(read(size, connection.vendor))


if __name__ == "__main__":
    main()
