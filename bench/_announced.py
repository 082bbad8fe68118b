"""How soon a report is in the console's list and on the live stream: seconds from its being sent."""

from __future__ import annotations

import contextlib
import os
import random
import secrets
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from typing import Any

import httpx
import orjson

REPORTS, WARM, WAIT_SECONDS = 100, 10, 90.0
_TYPES = ("events.case.opened", "events.case.joined")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def house() -> Iterator[str]:
    """A broker, the worker that relays to it, and the live process; gives the live stream's address."""
    from beichen.kernel.bus import feed, server
    from beichen.settings import settings

    nats, live = _free_port(), _free_port()
    env = {**os.environ, "BEICHEN_NATS_URL": "embedded://", "BEICHEN_NATS_PORT": str(nats)}
    commands = [
        list(server.command(settings().data_dir / "nats", nats, 0)),
        [sys.executable, "-m", "beichen.house.worker"],
        [sys.executable, "-m", "beichen.house.live", str(live)],
    ]
    processes = [
        subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for command in commands
    ]
    try:
        _until(lambda: httpx.get(f"http://127.0.0.1:{live}/healthz").json()["status"] == "ok")
        grant = feed.Grant(_TYPES, (feed.Reach("", 2),), time.time() + 3600)
        yield f"http://127.0.0.1:{live}/events?grant={feed.sign(grant)}"
    finally:
        for process in reversed(processes):
            process.terminate()
        for process in processes:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()  # as the supervisor does with a worker in the middle of a long task


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(httpx.HTTPError, OSError):
            if condition():
                return
        time.sleep(0.1)
    raise SystemExit("the house did not come up")


class Listener(threading.Thread):
    """Notes when the event of each report came over the live stream."""

    def __init__(self, address: str) -> None:
        super().__init__(daemon=True)
        self.address = address
        self.heard: dict[str, float] = {}

    def run(self) -> None:
        """Listen until the stream ends."""
        with (
            contextlib.suppress(httpx.HTTPError),
            httpx.stream("GET", self.address, timeout=WAIT_SECONDS) as answer,
        ):
            for line in answer.iter_lines():
                if line.startswith("data: "):
                    self.heard[orjson.loads(line[6:])["data"]["report"]] = time.perf_counter()


def _is_heard(listener: Listener, code: str) -> bool:
    """Whether a report is heard within a second of being sent."""
    deadline = time.monotonic() + 1
    while time.monotonic() < deadline and code not in listener.heard:
        time.sleep(0.01)
    return code in listener.heard


def session() -> str:
    """The cookie of somebody at the centre, who takes part in every case; its pages find their assets."""
    from django.conf import settings
    from django.test import Client

    from beichen.house.steps import collect_assets
    from beichen.hubs.events.tests import city
    from beichen.kernel.access.models import Account
    from beichen.kernel.org import service as org
    from beichen.kernel.org.models import Body, Region

    collect_assets()
    person = org.register_person("bench", by=city.SETUP)
    org.appoint(
        person, "attendant", Body.objects.get(key="centre"), Region.objects.get(code=city.CITY), by=city.SETUP
    )
    account = Account.objects.create_user("bench", password=secrets.token_hex(), person=person)
    client = Client(headers={"host": "localhost"})
    client.force_login(account)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def measure(
    web: HTTPConnection,
    send: Callable[[random.Random], tuple[str, float]],
    cookie: str,
    size: int,
    vendor: str,
) -> Iterator[dict[str, Any]]:
    """The two rows. ``send`` posts a report and gives its code and how long the answer took."""
    chance, sent, answered, listed = random.Random(size + 2), {}, [], []
    with house() as address:
        listener = Listener(address)
        listener.start()
        # Until the worker has started, and is through with what waited for it: neither is what is measured.
        _until(lambda: _is_heard(listener, send(chance)[0]))
        for number in range(REPORTS + WARM):
            start = time.perf_counter()
            code, taken = send(chance)
            web.request("GET", "/console?sort=-opened", headers={"Cookie": cookie, "Host": "localhost"})
            answer = web.getresponse()
            page = answer.read()
            if answer.status != 200:
                raise SystemExit(f"{answer.status} {page[:300]!r}")
            if number >= WARM and code.encode() in page:
                listed.append(time.perf_counter() - start)
            if number >= WARM:
                sent[code] = start
                answered.append(taken)
        _until(lambda: sent.keys() <= listener.heard.keys())
    announced = [listener.heard[code] - start for code, start in sent.items()]
    if not listed:
        raise SystemExit(f"no report was in the console's list: {page[:300]!r}")
    for name, found in (("in the console's list", listed), ("on the live stream", announced)):
        yield {
            "case": f"{vendor}: a report until it is {name}",
            "size": size,
            "ours_seconds": statistics.median(found),
            "peer": "its answer",
            "peer_seconds": statistics.median(answered),
            "figures": {
                "p50 ms": round(statistics.median(found) * 1000, 1),
                "p99 ms": round(statistics.quantiles(found, n=100)[98] * 1000, 1),
                "of": len(found),
            },
        }
