"""What pages with a map share: the city drawn as a sheet, which stands before any script runs."""

from __future__ import annotations

from beichen.platforms.geo.drawing import District, Drawing, drawing
from beichen.platforms.geo.projection import Bounds, Sheet, ring_area

__all__ = ["Bounds", "District", "Drawing", "Sheet", "drawing", "ring_area"]
