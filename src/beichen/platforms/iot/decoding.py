"""From a message to readings: JSON (RFC 8259) or CBOR (RFC 8949), told apart by the first byte.

A message is an object, or an array of objects: ``{"level_m": 3.9}``, or ``{"ts": …, "seq": 7, "values":
{…}}`` with ``ts`` in RFC 3339 or in seconds or milliseconds since 1970, and ``seq`` a whole number of the
device's own.
"""

from __future__ import annotations

from datetime import UTC, datetime
from math import isfinite
from typing import Any, NamedTuple

import msgspec

MOST_READINGS = 10_000
MOST_NAME, MOST_TEXT, MOST_MEMBERS = 100, 300, 64
MOST_WHOLE = 2**53
LEAST_TIME, MOST_TIME = 0, 253_402_300_799_000_000  # microseconds: 1970 to 9999
MILLISECONDS_FROM = 100_000_000_000  # as seconds the year 5138, as milliseconds March 1973
MOST_SEQ = 2**63 - 1
_SPACE = b" \t\r\n"
_OWN = frozenset({"ts", "seq"})  # what is no measure where no object holds the measures
_decode_json = msgspec.json.Decoder().decode
_decode_time = msgspec.json.Decoder(datetime).decode


class Sample(NamedTuple):
    """One name's value as a device said it: its time in microseconds, and its number, where it said them."""

    name: str
    at: int | None
    seq: int | None
    value: Any


def _time(found: Any) -> int:
    if found.__class__ is int or found.__class__ is float:  # as nearly all devices say it
        try:
            found = found * 1e3 if found >= MILLISECONDS_FROM else found * 1e6
        except OverflowError:
            raise ValueError("ts is out of range") from None
    elif isinstance(found, str):
        moment = msgspec.convert(found, datetime, strict=False)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        found = moment.timestamp() * 1e6
    elif isinstance(found, datetime):  # CBOR has a tag for times
        found = (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp() * 1e6
    else:
        raise ValueError("ts is no time")
    if not LEAST_TIME <= found <= MOST_TIME:  # also what is no number
        raise ValueError("ts is out of range")
    micros: int = round(found)
    return micros


def _seq(found: Any) -> int:
    if isinstance(found, bool) or not isinstance(found, int) or not 0 <= found <= MOST_SEQ:
        raise ValueError("seq is no whole number")
    return int(found)


def _add(record: Any, found: list[Sample]) -> None:
    """Add the readings of one object."""
    if not isinstance(record, dict):
        raise ValueError("not an object")
    at = _time(record["ts"]) if "ts" in record else None
    seq = _seq(record["seq"]) if "seq" in record else None
    values = record.get("values")
    if values is None:
        values = record
    elif not isinstance(values, dict):
        raise ValueError("values is no object")
    is_flat = values is record
    for name, value in values.items():
        if not isinstance(name, str) or not 0 < len(name) <= MOST_NAME:
            raise ValueError("a name is no text of 1 to 100 characters")
        if not (is_flat and name in _OWN):
            found.append(Sample(name, at, seq, value))


def parse(payload: bytes) -> Any:
    """The message's content, whatever it is. Raises ValueError."""
    first = payload.lstrip(_SPACE)[:1]
    try:
        if first in (b"{", b"["):
            return _decode_json(payload)
        import cbor2

        return cbor2.loads(payload)
    except (msgspec.DecodeError, ValueError, TypeError, EOFError, OverflowError, RecursionError) as error:
        raise ValueError(str(error) or type(error).__name__) from None
    except Exception as error:
        if type(error).__module__.startswith("cbor2"):
            raise ValueError(str(error)) from None
        raise


def kept(value: Any, depth: int = 4) -> Any:
    """What a device said, as a column of JSON keeps it on every database: cut where it is deep or long."""
    if isinstance(value, str):
        return value[:MOST_TEXT].replace("\0", "").encode("utf-8", "replace").decode()
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if abs(value) < MOST_WHOLE else str(value)[:MOST_NAME]
    if isinstance(value, float):
        return value if isfinite(value) else None
    if depth and isinstance(value, list | tuple):
        return [kept(one, depth - 1) for one in value[:MOST_MEMBERS]]
    if depth and isinstance(value, dict):
        members = list(value.items())[:MOST_MEMBERS]
        return {kept(str(name)[:MOST_NAME]): kept(one, depth - 1) for name, one in members}
    return kept(repr(value)[:MOST_NAME])


def decode(payload: bytes) -> list[Sample]:
    """The readings of a message, in its order. Raises ValueError with the reason for all else."""
    content = parse(payload)
    found: list[Sample] = []
    for record in content if isinstance(content, list) else [content]:
        _add(record, found)
        if len(found) > MOST_READINGS:
            raise ValueError(f"more than {MOST_READINGS} readings")
    if not found:
        raise ValueError("no readings")
    return found
