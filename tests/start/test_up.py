"""One group for the whole page: first start, events through every process, deaths, and the end."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import orjson
import psutil
import pytest

from tests.start.group import Group, beichen, until

MEGABYTE = 1024 * 1024
pytestmark = pytest.mark.xdist_group("start")  # one worker, so one house


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Group]:
    house = Group(tmp_path_factory.mktemp("up") / "data")
    yield house
    if house.is_running():
        house.end(signal.SIGKILL)


@pytest.fixture
def group(house: Group) -> Group:
    """Started once, and again after a test that ended it: tests run in any order."""
    if not house.is_running():
        house.start()
    return house


def test_an_event_goes_in_over_http_and_comes_out_live(group: Group) -> None:
    made = beichen("client", "new", "gateway", "--role", "administrator", "--json", data=group.data)
    key = orjson.loads(made.stdout)["key"]
    event = {
        "specversion": "1.0",
        "id": "1",
        "source": "urn:test",
        "type": "test.water.rose",
        "subject": "R-1",
    }
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/cloudevents+json"}
    listening = {"Accept": "text/event-stream", "Origin": group.web}
    address = f"{group.web}/events?type=test.water.*"
    with httpx.Client(follow_redirects=True, timeout=30) as browser:
        with browser.stream("GET", address, headers=listening) as stream:
            assert stream.headers["access-control-allow-origin"] == group.web
            lines = stream.iter_lines()
            assert next(lines) == "retry: 2000"
            sent = [httpx.post(f"{group.web}/events", json=event, headers=headers).json() for _ in range(2)]
            assert sent == [{"accepted": 1, "known": 0}, {"accepted": 0, "known": 1}]
            place = next(line for line in lines if line.startswith("id: ")).removeprefix("id: ")
            data = next(line for line in lines if line.startswith("data: ")).removeprefix("data: ")
        seen = orjson.loads(data)
        assert (seen["type"], seen["subject"]) == ("test.water.rose", "R-1")
        assert "actor" not in seen, "the public does not see who caused it"
        before = {**listening, "Last-Event-ID": str(int(place) - 1)}
        with browser.stream("GET", address, headers=before) as again:
            assert f"id: {place}" in (line for line in again.iter_lines()), "what was missed comes again"


def test_live_refuses_whoever_has_no_grant(group: Group) -> None:
    answer = httpx.get(f"{group.live}/events?grant=forged")
    assert (answer.status_code, answer.json()["code"]) == (401, "BUS-108")


def test_status_and_doctor_speak_of_a_running_house(group: Group) -> None:
    def is_carried() -> bool:
        status = orjson.loads(beichen("bus", "status", "--json", data=group.data).stdout)
        return bool(status["outbox"]["waiting"] == 0)

    until(is_carried)  # what the first start published is on its way for a while
    found = beichen("doctor", "--json", data=group.data)
    assert orjson.loads(found.stdout)["database"] == []


def test_a_second_start_on_the_same_data_is_refused(group: Group) -> None:
    refused = beichen("up", "--data", str(group.data), "--port", str(group.port))
    assert refused.returncode == 1
    assert "UPP-103 web already runs here" in refused.stderr


@pytest.mark.parametrize("word", ["house.worker", "house.live", "nats-server"])
def test_a_process_that_dies_is_started_again(group: Group, word: str) -> None:
    (first,) = group.pids(word)
    os.kill(first, signal.SIGKILL)
    until(lambda: group.pids(word) not in ([], [first]))
    until(group.is_up)


def test_memory_of_all_processes_is_bounded(group: Group) -> None:
    until(group.is_up)
    together = 0
    for process in group.family():
        with suppress(psutil.NoSuchProcess):  # what was done aside is done
            together += process.memory_full_info().pss  # what processes share counts once
    assert 300 * MEGABYTE < together < 900 * MEGABYTE  # 660 to 830 in the first two minutes


def test_ctrl_c_ends_all(group: Group) -> None:
    assert group.end(signal.SIGINT) == 0


def test_a_supervisor_that_is_killed_leaves_nothing(group: Group) -> None:
    assert group.end(signal.SIGKILL) == -signal.SIGKILL


def test_a_taken_port_is_said_before_anything_starts(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = beichen("up", "--data", str(tmp_path), "--port", str(port))
    assert refused.returncode == 1
    assert f"UPP-101 port {port}, which web needs, is taken (choose another with --port N)" in refused.stderr


def test_a_folder_that_cannot_be_written_and_a_part_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    refused = beichen("up", "--data", str(tmp_path / "file" / "data"))
    assert "UPP-102 no file can be written there" in refused.stderr
    refused = beichen("up", "--data", str(tmp_path), "--only", "wep")
    assert "UPP-105 no process is called 'wep' (did you mean 'web'?)" in refused.stderr
