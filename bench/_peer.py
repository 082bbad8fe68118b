"""The process that :mod:`bench.peer` starts: fills both houses, asks them in turns, prints rows as JSON."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import random
import socket
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import django

from bench import _intake
from bench._registry import ROOT, emit, serve

SIZES, TIMES, WARM = (1_000, 10_000, 30_000), 100, 10
CHECKOUT = Path(os.environ["OBJECTS_API"]).resolve()
BIN = CHECKOUT.parent / "v" / "bin"
Answer = tuple[int, bytes]


def _peer_environment() -> dict[str, str]:
    """Settings of its own continuous integration, on a database of its own."""
    at = urlsplit(os.environ["BEICHEN_DATABASE_URL"])
    ours = ("BEICHEN_", "DJANGO_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return kept | {
        "DB_HOST": at.hostname or "",
        "DB_PORT": str(at.port),
        "DB_USER": at.username or "",
        "DB_PASSWORD": "x",
        "DB_NAME": "objects",
        "DJANGO_SETTINGS_MODULE": "objects.conf.ci",
        "SITE_DOMAIN": "localhost:8000",
        "CELERY_BROKER_URL": "memory://",  # its notifications go nowhere, at no cost
        "CELERY_RESULT_BACKEND": "cache+memory://",
        "ALLOWED_HOSTS": "localhost,127.0.0.1",
        "PYTHONPATH": f"{CHECKOUT / 'src'}:{ROOT}",
    }


def _peer(*arguments: str) -> str:
    command = [str(BIN / "python"), *arguments]
    done = subprocess.run(
        command,
        env=_peer_environment(),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    return done.stdout.decode()


@contextlib.contextmanager
def _served_peer() -> Iterator[http.client.HTTPConnection]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        str(BIN / "granian"), "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
        "--workers", "1", "--no-ws", "--log-level", "error", "objects.wsgi:application",
    ]  # fmt: skip
    process = subprocess.Popen(
        command, env=_peer_environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
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


def _ask(client: http.client.HTTPConnection, *request: Any) -> Answer:
    client.request(*request)
    answer = client.getresponse()
    return answer.status, answer.read()


def _in_turns(
    ours: Callable[[], Answer], peer: Callable[[], Answer], status: int
) -> tuple[list[float], list[float]]:
    taken: tuple[list[float], list[float]] = ([], [])
    for number in range(TIMES + WARM):
        for place, ask in enumerate((ours, peer)):
            start = time.perf_counter()
            found, body = ask()
            if found != status:
                raise SystemExit(f"{found} from {('us', 'the peer')[place]}: {body[:500]!r}")
            if number >= WARM:
                taken[place].append(time.perf_counter() - start)
    return taken


def _row(case: str, size: int, taken: tuple[list[float], list[float]]) -> dict[str, Any]:
    ours, peer = taken
    return {
        "case": case,
        "size": size,
        "ours_seconds": statistics.median(ours),
        "peer": "Objects API",
        "peer_seconds": statistics.median(peer),
        "figures": {
            "p99 ms": round(statistics.quantiles(ours, n=100)[98] * 1000, 1),
            "peer's p99 ms": round(statistics.quantiles(peer, n=100)[98] * 1000, 1),
        },
    }


def _measure(size: int, key: str, reader: str, about: dict[str, str]) -> None:
    chance = random.Random(size + 1)
    form = {"Content-Type": "application/x-www-form-urlencoded", "Authorization": f"Bearer {key}"}
    token = {
        "Authorization": f"Token {about['token']}",
        "Accept": "application/json",
        "Host": "localhost:8000",
    }
    write = token | {"Content-Type": "application/json", "Content-Crs": "EPSG:4326"}
    kind = f"http://localhost:8000{about['type']}"
    today = datetime.now(UTC).date().isoformat()
    with serve("--factory", "beichen.house.web:application") as us, _served_peer() as them:

        def report() -> Answer:
            longitude, latitude = _intake._place(chance)
            values = {
                "service_code": "works.road-damaged",
                "description": _intake.TEXT,
                "long": longitude,
                "lat": latitude,
            }
            return _ask(us, "POST", "/open311/v2/requests.json", urlencode(values), form)

        def obj() -> Answer:
            record = {
                "typeVersion": 1,
                "data": {"text": _intake.TEXT, "kind": "works.road-damaged"},
                "geometry": {"type": "Point", "coordinates": list(_intake._place(chance))},
                "startAt": today,
            }
            return _ask(them, "POST", "/api/v2/objects", json.dumps({"type": kind, "record": record}), write)

        def cases() -> Answer:
            return _ask(
                us,
                "GET",
                "/api/events/cases?limit=100",
                None,
                {"Authorization": f"Bearer {reader}"},
            )

        def objects() -> Answer:
            return _ask(
                them,
                "GET",
                f"/api/v2/objects?{urlencode({'type': kind, 'pageSize': 100})}",
                None,
                token | {"Accept-Crs": "EPSG:4326"},
            )

        emit(_row("a report, beside an object", size, _in_turns(report, obj, 201)))
        emit(_row("a page of 100 cases, beside 100 objects", size, _in_turns(cases, objects, 200)))


def main() -> None:
    """Both houses on one server of PostgreSQL."""
    import psycopg

    with psycopg.connect(os.environ["BEICHEN_DATABASE_URL"], autocommit=True) as admin:
        admin.execute("DROP DATABASE IF EXISTS objects")
        admin.execute("CREATE DATABASE objects TEMPLATE template1")
    _peer(str(CHECKOUT / "src" / "manage.py"), "migrate")
    django.setup()
    from django.core.management import call_command

    from beichen.hubs.events.tests import city
    from beichen.kernel.access.service import create_client
    from beichen.kernel.org.models import Body

    call_command("migrate", verbosity=0)
    city.build()
    _intake._cover_with_a_district()
    key = create_client("bench", "Bench", "public", by=city.SETUP)
    reader = create_client("desk", "Desk", "attendant", body=Body.objects.get(key="centre"), by=city.SETUP)
    for size in SIZES:
        _intake._fill(size)
        _measure(size, key, reader, json.loads(_peer("-m", "bench._objects_api", str(size))))


if __name__ == "__main__":
    main()
