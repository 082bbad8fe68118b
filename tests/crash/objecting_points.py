"""The names of the points at which the driver can kill itself; the driver knows what they mean."""

from __future__ import annotations

COUNT = 6
POINTS = (
    "the objection kept, not committed",
    "everything written, not committed",
    "committed, no receipt",
)
