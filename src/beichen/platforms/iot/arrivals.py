"""Messages of readings as they come to be treated: one device's as it lay on the wire, or columns of many."""

from __future__ import annotations

from typing import NamedTuple

from beichen.platforms.iot.columns import Columns


class Arrived(NamedTuple):
    """A message of readings: whose, what, and when the broker kept it (microseconds)."""

    device: str
    payload: bytes
    at: int


class Came(NamedTuple):
    """A message of many devices' readings as columns, and when the broker kept it."""

    columns: Columns
    at: int
