"""The names of the points at which the driver can kill itself; the driver knows what they mean."""

from __future__ import annotations

POINTS = (
    "published, not marked",
    "marked",
    "claimed, not handled",
    "in the middle of a batch",
    "parked, not committed",
    "committed, not acknowledged",
    "second batch committed",
    "tried again, not committed",
    "tried again and committed",
)
