"""Tests of the event hub."""
