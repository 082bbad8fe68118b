"""Single messages as columns: what a device says often and plainly is not worth an object for each reading.

Of a batch, the messages of a device go together when there are enough of them and all hold nothing but
numbers and truths; when its bucket holds them all; and when nothing else in the batch can come between, as
nobody else speaks of its things and none of it came as columns. Plain ones, JSON objects with a time as a
number or none, are decoded all at once; arrays, CBOR and times as text each by itself. All other messages go
one by one, to the same effect (`tests/test_gathering.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from math import nan
from typing import Any, NamedTuple

import msgspec
import numpy as np

from beichen.platforms.iot.arrivals import Arrived, Came
from beichen.platforms.iot.columns import FRACTION, NO_SEQ, TRUTH, WHOLE, Columns
from beichen.platforms.iot.decoding import (
    LEAST_TIME,
    MILLISECONDS_FROM,
    MOST_NAME,
    MOST_SEQ,
    MOST_TIME,
    MOST_WHOLE,
    Sample,
    decode,
)
from beichen.platforms.iot.fleet import NEVER, Devices

FEW = 8  # messages of a device that are looked at one by one as quickly
LONG = 500  # bytes: a message that holds many readings is worth it alone
MOST_NAMES = 32
_KINDS = {float: FRACTION, int: WHOLE, bool: TRUTH}
_TIMES = {float, int}
_decode_lines = msgspec.json.Decoder().decode_lines


class Gathered(NamedTuple):
    """Messages as columns, and when the message of each row came."""

    columns: Columns
    received: Any


class _Said(NamedTuple):
    """What one device said: of each row the measure, the value, what it was said as, its time and arrival,
    the device's own number, and whether that stands for a time."""

    device: str
    names: list[str]
    name: Any
    value: Any
    kind: Any
    at: Any
    received: Any
    seq: Any
    by_seq: Any


def gathered(
    messages: Sequence[Arrived | Came], devices: Devices
) -> tuple[Gathered | None, Sequence[Arrived | Came]]:
    """Part a batch into what goes together and what goes one by one, in its order; its devices were learned
    before."""
    by_device: dict[str, list[Arrived]] = {}
    apart: set[str] = set()
    for message in messages:
        if isinstance(message, Came):
            apart.update(message.columns.devices)
        elif (known := by_device.get(message[0])) is not None:
            known.append(message)
        else:
            by_device[message[0]] = [message]
    found: dict[str, _Said] = {}
    for device, said in by_device.items():
        if device in apart or (len(said) < FEW and all(len(message.payload) < LONG for message in said)):
            continue
        if (rows := _rows_of(device, said, devices)) is not None:
            found[device] = rows
    if not found:
        return None, messages
    rest = [one for one in messages if isinstance(one, Came) or one.device not in found]
    return _together(list(found.values())), rest


def _rows_of(device: str, said: Sequence[Arrived], devices: Devices) -> _Said | None:
    speaker = devices.speaker(device)
    if speaker is None or not speaker.speaks or not devices.is_alone(speaker):
        return None
    rows = _plain(device, said) or _decoded(device, said)
    if rows is None or not speaker.affords(said[0].at, len(rows.at)):
        return None
    return rows


def _plain(device: str, said: Sequence[Arrived]) -> _Said | None:
    """The rows of a device's messages; None where one of them is anything but plain."""
    records = _records([message.payload for message in said])
    if records is None:
        return None
    received = np.array([message.at for message in said], np.int64)
    told = [record.pop("ts", nan) for record in records]
    times = _times(told, received)
    seqs = _seqs(records)
    values = None if times is None or seqs is None else _values(records)
    if times is None or seqs is None or values is None or not all(values):
        return None
    names = list(dict.fromkeys(name for record in values for name in record))
    if not names or len(names) > MOST_NAMES or not all(0 < len(name) <= MOST_NAME for name in names):
        return None
    parts = [_column(values, name, number) for number, name in enumerate(names)]
    if None in parts:
        return None
    place, number, value, kind = (np.concatenate(one) for one in zip(*parts, strict=True))
    order = np.argsort(place, kind="stable")
    place = place[order]
    by_seq = (seqs != NO_SEQ) & np.isnan(np.array(told, np.float64))
    moments = (times[place], received[place], seqs[place], by_seq[place])
    return _Said(device, names, number[order], value[order], kind[order], *moments)


def _decoded(device: str, said: Sequence[Arrived]) -> _Said | None:
    """The rows of messages that are decoded one by one; None where one of them holds anything else."""
    rows: list[Sample] = []
    sizes: list[int] = []
    for message in said:
        samples: list[Sample] = []
        with suppress(Exception):  # whatever it is: what goes one by one is told why
            samples = decode(message.payload)
        if not samples or type(samples[0].value) not in _KINDS:
            return None
        rows += samples
        sizes.append(len(samples))
    words, moments, numbers, values = zip(*rows, strict=True)
    found = _numbers(values)
    names = {name: number for number, name in enumerate(dict.fromkeys(words))}
    if found is None or len(names) > MOST_NAMES:
        return None
    received = np.repeat(np.array([message.at for message in said], np.int64), sizes)
    times = np.array([NEVER if moment is None else moment for moment in moments], np.int64)
    seqs = np.array([NO_SEQ if number is None else number for number in numbers], np.int64)
    name = np.array([names[word] for word in words], np.int64)
    is_absent = times == NEVER
    at = np.where(is_absent, received, times)
    return _Said(device, list(names), name, *found, at, received, seqs, (seqs != NO_SEQ) & is_absent)


def _records(payloads: Sequence[bytes]) -> list[dict[str, Any]] | None:
    """One object for each payload. Where no payload holds a line's end, a value that goes on into the next
    line leaves too few, and two in one line are an error."""
    content = b"\n".join(payloads)
    if content.count(b"\n") != len(payloads) - 1:
        return None
    try:
        found = _decode_lines(content)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None
    is_plain = len(found) == len(payloads) and {type(one) for one in found} == {dict}
    return found if is_plain else None


def _times(said: list[Any], received: Any) -> Any:
    """Microseconds: as said, or as received where nothing was; None where one is no plain time."""
    if not {type(one) for one in said} <= _TIMES:
        return None
    try:
        found = np.array(said, np.float64)
    except OverflowError:
        return None
    with np.errstate(over="ignore"):  # what is beyond all numbers is beyond all times
        micros = np.where(found >= MILLISECONDS_FROM, found * 1e3, found * 1e6)
    is_absent = np.isnan(found)
    if not (is_absent | ((micros >= LEAST_TIME) & (micros <= MOST_TIME))).all():
        return None
    return np.where(is_absent, received, np.rint(np.where(is_absent, 0, micros)).astype(np.int64))


def _seqs(records: list[dict[str, Any]]) -> Any:
    """The numbers that a device gave its messages, taken out of them: all have one or none has; else None."""
    if not any("seq" in record for record in records):
        return np.full(len(records), NO_SEQ, np.int64)
    found = [record.pop("seq", None) for record in records]
    is_plain = {type(one) for one in found} == {int} and min(found) >= 0 and max(found) <= MOST_SEQ
    return np.array(found, np.int64) if is_plain else None


def _values(records: list[dict[str, Any]]) -> list[dict[str, Any]] | None:
    """The objects that hold the measures: all of one shape."""
    if "values" not in records[0]:
        return None if any("values" in record for record in records) else records
    found = [record.get("values") for record in records]
    return found if {type(one) for one in found} == {dict} else None  # type: ignore[return-value]


def _column(records: list[dict[str, Any]], name: str, number: int) -> tuple[Any, Any, Any, Any] | None:
    """Places, the name's number, values and kinds of one name; None where a value is no number or truth."""
    try:
        places, said = range(len(records)), [record[name] for record in records]
    except KeyError:
        places = [place for place, record in enumerate(records) if name in record]  # type: ignore[assignment]
        said = [records[place][name] for place in places]
    found = _numbers(said)
    return found and (np.array(places, np.int64), np.full(len(said), number), *found)


def _numbers(said: Sequence[Any]) -> tuple[Any, Any] | None:
    """Values and what they were said as; None where one is no number or truth."""
    kinds = {type(one) for one in said}
    if not kinds <= _KINDS.keys():
        return None
    if int in kinds and any(type(one) is int and not -MOST_WHOLE < one < MOST_WHOLE for one in said):
        return None
    kind = (
        np.full(len(said), _KINDS[kinds.pop()], np.uint8)
        if len(kinds) == 1
        else np.array([_KINDS[type(one)] for one in said], np.uint8)
    )
    return np.array(said, np.float64), kind


def _together(found: Sequence[_Said]) -> Gathered:
    """The rows of all devices, those of each in their order."""
    measures: dict[str, int] = {}
    numbers = [
        np.array([measures.setdefault(name, len(measures)) for name in said.names])[said.name]
        for said in found
    ]
    device = np.repeat(np.arange(len(found)), [len(said.at) for said in found])
    value, kind, at, received, seq, by_seq = (
        np.concatenate([getattr(said, name) for said in found])
        for name in ("value", "kind", "at", "received", "seq", "by_seq")
    )
    numbered = (seq, by_seq) if (seq != NO_SEQ).any() else ()
    columns = Columns(
        [said.device for said in found],
        list(measures),
        device,
        np.concatenate(numbers),
        value,
        kind,
        at,
        *numbered,
    )
    return Gathered(columns, received)
