"""What the room's pages share: times."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone


def moment(value: datetime | None) -> str:
    """A time as a page shows it, in the city's zone."""
    return f"{timezone.localtime(value):%Y-%m-%d %H:%M:%S}" if value else ""
