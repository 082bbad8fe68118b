"""The colours of the map: the design tokens of the pages, each for the light and the dark appearance.

They are read from the pages' own sheet, so that the map and what lies round it never disagree.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders

SHEET = "web/css/tokens.css"
_PAIR = re.compile(r"--([a-z0-9-]+):\s*light-dark\((#[0-9a-f]{6}),\s*(#[0-9a-f]{6})\)")


class Theme(StrEnum):
    """An appearance of the pages."""

    LIGHT = "light"
    DARK = "dark"


@cache
def palette(theme: Theme) -> dict[str, str]:
    """The token's name without dashes in front → its colour."""
    found = finders.find(SHEET)
    pairs = _PAIR.findall(Path(str(found)).read_text(encoding="utf-8"))
    return {name: (light if theme == Theme.LIGHT else dark) for name, light, dark in pairs}
