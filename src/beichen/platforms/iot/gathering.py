"""Single messages as columns: what a device says often and plainly is not worth an object for each reading.

Of a batch, the messages of a device go together when there are enough of them and all are plain: JSON objects
of numbers and truths, with a time or without, under no number of their own; when its bucket holds them all;
and when nothing else in the batch can come between, because nobody else speaks of its things and none of it
came as columns. All other messages go one by one, to the same effect (`tests/test_gathering.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import nan
from typing import Any, NamedTuple

import msgspec
import numpy as np

from beichen.platforms.iot.arrivals import Arrived, Came
from beichen.platforms.iot.columns import FRACTION, TRUTH, WHOLE, Columns
from beichen.platforms.iot.decoding import LEAST_TIME, MILLISECONDS_FROM, MOST_NAME, MOST_TIME, MOST_WHOLE
from beichen.platforms.iot.fleet import Devices

FEW = 8  # messages of a device that are looked at one by one as quickly
MOST_NAMES = 32
_KINDS = {float: FRACTION, int: WHOLE, bool: TRUTH}
_TIMES = {float, int}
_decode_lines = msgspec.json.Decoder().decode_lines


class Gathered(NamedTuple):
    """Messages as columns, and when the message of each row came."""

    columns: Columns
    received: Any


class _Said(NamedTuple):
    """What one device said: of each row the measure, the value, what it was said as, its time and arrival."""

    device: str
    names: list[str]
    name: Any
    value: Any
    kind: Any
    at: Any
    received: Any


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
        rows = None if len(said) < FEW or device in apart else _rows_of(device, said, devices)
        if rows is not None:
            found[device] = rows
    if not found:
        return None, messages
    rest = [one for one in messages if isinstance(one, Came) or one.device not in found]
    return _together(list(found.values())), rest


def _rows_of(device: str, said: Sequence[Arrived], devices: Devices) -> _Said | None:
    speaker = devices.speaker(device)
    if speaker is None or not speaker.speaks or not devices.is_alone(speaker):
        return None
    rows = _rows(device, said)
    if rows is None or not speaker.affords(said[0].at, len(rows.at)):
        return None
    return rows


def _rows(device: str, said: Sequence[Arrived]) -> _Said | None:
    """The rows of a device's messages; None where one of them is anything but plain."""
    records = _records([message.payload for message in said])
    if records is None:
        return None
    received = np.array([message.at for message in said], np.int64)
    times = _times([record.pop("ts", nan) for record in records], received)
    if times is None or any("seq" in record for record in records):
        return None
    values = _values(records)
    if values is None or not all(values):
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
    return _Said(device, names, number[order], value[order], kind[order], times[place], received[place])


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
    return np.array(places, np.int64), np.full(len(said), number), np.array(said, np.float64), kind


def _together(found: Sequence[_Said]) -> Gathered:
    """The rows of all devices, those of each in their order."""
    measures: dict[str, int] = {}
    numbers = [
        np.array([measures.setdefault(name, len(measures)) for name in said.names])[said.name]
        for said in found
    ]
    device = np.repeat(np.arange(len(found)), [len(said.at) for said in found])
    value, kind, at, received = (
        np.concatenate([getattr(said, name) for said in found])
        for name in ("value", "kind", "at", "received")
    )
    columns = Columns(
        [said.device for said in found], list(measures), device, np.concatenate(numbers), value, kind, at
    )
    return Gathered(columns, received)
