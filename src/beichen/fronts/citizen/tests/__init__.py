"""Tests of the citizen's door."""
