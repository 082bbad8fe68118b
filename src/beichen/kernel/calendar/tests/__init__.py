"""Tests of working days, hours and deadlines."""
