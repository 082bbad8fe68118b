"""Mapbox Vector Tile 2.1 from whole columns: values as snapshots keep them, and layers of plain points."""
