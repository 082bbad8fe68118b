"""The names of the points at which the driver can kill itself; the driver knows what they mean.

The silent one comes first: it counts answers, and later the first ones say that it was done before.
"""

from __future__ import annotations

COUNT = 12
KEPT, TOLD, SILENT = "kept, not recorded", "recorded, not committed", "committed, not answered"
COUNTED = "the counter moved, nothing else"
POINTS = {
    "give": (SILENT, COUNTED, KEPT, TOLD),
    "refuse": (SILENT, KEPT, TOLD),
    "undo": (SILENT, COUNTED, KEPT, TOLD),
    "grant": (SILENT, COUNTED, TOLD),
}
