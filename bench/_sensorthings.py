"""The processes of `bench/sensorthings.py`: broker, gateway, the served house, the served peer."""

from __future__ import annotations

import contextlib
import http.client
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from bench._registry import emit, serve

ROOT = Path(__file__).resolve().parents[1]
PEER = "django-ogc-sensorthings==1.2.0"
ARRAY, TIMES = 1_000, 10
PATIENCE = 120.0
Key = int | str
UNIT = {"name": "Celsius", "symbol": "Cel", "definition": "ucum:Cel"}
OM = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement"
THING = {"name": "station", "description": "x", "properties": {}}
SENSOR = {"name": "s", "description": "x", "encodingType": "text/html", "metadata": "x"}
OBSERVED = {"name": "warmth", "description": "x", "definition": "https://x.example"}
FEATURE = {
    "name": "place",
    "description": "x",
    "encodingType": "application/geo+json",
    "feature": {"type": "Point", "coordinates": [125.3, 43.9]},
}
STREAM = {
    "name": "warmth of the station",
    "description": "x",
    "observationType": OM,
    "unitOfMeasurement": UNIT,
}


class Service:
    """A SensorThings service over one kept connection."""

    def __init__(self, client: http.client.HTTPConnection, root: str, key: str = "") -> None:
        self._client, self._root = client, root
        self._headers = {"Content-Type": "application/json"}
        if key:
            self._headers["Authorization"] = f"Bearer {key}"
        self._at = datetime.now(UTC) - timedelta(days=1)
        self.feature: Key | None = None  # the peer has none of its own accord

    def begin(self) -> float:
        """The time, of a connection that is made anew: a server closes one that says nothing for a while."""
        self._client.close()
        self._client.connect()
        return time.perf_counter()

    def post(self, path: str, body: Any) -> str:
        """The address of what was made. Raises RuntimeError for a refusal."""
        self._client.request("POST", f"{self._root}{path}", orjson.dumps(body), self._headers)
        answer = self._client.getresponse()
        content = answer.read()
        if answer.status not in {201, 202}:
            raise RuntimeError(f"{path}: {answer.status} {content[:300]!r}")
        return answer.headers.get("Location", "")

    def made(self, path: str, body: Any) -> Key:
        """The id of what was made."""
        key = self.post(path, body).rpartition("(")[2].rstrip(")")
        return int(key) if key.isdigit() else key.strip("'")

    def stream(self) -> Key:
        """A new series."""
        thing = self.made("/Things", THING)
        related = {
            "Thing": {"@iot.id": thing},
            "Sensor": {"@iot.id": self.made("/Sensors", SENSOR)},
            "ObservedProperty": {"@iot.id": self.made("/ObservedProperties", OBSERVED)},
        }
        return self.made("/Datastreams", {**STREAM, **related})

    def time(self) -> str:
        """The next second."""
        self._at += timedelta(seconds=1)
        return self._at.isoformat().replace("+00:00", "Z")

    def singles(self, stream: Key, size: int) -> float:
        """Seconds for ``size`` observations, one a request."""
        started = self.begin()
        for number in range(size):
            body: dict[str, Any] = {
                "phenomenonTime": self.time(),
                "result": number / 10,
                "Datastream": {"@iot.id": stream},
            }
            if self.feature is not None:
                body["FeatureOfInterest"] = {"@iot.id": self.feature}
            self.post("/Observations", body)
        return time.perf_counter() - started

    def arrays(self, stream: Key, size: int) -> float:
        """Seconds for ``size`` observations in data arrays."""
        started = self.begin()
        for _ in range(size // ARRAY):
            more = [] if self.feature is None else [self.feature]
            body = {
                "Datastream": {"@iot.id": stream},
                "components": ["phenomenonTime", "result", *["FeatureOfInterest/id" for _ in more]],
                "dataArray": [[self.time(), number / 10, *more] for number in range(ARRAY)],
            }
            self.post("/CreateObservations", [body])
        return time.perf_counter() - started


class Own(Service):
    """The house's own HTTP, the same readings."""

    def own_singles(self, device: str, measure: str, size: int) -> float:
        """Seconds for ``size`` readings, one a request."""
        started = self.begin()
        for number in range(size):
            self.post(f"/{device}/telemetry", {"ts": self.time(), "values": {measure: number / 10}})
        return time.perf_counter() - started

    def own_batches(self, device: str, measure: str, size: int) -> float:
        """Seconds for ``size`` readings in batches."""
        started = self.begin()
        for _ in range(size // ARRAY):
            rows = [
                {"device": device, "measure": measure, "value": number / 10, "at": self.time()}
                for number in range(ARRAY)
            ]
            self.post("/readings", rows)
        return time.perf_counter() - started


def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError("too late")
        time.sleep(0.05)


def _counted() -> int:
    from beichen.platforms.warehouse import service as warehouse

    with warehouse.reader() as ask:
        return int(ask.sql("SELECT count(*) AS number FROM readings")["number"][0].as_py())


@contextlib.contextmanager
def _house(folder: Path) -> Iterator[None]:
    """Broker and gateway."""
    from beichen.kernel.bus import server
    from beichen.kernel.bus.tests.broker import wait_for_port
    from beichen.settings import settings

    chosen = settings()
    nats = subprocess.Popen(server.command(chosen.data_dir / "nats", chosen.nats_port, chosen.mqtt_port))
    wait_for_port(chosen.mqtt_port)
    log = folder / "gateway.log"
    with log.open("wb") as opened:
        command = [sys.executable, "-m", "beichen.house.gateway"]
        gateway = subprocess.Popen(command, stdout=opened, stderr=opened)
    try:
        _until(lambda: b"gateway works" in log.read_bytes())
        yield
    finally:
        for process in (gateway, nats):
            process.terminate()
            process.wait()


@contextlib.contextmanager
def _peer(folder: Path) -> Iterator[Service | None]:
    """The peer, in a Python of its own; None where it cannot be fetched."""
    uv, place = str(Path(sys.executable).with_name("uv")), folder / "peer"
    python = str(place / "bin/python")
    install = [uv, "pip", "install", "-q", "--python", python, PEER, "granian"]
    for command in ([uv, "venv", "-q", "--python", sys.executable, str(place)], install):
        if subprocess.run(command, check=False, stdout=sys.stderr).returncode:
            yield None
            return
    shutil.copy(ROOT / "bench/_sensorthings_peer.py", place / "peer.py")
    env = {"PATH": os.environ["PATH"], "PEER_DATABASE": str(place / "peer.db"), "PYTHONPATH": str(place)}
    subprocess.run([python, "peer.py"], cwd=place, env=env, check=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        str(place / "bin/granian"), "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
        "--workers", "1", "--no-ws", "--log-level", "error", "peer:application",
    ]  # fmt: skip
    process = subprocess.Popen(command, cwd=place, env=env)
    try:
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        for _ in range(300):
            with contextlib.suppress(OSError):
                client.connect()
                break
            time.sleep(0.1)
        yield Service(client, "/sta/v1.1")
        client.close()
    finally:
        process.terminate()
        process.wait(20)


def _tell(case: str, size: int, ours: float, peers: dict[str, float], **figures: float) -> None:
    """A row for each peer."""
    for name, seconds in peers.items():
        shown = {"per_s": round(size / ours), "peer_per_s": round(size / seconds), **figures}
        emit(
            {
                "case": case,
                "size": size,
                "ours_seconds": ours,
                "peer": name,
                "peer_seconds": seconds,
                "figures": shown,
            }
        )


def measure(sizes: list[int], folder: Path) -> None:
    """Each size, ours and the peers' in turns."""
    from django.core.management import call_command

    from beichen.kernel.access.service import create_client, load_roles
    from beichen.kernel.actor import system
    from beichen.platforms.iot.sensorthings.models import Datastream

    by = system("bench")
    call_command("migrate", verbosity=0, interactive=False)
    load_roles(by=by)
    key = create_client("bench", "Bench", "sensor-service", by=by)
    serving = serve("--factory", "beichen.house.web:application")
    with _house(folder), serving as client, _peer(folder) as peer:
        ours, own = Service(client, "/sta/v1.1", key), Own(client, "/api/devices", key)
        stream = ours.stream()
        row = Datastream.objects.select_related("device").get(pk=stream)
        device, name = row.device.code if row.device else "", row.entry
        theirs: Key = peer.stream() if peer else 0
        ours.singles(stream, 20)
        own.own_singles(device, name, 20)
        if peer:
            peer.feature = peer.made("/FeaturesOfInterest", FEATURE)
            peer.singles(theirs, 20)
        for size in sizes:
            before = _counted()
            started = time.perf_counter()
            taken = ours.singles(stream, size)
            _until(lambda wanted=before + size: _counted() >= wanted)  # type: ignore[misc]
            found = round(time.perf_counter() - started, 2)
            peers = {"own HTTP": own.own_singles(device, name, size)}
            if peer:
                peers["HydroServer's SensorThings"] = peer.singles(theirs, size)
            _tell("an observation a POST", size, taken, peers, found_s=found)
            many = size * TIMES
            taken = ours.arrays(stream, many)
            peers = {"own HTTP": own.own_batches(device, name, many)}
            if peer:
                peers["HydroServer's SensorThings"] = peer.arrays(theirs, many)
            _tell("data arrays of a thousand", many // ARRAY * ARRAY, taken, peers)


def main() -> None:
    """Do what the arguments say."""
    from beichen.kernel.bus.tests.ports import free_port

    os.environ["BEICHEN_NATS_PORT"], os.environ["BEICHEN_MQTT_PORT"] = str(free_port()), str(free_port())
    import django

    django.setup()
    measure([int(size) for size in sys.argv[1:]], Path(os.environ["BEICHEN_DATA_DIR"]))


if __name__ == "__main__":
    main()
