"""Quiet hours (免打扰): when a message that can wait may disturb.

A span is two times of a day; one that ends before it starts reaches over midnight. A person's own span
and the city's hold together: a message is released at the first moment that lies in neither.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

LONGEST = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """Hours of every day, the end not included; equal times are no hours at all."""

    starts: time
    ends: time

    def holds(self, moment: time) -> bool:
        """Whether the span holds ``moment``."""
        if self.starts <= self.ends:
            return self.starts <= moment < self.ends
        return moment >= self.starts or moment < self.ends

    def end_after(self, local: datetime) -> datetime:
        """The first end of the span after ``local``, on the same clock."""
        end = local.replace(
            hour=self.ends.hour, minute=self.ends.minute, second=self.ends.second, microsecond=0
        )
        return end if end > local else end + timedelta(days=1)


def released_at(now: datetime, spans: Sequence[Span], zone: ZoneInfo) -> datetime:
    """``now`` itself, or the first moment after it outside all ``spans``; a day later at the latest.

    Where the spans leave no hour of the day free, nothing would ever be sent: a day is enough.
    """
    latest = now + LONGEST
    moment = now
    while moment < latest:
        local = moment.astimezone(zone)
        holding = [span for span in spans if span.holds(local.time())]
        if not holding:
            return moment
        moment = min(span.end_after(local) for span in holding).astimezone(now.tzinfo)
    return latest
