"""Spatial analyses in the plane, at three sizes, beside their engine's own limit: bare shapely and scipy.

Points lie at random in a square of 30 km, areas are squares of 150–600 m in it, roads a grid of streets. The
peer does the bare calls on the same arrays: no bounds, no patience, no numbers of features. A service area
has scipy's dijkstra and one buffer of the reached edges as its peer, which is what our merging replaces.
"""

from __future__ import annotations

import os
import tempfile

import django

from bench.measure import Row


def run() -> list[Row]:
    """Each analysis beside its peer, at three sizes."""
    with tempfile.TemporaryDirectory(prefix="beichen-bench-") as folder:
        os.environ.setdefault("BEICHEN_DATA_DIR", folder)
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beichen.house.django")
        django.setup()
        from bench._analysis import rows

        return rows()
