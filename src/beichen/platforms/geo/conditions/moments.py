"""Moments in conditions: read once, kept as the JSON of CQL2, in UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

OPEN = ".."
DAY = 86_400_000_000
"""Microseconds."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def read_moment(text: str) -> dict[str, str]:
    """A date or a timestamp as CQL2-JSON; one without an offset is UTC. Raises ValueError."""
    if len(text) <= 10:
        return {"date": date.fromisoformat(text).isoformat()}
    return {"timestamp": read_timestamp(text)}


def read_timestamp(text: str) -> str:
    """A timestamp in UTC. Raises ValueError."""
    found = datetime.fromisoformat(text)
    try:
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except OverflowError:
        raise ValueError("outside the years 1 to 9999") from None
    return found.isoformat().replace("+00:00", "Z")


def microseconds(text: str) -> int:
    """A timestamp, as :func:`read_timestamp` gives it, since 1970."""
    gap = datetime.fromisoformat(text) - _EPOCH
    return (gap.days * 86_400 + gap.seconds) * 1_000_000 + gap.microseconds


def days(text: str) -> int:
    """A date since 1970."""
    return (date.fromisoformat(text) - _EPOCH.date()).days


def is_moment(node: Any) -> bool:
    """Whether it is the JSON of a date or a timestamp."""
    return isinstance(node, dict) and ("date" in node or "timestamp" in node)
