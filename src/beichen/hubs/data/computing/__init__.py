"""Indicators that are computed from the city's tables: `indicators/*.sql` of scenes, asked and kept."""
