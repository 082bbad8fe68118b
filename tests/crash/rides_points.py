"""The names of the points at which the driver can kill itself; the driver knows what they mean."""

from __future__ import annotations

COUNT = 6
STEPS = ("give", "refuse", "undo", "grant")
KEPT, TOLD, SILENT = "kept, not recorded", "recorded, not committed", "committed, not answered"
COUNTED = "the counter moved, nothing else"
POINTS = [
    *(("give", point) for point in (COUNTED, KEPT, TOLD, SILENT)),
    *(("refuse", point) for point in (KEPT, TOLD, SILENT)),
    *(("undo", point) for point in (COUNTED, KEPT, TOLD, SILENT)),
    *(("grant", point) for point in (COUNTED, TOLD, SILENT)),
]
