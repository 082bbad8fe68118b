"""The unified planning system: the catalogue of plans, their filing, and their check against the outline."""
