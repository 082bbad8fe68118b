"""Tests of the geographic platform."""
