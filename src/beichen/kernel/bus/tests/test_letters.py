"""Dead letters: seen, replayed and discarded by right, from the service and the command line."""

from __future__ import annotations

from datetime import datetime, timedelta

import orjson
import pytest
from click.testing import CliRunner
from django.db import transaction
from django.utils import timezone

from beichen.kernel.access.service import load_roles
from beichen.kernel.actor import PUBLIC, system
from beichen.kernel.audit.models import AuditRecord
from beichen.kernel.bus import inbox, parking, server, service
from beichen.kernel.bus.commands import bus
from beichen.kernel.bus.models import InboxEntry, OutboxEvent, ParkedEvent, State, Subscription
from beichen.kernel.bus.retry import Retry
from beichen.kernel.bus.subscribers import Subscriber
from beichen.problem import ProblemError

BY = system("test")
pytestmark = pytest.mark.django_db


def letter(number: int, *, readable: bool = True, state: State = State.DEAD) -> ParkedEvent:
    with transaction.atomic():
        event = service.publish("test.thing.happened", "S", number, by=BY)
    Subscription.objects.get_or_create(name="test.letters")
    now = timezone.now()
    return ParkedEvent.objects.create(
        subscriber="test.letters",
        key=event.key,
        type=event.type,
        subject="S",
        position=number,
        payload=event.encode().decode(),
        is_readable=readable,
        state=state,
        error="LookupError: gone",
        parked_at=now,
        settled_at=now,
    )


def test_replay_tries_again_and_leaves_a_record() -> None:
    row = letter(1)
    assert service.replay([row.id], by=BY) == 1
    seen: list[object] = []
    to = Subscriber("test.letters", ("test.>",), lambda event: seen.append(event.data))
    ((name, due),) = parking.due(["test.letters"], timezone.now())
    assert name == "test.letters"
    assert parking.try_again(to, due, now=timezone.now(), retry=Retry())
    assert seen == [1]
    assert not parking.try_again(to, due, now=timezone.now(), retry=Retry()), "it is gone"
    assert AuditRecord.objects.filter(action="bus.deadletter.replay").count() == 1


def test_all_that_are_events_are_replayed() -> None:
    letter(1)
    letter(2)
    unreadable = letter(3, readable=False)
    assert service.replay(None, by=BY) == 2
    with pytest.raises(ProblemError, match=f"BUS-110 dead letter {unreadable.id} is no event"):
        service.replay([unreadable.id], by=BY)


def test_says_each_number_that_is_no_letter() -> None:
    row = letter(1)
    with pytest.raises(ProblemError) as caught:
        service.replay([row.id, 98, 99], by=BY)
    assert [problem.code for problem in caught.value.problems] == ["BUS-109", "BUS-109"]
    with pytest.raises(ProblemError, match="BUS-109"):
        service.discard([99], "nobody needs it", by=BY)
    with pytest.raises(ProblemError, match="BUS-109"):
        service.find_letter(99, by=BY)


def test_only_by_right() -> None:
    load_roles(by=BY)
    row = letter(1)
    with pytest.raises(ProblemError, match="ACC-403"):
        service.replay([row.id], by=PUBLIC)
    with pytest.raises(ProblemError, match="ACC-403"):
        service.dead_letters(by=PUBLIC)


def test_a_discarded_letter_keeps_its_reason() -> None:
    row = letter(1)
    assert service.discard([row.id], "sent by mistake", by=BY) == 1
    assert AuditRecord.objects.get(action="bus.deadletter.discard").reason == "sent by mistake"
    row.refresh_from_db()
    assert row.state == State.DISCARDED


def test_the_command_shows_and_replays() -> None:
    row = letter(1)
    shown = CliRunner().invoke(bus, ["dead"])
    assert "LookupError: gone" in shown.output
    one = orjson.loads(CliRunner().invoke(bus, ["show", str(row.id), "--json"]).output)
    assert orjson.loads(one["payload"])["data"] == 1
    status = orjson.loads(CliRunner().invoke(bus, ["status", "--json"]).output)
    assert (status["outbox"]["waiting"], status["subscribers"][0]["dead"]) == (1, 1)
    assert CliRunner().invoke(bus, ["replay", "--all"]).output == "1 to be tried again\n"
    assert CliRunner().invoke(bus, ["replay"]).exit_code == 2
    assert CliRunner().invoke(bus, ["dead"]).output == "no dead letters\n"


def test_an_event_is_claimed_once() -> None:
    assert inbox.claim("test.one", ["a", "b"]) == {"a", "b"}
    assert inbox.claim("test.one", ["b", "c"]) == {"c"}
    assert inbox.claim("test.other", ["b"]) == {"b"}


def test_pruning_keeps_what_is_not_done() -> None:
    dead, discarded = letter(1), letter(2, state=State.DISCARDED)
    OutboxEvent.objects.filter(key=discarded.key).update(relayed_at=timezone.now())
    inbox.claim("test.one", ["a"])
    later = timezone.now() + timedelta(days=200)
    assert service.prune(timezone.now()) == {"outbox": 0, "inbox": 0, "discarded": 0}
    assert service.prune(later) == {"outbox": 1, "inbox": 1, "discarded": 1}
    assert OutboxEvent.objects.get().key == dead.key, "it has not left yet"
    assert ParkedEvent.objects.get() == dead
    assert not InboxEntry.objects.exists()


def test_delays_grow_up_to_a_limit_and_are_spread() -> None:
    now = datetime(2026, 1, 1, tzinfo=timezone.get_default_timezone())
    middle = Retry(fraction=lambda: 0.5)
    delays = [due - now for failed in range(1, 8) if (due := middle.due(failed, now))]
    assert [delay.total_seconds() for delay in delays] == [1, 4, 16, 64, 256, 1024, 3600]
    assert middle.due(8, now) is None
    early, late = Retry(fraction=lambda: 0.0).due(1, now), Retry(fraction=lambda: 0.999).due(1, now)
    assert early is not None
    assert late is not None
    assert early < now + timedelta(seconds=1) < late


def test_says_where_the_broker_should_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sysconfig.get_path", lambda _name: "/nowhere")
    monkeypatch.setattr("shutil.which", lambda _name: None)
    with pytest.raises(ProblemError, match="BUS-107"):
        server.program()
