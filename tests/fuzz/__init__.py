"""Fuzzing by coverage, run by hand: see CONTRIBUTING.md."""
