"""Conditions on features: CQL2 (OGC 21-065r2) as text and JSON, checked against fields, asked of columns.

A condition travels as CQL2-JSON. It is read (:func:`read_text`, :func:`read_json`), checked once against a
source's fields (:func:`checked`), and then asked of any table of features (:func:`mask`). What has not been
checked is never evaluated.
"""

from __future__ import annotations

from beichen.platforms.geo.conditions.bounds import Bounds, bounds_of
from beichen.platforms.geo.conditions.checking import Project, checked
from beichen.platforms.geo.conditions.extents import box_of, names_of
from beichen.platforms.geo.conditions.masking import mask
from beichen.platforms.geo.conditions.parts import Comparison, Part, parts_of
from beichen.platforms.geo.conditions.reading import read_json, read_text

__all__ = [
    "Bounds",
    "Comparison",
    "Part",
    "Project",
    "bounds_of",
    "box_of",
    "checked",
    "mask",
    "names_of",
    "parts_of",
    "read_json",
    "read_text",
]
