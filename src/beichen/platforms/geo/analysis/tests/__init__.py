"""Tests of spatial analysis."""
