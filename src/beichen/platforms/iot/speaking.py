"""What devices said in a batch: readings, attributes of their own, answers to commands; kept together."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import DatabaseError, transaction

from beichen.platforms.iot import keeping
from beichen.platforms.iot.arrivals import Arrived, Came
from beichen.platforms.iot.collecting import Collected, Taken
from beichen.platforms.iot.columns import unpacked
from beichen.platforms.iot.commanding import Answer, settle
from beichen.platforms.iot.decoding import MOST_MEMBERS, kept, parse
from beichen.platforms.iot.fleet import Devices
from beichen.platforms.iot.models import Batch, Device
from beichen.platforms.iot.moments import moment
from beichen.platforms.iot.rules.watching import Watch
from beichen.platforms.iot.topics import BATCH, TELEMETRY, Topic
from beichen.platforms.iot.treatment import Outcome, Refusal, Treater, shown
from beichen.platforms.iot.words import Treatment
from beichen.problem import ProblemError

FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0
MOST_WORD = 100
OWN = {"firmware": "firmware", "config_version": "config_version"}
logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Heard:
    """How far the stream is in the tables, and which kin of things (see ``Target``) have newer values."""

    position: int
    kin: set[tuple[str, str, int]] = field(default_factory=set)


class GivenUpError(OSError):
    """The gateway ends while the tables are away; the batch is planned and will be done again."""


def hear(
    stream: str,
    collected: Collected,
    batch: Batch | None,
    treater: Treater,
    is_stopping: Callable[[], bool],
    watch: Watch | None = None,
) -> Heard:
    """Treat a batch, keep it, and let rules look at it. Tables that are away are waited for.

    Raises GivenUpError when ``is_stopping`` says so first, and what a database raises that is away.
    """
    messages = collected.messages
    planned = batch or keeping.plan(stream, messages[0].place, messages[-1].place)
    arrived, others = _arrived(messages, treater.topics.of)
    codes = {one.device for one in arrived if isinstance(one, Arrived)}
    codes.update(*(one.columns.devices for one in arrived if isinstance(one, Came)))
    treater.devices.learn(codes | {topic.device for _message, topic in others})
    outcome = treater.treat(arrived, keeping.known)
    answers, said = _others(others, treater.devices, outcome)
    _write(stream, planned, outcome, is_stopping)
    if watch is not None:
        watch.prepare(messages[-1].at)
    speakers = [one for code in outcome.seen if (one := treater.devices.speaker(code)) is not None]
    try:
        with transaction.atomic():
            settle(answers, by=keeping.BY)
            _keep_attributes(said)
            if watch is not None:
                watch.take(outcome.readings, outcome.blocks)
            keeping.finish(planned, outcome, speakers, heard_at=messages[-1].at)
    except BaseException:
        if watch is not None:
            watch.forget()
        raise
    return Heard(planned.last, _kin(outcome))


def _kin(outcome: Outcome) -> set[tuple[str, str, int]]:
    found = {row.target.kin for row in outcome.readings}
    for block in outcome.blocks:
        found.update(target.kin for target in block.targets if target)
    return found


def _arrived(
    messages: Iterable[Taken], topic_of: Callable[[bytes], Topic | None]
) -> tuple[list[Arrived | Came], list[tuple[Taken, Topic]]]:
    """The messages that hold readings, and the others that devices send, in their order."""
    found: list[Arrived | Came] = []
    others: list[tuple[Taken, Topic]] = []
    for message in messages:
        _place, at, subject, payload = message
        topic = topic_of(subject)
        if topic is None:
            continue
        if topic.kind == TELEMETRY:
            found.append(Arrived(topic.device, payload, at))
        elif topic.kind == BATCH:
            try:
                found.append(Came(unpacked(payload), at))
            except ValueError:  # of a stranger with the house's own rights; the device "" is nobody
                found.append(Arrived("", payload, at))
        else:
            others.append((message, topic))
    return found, others


def _write(stream: str, batch: Batch, outcome: Outcome, is_stopping: Callable[[], bool]) -> None:
    pause = FIRST_PAUSE
    while True:
        try:
            keeping.write(batch, outcome)
        except (ProblemError, OSError) as error:
            logger.warning("readings wait %.1f s for their tables: %s", pause, error)
            try:
                keeping.say_trouble(stream, str(error))
            except DatabaseError as also:
                logger.warning("nor can it be written down: %s", also)
        else:
            return
        if is_stopping():
            raise GivenUpError("the tables are away")
        time.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)


def _others(
    messages: list[tuple[Taken, Topic]], devices: Devices, outcome: Outcome
) -> tuple[list[Answer], dict[str, dict[str, Any]]]:
    """Answers to commands, and what devices said of themselves; what is neither is put aside."""
    answers: list[Answer] = []
    said: dict[str, dict[str, Any]] = {}
    for message, topic in messages:
        speaker = devices.speaker(topic.device)
        if speaker is None or not speaker.speaks:
            continue
        outcome.seen[speaker.code] = message.at
        try:
            content = parse(message.payload) if message.payload else {}
        except ValueError:
            content = None
        if not isinstance(content, dict):
            payload = shown(message.payload)
            outcome.refused.append(
                Refusal(topic.device, None, None, message.at, Treatment.MALFORMED, payload)
            )
        elif topic.command:
            answers.append(Answer(topic.command, topic.device, content, moment(message.at)))
        else:
            said.setdefault(speaker.code, {}).update(content)
    return answers, said


def _keep_attributes(said: dict[str, dict[str, Any]]) -> None:
    if not said:
        return
    rows = list(Device.objects.filter(code__in=said).select_for_update().order_by("pk"))
    for row in rows:
        content: dict[str, Any] = kept(said[row.code])
        members = {**row.attributes, **content}
        row.attributes = dict(list(members.items())[-MOST_MEMBERS:])
        for name, column in OWN.items():
            if isinstance(content.get(name), str):
                setattr(row, column, content[name][:MOST_WORD])
    Device.objects.bulk_update(rows, ["attributes", *OWN.values()], batch_size=500)
