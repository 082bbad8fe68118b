"""The process in which notifications are measured: its own database, and an endpoint beside it.

`python -m bench._notifications WRITES SIZE…` prints one JSON document; `… serve` is the endpoint, which
answers and counts. The database is that of BEICHEN_DATABASE_URL, or a file of its own.
"""

from __future__ import annotations

import http.client
import http.server
import json
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

MATCHING = 10  # subscriptions that every write concerns, as far as there are so many
EACH = 50  # objects in a write
EVENTS = 100  # in a transaction of the matching, as the bus hands them on


class Endpoint(http.server.BaseHTTPRequestHandler):
    """Takes what comes."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Read and answer."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_arguments: Any) -> None:
        """Nothing."""


def serve() -> None:
    """Print the port, and answer for ever."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
    server.daemon_threads = True
    print(server.server_address[1], flush=True)
    server.serve_forever()


def _prepare(folder: Path) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beichen.house.django")
    os.environ["BEICHEN_DATA_DIR"] = str(folder)
    os.environ["BEICHEN_NOTIFICATION_HOSTS"] = "127.0.0.1"
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def _subscribe(count: int, uri: str, by: Any) -> None:
    """Some that match every write, the others for the same type and other ids or fields."""
    from django.db import transaction

    from beichen.registry import service
    from beichen.registry.document.context import CORE_ONLY

    with transaction.atomic():
        for number in range(count):
            payload: dict[str, Any] = {
                "type": "Subscription",
                "entities": [{"type": "Sensor"}],
                "notification": {"endpoint": {"uri": uri}},
            }
            if number >= MATCHING and number % 2:
                payload["entities"] = [{"type": "Sensor", "id": f"urn:ngsi-ld:Sensor:other{number}"}]
            elif number >= MATCHING:
                payload["watchedAttributes"] = [f"field{number}"]
            service.subscribe(payload, CORE_ONLY, by=by)


def _write(count: int, by: Any) -> None:
    from beichen.registry import service

    for start in range(0, count, EACH):
        drafts = [
            service.Draft(
                service.Entity(
                    f"urn:ngsi-ld:Sensor:{number}",
                    ["Sensor"],
                    None,
                    {"level": {"type": "Property", "value": number}},
                )
            )
            for number in range(start, min(start + EACH, count))
        ]
        service.write_objects(drafts, by=by)


def _match() -> None:
    from django.db import transaction
    from django.utils import timezone

    from beichen.kernel.bus.event import decode
    from beichen.kernel.bus.models import OutboxEvent
    from beichen.registry.subscriptions.matching import note

    rows = list(
        OutboxEvent.objects.filter(relayed_at=None, type__startswith="registry.object").order_by("id")
    )
    for start in range(0, len(rows), EVENTS):
        with transaction.atomic():
            for row in rows[start : start + EVENTS]:
                note(decode(row.payload))
    OutboxEvent.objects.filter(relayed_at=None).update(relayed_at=timezone.now())


def _bare(uri: str, bodies: int, size: int) -> float:
    """Seconds for as many POSTs of as many bytes, from as many senders, with nothing else."""
    from beichen.registry.subscriptions.courier import SENDERS

    parts = urlsplit(uri)
    body = b"x" * size

    def send(count: int) -> None:
        link = http.client.HTTPConnection(parts.hostname or "", parts.port or 80)
        for _ in range(count):
            link.request("POST", "/", body)
            link.getresponse().read()

    started = time.perf_counter()
    with ThreadPoolExecutor(SENDERS) as executor:
        list(executor.map(send, [bodies // SENDERS + 1] * SENDERS))
    return time.perf_counter() - started


def measure(writes: int, size: int, uri: str) -> dict[str, Any]:
    """One size in the present database."""
    from beichen.kernel.access import service as access
    from beichen.kernel.actor import system
    from beichen.kernel.audit.models import AuditRecord
    from beichen.registry.models import Notification, Object, Subscription
    from beichen.registry.subscriptions.courier import Courier

    access.load_roles(by=system("bench"))
    access.create_client("bench", "Bench", "steward", by=system("bench"))
    by = access.actor_again("client:bench")
    Subscription.objects.all().delete()
    known = Object.objects.count()
    _subscribe(size, uri, by)
    _match()
    started = time.perf_counter()
    _write(writes, by)
    written = time.perf_counter()
    _match()
    matched = time.perf_counter()
    queued = Notification.objects.count()
    with ThreadPoolExecutor(8) as executor:
        letters = Courier(executor).drain()
    done = time.perf_counter()
    assert queued == writes * min(size, MATCHING), (queued, known, AuditRecord.objects.count())
    assert not Notification.objects.exists()
    return {
        "size": size,
        "notified": queued,
        "letters": letters,
        "write": written - started,
        "match": matched - written,
        "send": done - matched,
        "bare": _bare(uri, letters, 100 * 120),
    }


def main() -> None:
    """Serve, or measure."""
    if sys.argv[1:] == ["serve"]:
        serve()
        return
    writes, *sizes = map(int, sys.argv[1:])
    with tempfile.TemporaryDirectory(prefix="beichen-bench-") as folder:
        _prepare(Path(folder))
        command = [sys.executable, "-m", "bench._notifications", "serve"]
        endpoint = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            port = (endpoint.stdout.readline() if endpoint.stdout else "").strip()
            uri = f"http://127.0.0.1:{port}/notify"
            print(json.dumps([measure(writes, size, uri) for size in sizes]))
        finally:
            endpoint.kill()


if __name__ == "__main__":
    main()
