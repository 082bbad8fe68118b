"""Tests of background and scheduled work."""
