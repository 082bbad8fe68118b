"""Times: microseconds since 1970 where readings are treated, datetimes where they are kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

SECOND = 1_000_000
DAY = 86_400 * SECOND
SKEWED, WRONG, LATE = 2 * SECOND, 300 * SECOND, 3_600 * SECOND
"""From when it came: further ahead a time is skewed, or wrong; further back it is late."""
AGAIN = 600 * SECOND  # within this time the same number of a device is the same message
YEAR_2000 = 946_684_800 * SECOND


def moment(micros: int) -> datetime:
    """A time from microseconds since 1970."""
    return datetime.fromtimestamp(micros // SECOND, UTC) + timedelta(microseconds=micros % SECOND)
