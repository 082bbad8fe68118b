"""Codes (一码通服): things have printed ones, people one that changes; scan it, and see what may be done."""
