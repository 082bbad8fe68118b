"""Suggestions: what kind of case a text is, and which texts speak of the same thing."""
