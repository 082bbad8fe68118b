"""The pages of spatial analysis: asking, and results."""
