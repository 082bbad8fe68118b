"""Durations as declarations write them: ``90s``, ``15m``, ``4h``, ``3d``; ``500ms`` between readings."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

_FORM = re.compile(r"(\d{1,5})(ms|s|m|h|d)\Z")
_UNITS = {"ms": "milliseconds", "s": "seconds", "m": "minutes", "h": "hours", "d": "days"}

DURATION: dict[str, Any] = {
    "type": "string",
    "pattern": r"^[0-9]{1,5}(s|m|h|d)$",
    "x-form": "a duration such as 90s, 15m, 4h or 3d",
}


def duration(text: str) -> timedelta:
    """The time that ``text`` says. Raises ValueError when it is of another form."""
    found = _FORM.match(text)
    if found is None:
        raise ValueError(f"{text!r} is no duration such as 15m, 4h or 3d")
    return timedelta(**{_UNITS[found.group(2)]: int(found.group(1))})
