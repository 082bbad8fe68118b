"""Tests of the address library."""
