"""Times: microseconds since 1970 where readings are treated, datetimes where they are kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

SECOND = 1_000_000


def moment(micros: int) -> datetime:
    """A time from microseconds since 1970."""
    return datetime.fromtimestamp(micros // SECOND, UTC) + timedelta(microseconds=micros % SECOND)
