"""The colours of words against what they stand on: 4.5 to 1 at least, in the light and in the dark.

What WCAG 2.2 (1.4.3) asks; a wall is read from afar, so that nothing passes there as large.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

SHEET = Path(__file__).resolve().parents[1] / "static/web/css/tokens.css"
PAIR = re.compile(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);")
WORDS = ("ink", "ink-2", "ink-3", "accent", "seal", "ahead", "on-course", "behind", "missed", "unknown")
GROUNDS = ("paper", "surface", "sunken")
LEAST = 4.5


def _luminance(colour: str) -> float:
    """WCAG 2.2: relative luminance of sRGB."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """From 1 (the same) to 21 (black on white)."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_words_stand_out_from_every_ground(theme: int) -> None:
    colours = {name: pair[theme] for name, *pair in PAIR.findall(SHEET.read_text(encoding="utf-8"))}
    weak = {
        f"{word} on {ground}": round(found, 2)
        for word in WORDS
        for ground in GROUNDS
        if (found := contrast(colours[word], colours[ground])) < LEAST
    }
    assert weak == {}


def test_contrast_is_what_wcag_says() -> None:
    assert round(contrast("#000000", "#ffffff"), 1) == 21.0
    assert round(contrast("#767676", "#ffffff"), 2) == 4.54
