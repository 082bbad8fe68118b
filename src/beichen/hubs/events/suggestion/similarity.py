"""How alike two short texts are."""

from __future__ import annotations

from rapidfuzz import fuzz


def similarity(a: str, b: str) -> float:
    """0 to 1; symmetric, 1 for equal texts."""
    return max(fuzz.token_sort_ratio(a, b), fuzz.ratio(a, b)) / 100
