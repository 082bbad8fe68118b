"""Commands to devices (命令下发): ordered, sent until they are acknowledged, or out of time.

A command goes out as ``{"id", "name", "parameters"}`` on ``v1/{device}/commands`` when it is ordered, when
its device comes in, and every few seconds as long as it may be answered: at least once, under one id. The
device answers on ``v1/{device}/commands/{id}/ack``: ``{"status": "done"}`` or ``{"status": "failed",
"reason": …}``; while it works, ``{"status": "running", "progress": 40}``, as often as it likes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from beichen.kernel.access.service import visible
from beichen.kernel.actor import Actor, system
from beichen.kernel.audit import service as audit
from beichen.kernel.bus import service as bus
from beichen.kernel.scene.durations import duration
from beichen.platforms.iot import codes
from beichen.platforms.iot.decoding import kept
from beichen.platforms.iot.finding import writable
from beichen.platforms.iot.models import Command, Device, Update
from beichen.platforms.iot.models.commands import OPEN
from beichen.platforms.iot.registering import device_event
from beichen.platforms.iot.rights import COMMAND, READ
from beichen.platforms.iot.topics import commands as commands_subject
from beichen.platforms.iot.words import SPEAKING, CommandState
from beichen.problem import Problem, ProblemError, Where, nearest, said, shorten
from beichen.registry.service import value_faults

TIME_OUT = timedelta(minutes=1)
AGAIN_SECONDS = 5.0
LOOK_SECONDS = 0.5
MOST_SENT = 1_000
RUNNING = "running"
InDatabase = Callable[..., Awaitable[Any]]
Say = Callable[[str, bytes], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a device said of a command of its own."""

    code: str
    device: str
    content: Mapping[str, Any]
    at: datetime


@transaction.atomic
def send_command(
    device: str,
    name: str,
    parameters: Mapping[str, Any],
    *,
    by: Actor,
    now: datetime | None = None,
    wait: timedelta | None = None,
    update: Update | None = None,
) -> Command:
    """Order a command that the type of the device's thing declares; ``wait`` is how long the device may
    take, where that is not what the type says.

    Raises ProblemError ACC-403, IOT-101, IOT-112 for a command or parameters that are not declared, IOT-113.
    """
    row = writable(device, by=by, action=COMMAND)
    declared = row.thing.type.commands if row.thing else {}
    if name not in declared:
        message = shorten(said("the device has no command {name!r}", name=name))
        raise ProblemError(Problem(codes.NO_COMMAND, message, Where(field="name"), nearest(name, declared)))
    if row.state not in SPEAKING:
        raise ProblemError(Problem(codes.BAD_STATE, said("the device is out of use")))
    faults = value_faults(declared[name].get("parameters", {}), parameters)
    if faults:
        raise ProblemError(
            *(
                Problem(codes.NO_COMMAND, shorten(message), Where(field=f"parameters.{place}".rstrip(".")))
                for place, message in faults
            )
        )
    at = now or timezone.now()
    limit = duration(declared[name]["timeout"]) if "timeout" in declared[name] else TIME_OUT
    command = Command.objects.create(
        device=row,
        name=name,
        parameters=dict(parameters),
        sender=by.key,
        created_at=at,
        due_at=at + (wait or limit),
        update=update,
    )
    detail = {"command": name, "number": command.code, "parameters": dict(parameters)}
    audit.record(by, "iot.command.send", f"platforms_iot.device:{row.code}", detail=detail)
    bus.publish_many([device_event("iot.command.sent", row, detail)], by=by)
    return command


def commands_of(device: Device, *, by: Actor) -> QuerySet[Command]:
    """The commands of a device that ``by`` may see, the newest first."""
    seen = visible(by, READ, Device.objects.filter(pk=device.pk))
    return Command.objects.filter(device__in=seen)


@transaction.atomic
def settle(answers: Sequence[Answer], *, by: Actor) -> None:
    """Take answers: the first last word of a device about an open command of its own counts, and until then
    its newest word on how far it is."""
    told: list[tuple[Command, CommandState]] = []
    under_way: dict[int, Command] = {}
    rows = Command.objects.select_for_update(of=("self",)).filter(
        code__in=[answer.code[:16] for answer in answers], state__in=OPEN
    )
    known = {row.code: row for row in rows.select_related("device__thing", "device__region")}
    for answer in answers:
        row = known.get(answer.code)
        if row is None or row.device.code != answer.device or row.state not in OPEN:
            continue
        if answer.content.get("status") == RUNNING:
            row.state, row.answer, under_way[row.pk] = CommandState.SENT, kept(answer.content), row
            continue
        under_way.pop(row.pk, None)
        is_done = answer.content.get("status", "done") in ("done", "ok", True)
        row.state = CommandState.DONE if is_done else CommandState.FAILED
        row.answer, row.settled_at = kept(answer.content), answer.at
        told.append((row, row.state))
    Command.objects.bulk_update(under_way.values(), ["state", "answer"], batch_size=500)
    _settled(told, by)


def _settled(told: Sequence[tuple[Command, CommandState]], by: Actor) -> None:
    if not told:
        return
    rows = [row for row, _state in told]
    Command.objects.bulk_update(rows, ["state", "answer", "settled_at"], batch_size=500)
    audit.record(by, "iot.command.settle", "platforms_iot.command", detail={"count": len(rows)})
    bus.publish_many(
        [
            device_event("iot.command.settled", row.device, {"number": row.code, "state": str(state)})
            for row, state in told
        ],
        by=by,
    )


@transaction.atomic
def time_out(now: datetime, *, by: Actor) -> int:
    """Give up the commands that nobody answered in time; returns how many."""
    rows = Command.objects.select_for_update(of=("self",)).filter(state__in=OPEN, due_at__lt=now)
    told = []
    for row in rows.select_related("device__thing", "device__region")[:MOST_SENT]:
        row.state, row.settled_at = CommandState.TIMED_OUT, now
        told.append((row, CommandState.TIMED_OUT))
    _settled(told, by)
    return len(told)


def outgoing(now: datetime, again: timedelta, at_once: Iterable[str]) -> list[tuple[str, bytes]]:
    """What is to be said now: new commands, those that were said a while ago, those of devices that came in.

    Returns the subject and content of each; they count as sent.
    """
    came = set(at_once)
    rows = Command.objects.filter(state__in=OPEN, due_at__gte=now).select_related("device").order_by("due_at")
    due = [
        row
        for row in rows[:MOST_SENT]
        if row.sent_at is None
        or row.device.code in came
        or (row.sent_at <= now - again and row.answer is None)  # who answered that it works has heard it
    ]
    Command.objects.filter(pk__in=[row.pk for row in due], state__in=OPEN).update(
        state=CommandState.SENT, sent_at=now
    )
    return [
        (
            commands_subject(row.device.code),
            orjson.dumps({"id": row.code, "name": row.name, "parameters": row.parameters}),
        )
        for row in due
    ]


class Sender:
    """Says open commands to devices until they answer or are out of time."""

    def __init__(self, say: Say, in_database: InDatabase, clock: Callable[[], datetime]) -> None:
        self._say = say
        self._in_database = in_database
        self._clock = clock
        self._came: set[str] = set()

    def came_in(self, device: str) -> None:
        """A device was let in: it will want to hear what waits for it."""
        self._came.add(device)

    async def run(self) -> None:
        """Look for ever."""
        again = timedelta(seconds=AGAIN_SECONDS)
        while True:
            came, self._came = self._came, set()
            for subject, content in await self._in_database(outgoing, self._clock(), again, came):
                await self._say(subject, content)
            await self._in_database(_time_out, self._clock())
            await asyncio.sleep(LOOK_SECONDS)


def _time_out(now: datetime) -> int:
    return time_out(now, by=system("iot"))
