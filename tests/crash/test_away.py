"""The database's server goes away and comes back: the house says so, and goes on by itself."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import httpx
import psycopg
import pytest

from beichen.kernel.bus.tests.ports import free_port
from tests.crash.place import ROOT, environment, run
from tests.crash.server import Server, programs

pytestmark = [
    pytest.mark.services,
    pytest.mark.skipif(programs() is None, reason="PostgreSQL is not installed"),
]
PATIENCE_SECONDS = 180.0
REPORT = {"service_code": "works.road-damaged", "description": "路面有一个大坑", "address_id": "990102"}


@pytest.fixture
def server() -> Iterator[Server]:
    """A server with an empty database."""
    made = Server()
    made.start()
    yield made
    made.close()


def _migrated(server: Server, folder: Path) -> dict[str, str]:
    """The settings of a house whose tables are made."""
    settings = environment(folder, server.url)
    with psycopg.connect(server.url) as session:
        session.execute("CREATE EXTENSION IF NOT EXISTS postgis")
    run(["-m", "beichen", "manage", "migrate"], settings)
    return settings


def _house(port: int, settings: dict[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "beichen.house.web", str(port)], env=settings, cwd=ROOT)


def _until(client: httpx.Client, headers: dict[str, str], status: int) -> httpx.Response:
    """Send the report until it is answered like that."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        with suppress(httpx.HTTPError):
            answer = client.post("/open311/v2/requests.json", data=REPORT, headers=headers)
            if answer.status_code == status:
                return answer
            assert answer.status_code in {201, 503}, answer.text
        assert time.monotonic() < deadline, "it did not answer so"
        time.sleep(0.2)


def test_the_intake_waits_for_its_database(server: Server, tmp_path: Path) -> None:
    """503 with a time to come back, within seconds, while the server is away; then as before, by itself."""
    settings = _migrated(server, tmp_path) | {"BEICHEN_REPORTS_A_MINUTE": "100000"}
    made = [sys.executable, "-m", "tests.crash.reports", "client"]
    done = subprocess.run(made, env=settings, cwd=ROOT, check=True, capture_output=True, text=True)
    key = done.stdout.strip()
    headers, port = {"Authorization": f"Bearer {key}"}, free_port()
    house = _house(port, settings)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=20) as client:
            before = _until(client, headers, 201).json()[0]["service_request_id"]
            server.stop()
            start = time.monotonic()
            away = _until(client, headers, 503)
            assert time.monotonic() - start < 15
            assert away.headers["Retry-After"] == "30"
            assert away.json()[0]["code"] == 503
            server.start()
            after = _until(client, headers, 201).json()[0]["service_request_id"]
            assert house.poll() is None
    finally:
        house.terminate()
        house.wait(PATIENCE_SECONDS)
    with psycopg.connect(server.url) as session:
        kept = {code for (code,) in session.execute("SELECT code FROM hubs_events_report").fetchall()}
    assert {before, after} <= kept


def test_a_server_that_was_away_between_requests_is_not_noticed(server: Server, tmp_path: Path) -> None:
    """No kept connection is sent a statement after its server ended; a server that is away is said to be."""
    settings, port = _migrated(server, tmp_path), free_port()
    house = _house(port, settings)
    short, long = "/ogc/collections/none", "/open311/v2/services.json"  # as programs go, and through all
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=20) as client:
            _until_it_answers(client)
            with ThreadPoolExecutor(8) as many:
                for turn in range(2):
                    found = [one.status_code for one in many.map(client.get, [short, long] * 20)]
                    assert found == [404, 200] * 20, turn
                    server.stop()
                    away = [client.get(short), client.get(long)]
                    assert [one.status_code for one in away] == [503, 503]
                    assert away[0].json()["code"] == "WEB-503"
                    server.start()
    finally:
        house.terminate()
        house.wait(PATIENCE_SECONDS)


def _until_it_answers(client: httpx.Client) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        with suppress(httpx.HTTPError):
            client.get("/healthz")
            return
        time.sleep(0.2)
