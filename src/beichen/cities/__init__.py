"""A city's own facts, one folder a city: regions, bodies, layers, statistics, the plan. No code."""
