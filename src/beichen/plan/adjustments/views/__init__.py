"""Pages of adjustments and versions."""
