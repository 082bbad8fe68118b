"""Numbers as people read them."""

from __future__ import annotations

from decimal import Decimal

COMPARATORS = {">=": "≥", "<=": "≤", "~": "≈", "=": "", ">": ">", "<": "<"}


def figure(value: float | Decimal | None, decimals: int = 3) -> str:
    """A number with thousands separated, at most ``decimals`` decimals and no trailing zeros."""
    if value is None:
        return ""
    text = f"{value:,.{decimals}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
