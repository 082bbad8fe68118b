"""Beichen (北辰): an open city intelligence platform that runs a city by its plan."""

__version__ = "0.1.0"
