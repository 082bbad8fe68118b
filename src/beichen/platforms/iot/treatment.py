"""What becomes of readings: each is taken into the table, or put aside with its reason; none is lost.

In this order: an unknown device or one that is out of use, a message that cannot be read, a rate that is
exceeded, a name that measures nothing, a value of the wrong type or out of its range, a time that cannot be
(before 2000, or more than five minutes after it came). What is left is taken: marked ``skewed`` when its time
lies in the future, ``late`` when it is an hour old, ``out-of-order`` when a newer one is known. Only what is
no newer can be a duplicate, because time goes forward: it is compared with its own batch and with the table,
which holds all batches before.
"""

from __future__ import annotations

import base64
import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from math import isfinite
from typing import Any, NamedTuple

import numpy as np
import orjson

from beichen.platforms.iot.arrivals import Arrived, Came
from beichen.platforms.iot.blocks import Block, Loose, parted
from beichen.platforms.iot.columns import NO_SEQ, Columns
from beichen.platforms.iot.decoding import MOST_WHOLE, Sample, decode
from beichen.platforms.iot.doubts import repetitions
from beichen.platforms.iot.fleet import NEVER, Devices, Speaker, Target
from beichen.platforms.iot.gathering import gathered
from beichen.platforms.iot.moments import DAY, LATE, SECOND, SKEWED, WRONG, YEAR_2000
from beichen.platforms.iot.topics import Topics
from beichen.platforms.iot.words import KEPT, Treatment

MOST_PAYLOAD, MOST_TEXT = 4_096, 300
logger = logging.getLogger(__name__)
ACCEPTED, LATE_ONE, OUT_OF_ORDER, SKEWED_ONE = (str(one.value) for one in KEPT)


class Reading(NamedTuple):
    """A reading that fits, before it is known whether it is a duplicate."""

    speaker: Speaker
    target: Target
    at: int
    received: int
    number: float | None
    text: str | None
    seq: int | None
    quality: str
    by_seq: bool

    @property
    def subject(self) -> tuple[int, int, str]:
        """Whose reading of what it is: only readings of one subject can be one."""
        return (self.speaker.id, self.target.object, self.target.measure)

    @property
    def identity(self) -> tuple[Any, ...]:
        """What makes two readings one: the device's own time, or its own number where it said no time."""
        moment = ("seq", self.seq) if self.by_seq else self.at
        return (*self.subject, moment, self.number, self.text)


class Refusal(NamedTuple):
    """A reading, or a whole message, that was put aside."""

    device: str
    measure: str | None
    at: int | None
    received: int
    reason: str
    payload: str


Known = Callable[[Sequence[Reading]], set[int]]
"""Of readings that may be duplicates, the places of those that the table has."""


@dataclass(slots=True)
class Outcome:
    """What became of a batch of messages."""

    readings: list[Reading] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    counts: Counter[tuple[str, date, str]] = field(default_factory=Counter)
    seen: dict[str, int] = field(default_factory=dict)


def shown(payload: bytes) -> str:
    """A payload as text of at most 4 KiB: what is no text is told in Base64."""
    try:
        text = payload[:MOST_PAYLOAD].decode()
    except UnicodeDecodeError as error:
        if error.start >= MOST_PAYLOAD - 3:  # cut within a character
            return payload[: error.start].decode().replace("\0", "\N{REPLACEMENT CHARACTER}")
        return "base64:" + base64.b64encode(payload[:3_000]).decode()
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}")


def _shown_value(sample: Sample) -> str:
    try:
        text = orjson.dumps({sample.name: sample.value}, default=str)
    except (TypeError, ValueError):
        text = repr(sample.value)[:MOST_PAYLOAD].encode("utf-8", "replace")
    return shown(text)


def _day(at: int) -> date:
    return datetime.fromtimestamp(at // SECOND, UTC).date()


def _is_plain(text: str) -> bool:
    """Whether every table keeps the text: short, no NUL, no half of a character."""
    return len(text) <= MOST_TEXT and "\0" not in text and text.encode("utf-8", "replace").decode() == text


def _fitted(value: Any, target: Target) -> tuple[float | None, str | None] | None:
    """The number or text of a value in its measure's form; None when it is of another type."""
    form, kind = target.form, value.__class__
    if form == "number" and (kind is float or (kind is int and -MOST_WHOLE < value < MOST_WHOLE)):
        number = value * target.factor + target.offset
        return (number, None) if isfinite(number) else None
    if form == "text":
        return (None, value) if isinstance(value, str) and _is_plain(value) else None
    if form == "boolean":
        is_truth = isinstance(value, bool) or (isinstance(value, int) and value in (0, 1))
        return (float(value), None) if is_truth else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value) * target.factor + target.offset
    except OverflowError:
        return None
    if not isfinite(number) or (form == "integer" and not number.is_integer()):
        return None
    return number, None


def _quality(target: Target, at: int, received: int) -> str:
    if at > received + SKEWED:
        return SKEWED_ONE
    if at < received - LATE:
        return LATE_ONE
    return OUT_OF_ORDER if at < target.newest.at else ACCEPTED


def _reading(one: Loose) -> Reading:
    speaker, target, at, number, received, said, by_seq = one
    seq = None if said == NO_SEQ else said
    return Reading(
        speaker, target, at, received, number, None, seq, _quality(target, at, received), by_seq=by_seq
    )


class Treater:
    """Treats batches in the stream's order. Each is in the table before the next one is treated."""

    def __init__(self, devices: Devices) -> None:
        self.devices = devices
        self.topics = Topics()

    def treat(self, messages: Sequence[Arrived | Came], known: Known) -> Outcome:
        """What becomes of each reading of the messages; their devices were learned before."""
        outcome = Outcome()
        doubtful: list[int] = []
        together, singly = gathered(messages, self.devices)
        if together is not None:
            self._columns(*together, outcome, doubtful)
        for message in singly:
            if isinstance(message, Came):
                received = np.full(len(message.columns.at), message.at, np.int64)
                self._columns(message.columns, received, outcome, doubtful)
                continue
            try:
                self._message(message, outcome, doubtful)
            except Exception:  # what one message does that nobody thought of must not hold up all others
                logger.exception("a message of %s could not be treated", message.device)
                self._refuse(outcome, message, Treatment.MALFORMED, None, shown(message.payload))
        if doubtful:
            self._settle(outcome, doubtful, known)
        self._count_taken(outcome)
        return outcome

    def _count_taken(self, outcome: Outcome) -> None:
        """Count what is taken: what nothing is to be said of by the day alone."""
        counted: dict[tuple[str, int, str], int] = {}
        for row in outcome.readings:
            quality = row.quality
            key = ("" if quality == ACCEPTED else row.speaker.code, row.received // DAY, quality)
            counted[key] = counted.get(key, 0) + 1
        for block in outcome.blocks:
            for key, number in block.counts():
                counted[key] = counted.get(key, 0) + number
        for (who, day, quality), number in counted.items():
            self._count(outcome, who, day * DAY, quality, number)

    def _count(self, outcome: Outcome, device: str, at: int, treatment: str, number: int = 1) -> None:
        outcome.counts[(device[:64], _day(at), treatment)] += number

    def _refuse(
        self, outcome: Outcome, message: Arrived, reason: str, sample: Sample | None, payload: str
    ) -> None:
        name, at = (sample.name, sample.at) if sample else (None, None)
        outcome.refused.append(Refusal(message.device[:64], name, at, message.at, reason, payload))
        self._count(outcome, message.device, message.at, reason)

    def _message(self, message: Arrived, outcome: Outcome, doubtful: list[int]) -> None:
        speaker = self.devices.speaker(message.device)
        if speaker is None or not speaker.speaks:
            reason = Treatment.UNKNOWN_DEVICE if speaker is None else Treatment.NOT_SPEAKING
            self._refuse(outcome, message, reason, None, shown(message.payload))
            return
        outcome.seen[speaker.code] = message.at
        try:
            samples = decode(message.payload)
        except ValueError:
            self._refuse(outcome, message, Treatment.MALFORMED, None, shown(message.payload))
            return
        for sample in samples:
            found = self._sample(speaker, sample, message.at)
            if isinstance(found, str):
                self._refuse(outcome, message, found, sample, _shown_value(sample))
                continue
            self._keep(found, outcome, doubtful)

    def _keep(self, found: Reading, outcome: Outcome, doubtful: list[int]) -> None:
        if self._may_be_known(found):
            doubtful.append(len(outcome.readings))
        outcome.readings.append(found)
        # Within the batch too time goes forward: what follows is compared with this one.
        newest, speaker = found.target.newest, found.speaker
        if found.at > newest.at:
            newest.at = found.at
        if found.by_seq and found.seq is not None and found.seq > speaker.last_seq:
            speaker.last_seq = found.seq

    def _columns(self, columns: Columns, received: Any, outcome: Outcome, doubtful: list[int]) -> None:
        found = parted(columns, received, self.devices)
        outcome.seen.update(found.heard)
        outcome.blocks.append(found.block)
        for one in found.loose:
            self._keep(_reading(one), outcome, doubtful)
        for row, reason in found.refused:
            device = columns.devices[columns.device[row]]
            name, at, came = columns.measures[columns.measure[row]], int(columns.at[row]), int(received[row])
            sample = Sample(name, None if at == came else at, None, columns.said(row))
            message = Arrived(device, b"", came)
            self._refuse(outcome, message, reason, sample, _shown_value(sample))

    def _sample(self, speaker: Speaker, sample: Sample, received: int) -> Reading | str:
        name, said_at, seq, value = sample
        if not speaker.takes(received):
            return Treatment.TOO_FAST
        target = speaker.targets.get(name) or self.devices.target(speaker, name)
        if target is None:
            return Treatment.UNKNOWN_MEASURE
        fitted = _fitted(value, target)
        if fitted is None:
            return Treatment.WRONG_TYPE
        number, text = fitted
        if number is not None and not target.low <= number <= target.high:
            return Treatment.OUT_OF_RANGE
        at = received if said_at is None else said_at
        if at > received + WRONG or at < YEAR_2000:
            return Treatment.WRONG_TIME
        quality, by_seq = _quality(target, at, received), said_at is None and seq is not None
        return Reading(speaker, target, at, received, number, text, seq, quality, by_seq)

    def _may_be_known(self, reading: Reading) -> bool:
        """Whether it can have come before: it is no newer than what came, by its time or its number."""
        if reading.by_seq:
            return reading.seq is not None and reading.seq <= reading.speaker.last_seq
        return reading.at <= reading.target.newest.at and reading.target.newest.at != NEVER

    def _settle(self, outcome: Outcome, doubtful: Sequence[int], known: Known) -> None:
        """Put aside what came before."""
        repeated = repetitions(outcome.readings, outcome.blocks, doubtful, known)
        for place in sorted(repeated):
            one = outcome.readings[place]
            sample = Sample(
                one.target.measure, one.at, one.seq, one.text if one.number is None else one.number
            )
            message = Arrived(one.speaker.code, b"", one.received)
            self._refuse(outcome, message, Treatment.DUPLICATE, sample, _shown_value(sample))
        if repeated:
            outcome.readings = [one for place, one in enumerate(outcome.readings) if place not in repeated]
