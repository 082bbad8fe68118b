"""An observation's ``@iot.id``: ``SERIES.TIME.DIGEST``, derived from the reading itself.

TIME is microseconds since 1970, DIGEST a CRC-32 of the value, because a series may hold two values of one
time; of a MultiDatastream it is ``m``, because its results of one time are one observation. The same reading
has the same id for ever; sent again it is the same observation.
"""

from __future__ import annotations

import re
import struct
import zlib
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

_ID = re.compile(r"(\d{1,18})\.(-?\d{1,17})\.([0-9a-f]{8}|m)\Z")
MANY = "m"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Identity(NamedTuple):
    """The parts of an id."""

    stream: int
    micros: int
    digest: str

    def __str__(self) -> str:
        return f"{self.stream}.{self.micros}.{self.digest}"

    @property
    def is_multi(self) -> bool:
        """Whether the series is a MultiDatastream."""
        return self.digest == MANY

    @property
    def at(self) -> datetime:
        """The time. Raises OverflowError for one of no calendar."""
        return _EPOCH + timedelta(microseconds=self.micros)


def identity(stream: int, at: datetime, number: float | None, text: str | None) -> Identity:
    """The id of a reading."""
    content = struct.pack("<d", number) if number is not None else (text or "").encode()
    return Identity(stream, (at - _EPOCH) // _MICROSECOND, f"{zlib.crc32(content):08x}")


def identity_of_many(multi: int, at: datetime) -> Identity:
    """The id of the results of a MultiDatastream of one time."""
    return Identity(multi, (at - _EPOCH) // _MICROSECOND, MANY)


def identity_of(text: str) -> Identity | None:
    """The parts of an id; None for a text that is none."""
    found = _ID.match(text)
    if found is None:
        return None
    made = Identity(int(found[1]), int(found[2]), found[3])
    try:
        return made if made.at else None
    except OverflowError:
        return None
