"""`beichen up` refuses before it starts anything, and says why."""

from __future__ import annotations

import fcntl
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from beichen.house import steps
from beichen.house.cli import main
from beichen.house.up import PARTS, _wanted
from beichen.kernel.access.models import Client
from beichen.kernel.access.request import fingerprint
from beichen.kernel.actor import system
from beichen.kernel.bus.lock import Lock
from beichen.kernel.org.models import Region
from beichen.platforms.iot.simulation.population import KEY_FILE
from beichen.problem import ProblemError
from beichen.registry import service as registry
from beichen.registry.document.context import CORE_ONLY
from beichen.registry.document.expansion import Expander
from beichen.registry.models import Object
from beichen.settings import settings


class Command:
    """`beichen up` on a data folder, in the environment of one test."""

    def __init__(self, folder: Path, output: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._output = output

    def refuses(self, *arguments: str) -> str:
        """What it says on stderr when it ends with status 1."""
        settings.cache_clear()
        with pytest.raises(SystemExit) as ended:
            main(["up", "--data", str(self.folder), *arguments])
        assert ended.value.code == 1
        return self._output.readouterr().err


@pytest.fixture
def up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Command:
    """The command; what it writes into the environment is taken back."""
    for name in ("BEICHEN_DATA_DIR", "BEICHEN_PORT"):
        monkeypatch.setenv(name, "1")
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    return Command(tmp_path / "data", capfd)


@pytest.fixture(autouse=True)
def _fresh_settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    yield
    monkeypatch.undo()
    settings.cache_clear()


def test_a_port_that_is_taken_is_named(up: Command) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        said = up.refuses("--only", "web", "--port", str(port))
    assert f"UPP-101 port {port}, which web needs, is taken (choose another with --port N)" in said


def test_a_folder_that_cannot_be_written_is_named(up: Command) -> None:
    up.folder.write_text("a file, where a folder should be")
    said = up.refuses("--only", "worker")
    assert f"{up.folder}: error: UPP-102 no file can be written there" in said
    assert "choose another with --data DIR" in said


def test_a_process_runs_once_on_a_folder(up: Command) -> None:
    up.folder.mkdir()
    with (up.folder / "worker.lock").open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        said = up.refuses("--only", "web,worker")
    assert f"{up.folder}: error: UPP-103 worker already runs here" in said
    assert "web already" not in said


def test_a_process_that_is_unknown_is_named_with_the_nearest(up: Command) -> None:
    said = up.refuses("--only", "worker,wep,disco")
    assert "UPP-105 no process is called 'wep' (did you mean 'web'?)" in said
    assert "UPP-105 no process is called 'disco' (one of: feed, gateway, live, nats, web, worker)" in said
    assert not up.folder.exists()


def test_nothing_starts_when_the_preparation_fails(up: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BEICHEN_DATABASE_URL", f"sqlite:///{up.folder}/nowhere/beichen.db")
    said = up.refuses("--only", "worker")
    assert "DBS-101" in said, "the step's own reason stands before it"
    assert "UPP-106 a step before the start failed; see above" in said
    assert not (up.folder / "started.stamp").exists()


@pytest.mark.django_db
def test_one_start_at_a_time_changes_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "WAIT_SECONDS", -1.0)
    other = Lock("start")
    assert other.take()
    try:
        with pytest.raises(ProblemError, match="UPP-104 another start holds the database") as caught:
            steps.migrate()
    finally:
        other.release()
    assert caught.value.problems[0].hint == "wait for the other start, or end it"
    assert steps.migrate() == ""


@pytest.mark.parametrize(
    ("demo", "mqtt_port", "nats_url", "left_out"),
    [
        (True, 1883, "embedded://", set()),
        (False, 1883, "embedded://", {"feed"}),
        (True, 0, "embedded://", {"feed"}),
        (True, 1883, "nats://elsewhere", {"nats"}),
    ],
)
def test_the_feed_runs_in_a_demonstration_alone(
    demo: bool, mqtt_port: int, nats_url: str, left_out: set[str]
) -> None:
    chosen = replace(settings(), demo=demo, mqtt_port=mqtt_port, nats_url=nats_url)
    assert set(PARTS) - set(_wanted(PARTS, chosen)) == left_out


@pytest.mark.django_db
def test_a_simulators_key_is_made_once_for_its_owner_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BEICHEN_DATA_DIR", str(tmp_path))
    settings.cache_clear()
    for _each in range(2):
        steps.simulator_key()
        made = (tmp_path / KEY_FILE).read_text()
        assert Client.objects.get(key="simulator").fingerprint == fingerprint(made)
    assert (tmp_path / KEY_FILE).stat().st_mode & 0o077 == 0
    Client.objects.all().delete()  # as after a restored database
    steps.simulator_key()
    assert (tmp_path / KEY_FILE).read_text() != made


@pytest.mark.django_db
def test_what_the_demo_invents_lies_in_the_region_that_the_map_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not what a city registered itself, nor what has no place; once, and not again."""
    region = Region.objects.create(code="990102", name="甲区", level="county", path="/990102/")
    facts = registry.TypeFacts(key="well", name="井", geometry="point")
    registry.declare_types([facts], scene="x", by=system("test"))
    place = {"type": "Point", "coordinates": [125.3, 43.9]}
    for code, located in (("DEMO-1", True), ("DEMO-2", False), ("REAL-1", True)):
        document: dict[str, Any] = {"id": f"urn:ngsi-ld:well:{code}", "type": "well"}
        if located:
            document["location"] = {"type": "GeoProperty", "value": place}
        registry.write_object(
            registry.Draft(Expander(CORE_ONLY).entity(document), code=code), by=system("test")
        )
    monkeypatch.setattr("beichen.platforms.geo.service.region_at", lambda *_at: "990102")
    monkeypatch.setattr(steps, "settings", lambda: replace(settings(), demo=True))
    assert steps.place_demo() == "1 placed"
    assert list(Object.objects.filter(region=region).values_list("code", flat=True)) == ["DEMO-1"]
    assert steps.place_demo() == ""
