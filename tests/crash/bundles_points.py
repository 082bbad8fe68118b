"""The names of the points at which the driver of bundles can kill itself; the driver knows what they mean."""

from __future__ import annotations

COUNT = 4
STARTED = 2
"""So many parts of a bundle start with it; one waits for both."""
SENDING = (
    "one part started, not the other",
    "every part started, not committed",
    "sealed, the draft still there",
    "everything written, not committed",
    "committed, no receipt",
)
FOLLOWING = (
    "an end noted, the next part not started",
    "the next part started, not committed",
    "the answer given, not committed",
    "followed and committed",
)
