"""规划实施: the plan as a tree of parts with indicators, targets and projects, measured year by year."""
