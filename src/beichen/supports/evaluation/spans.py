"""The years that an evaluation is about: ``2023``, or ``2021/2023`` as ISO 8601 writes an interval."""

from __future__ import annotations

import re
from datetime import date

from beichen.hubs.data.service import Period
from beichen.problem import Problem, ProblemError, Where, code, said, shorten

NO_SPAN = code("EVA-121", "The period is not a year, or a first and a last year.", status=422)
_SPAN = re.compile(r"(\d{4})(?:/(\d{4}))?\Z")


def read_span(text: str) -> Period:
    """The days from the first of January to the last of December. Raises ProblemError EVA-121."""
    found = _SPAN.match(text.strip())
    first = int(found[1]) if found else 0
    last = int(found[2] or first) if found else 0
    if not 1950 <= first <= last <= 2200:
        message = shorten(said("{text!r} is no period of years", text=text))
        raise ProblemError(
            Problem(NO_SPAN, message, Where(field="period"), said("such as 2023 or 2021/2023"))
        )
    return Period(text.strip(), "years", date(first, 1, 1), date(last, 12, 31))
