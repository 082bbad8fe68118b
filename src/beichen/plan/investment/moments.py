"""Years and months as projects say them: ``2021``, ``2021-03``; parts of a year: ``2021-Q1``, ``2021-03``."""

from __future__ import annotations

import re

_MOMENT = re.compile(r"(?P<year>(19|20|21)\d\d)(?:[年.\-/](?P<month>0?[1-9]|1[0-2])月?|年)?\Z")
_SPAN = re.compile(
    r"(?P<first>(?:19|20|21)\d\d(?:年|[年./](?:0?[1-9]|1[0-2])月?|-(?:0[1-9]|1[0-2])(?!\d))?)"
    r"\s*(?:-{1,2}|—+|–|~|～|至|到)\s*"
    r"(?P<last>(?:19|20|21)\d\d(?:年|[年./\-](?:0?[1-9]|1[0-2])月?)?)\Z"
)
_PART = re.compile(r"(?P<year>(?:19|20|21)\d\d)-(?:Q(?P<quarter>[1-4])|(?P<month>0[1-9]|1[0-2]))\Z")


def read_moment(text: str) -> str | None:
    """``2021年3月``, ``2021.3``, ``2021-03`` → ``2021-03``; ``2021年`` → ``2021``; None: it is neither."""
    found = _MOMENT.match(text.strip())
    if found is None:
        return None
    month = found["month"]
    return f"{found['year']}-{int(month):02}" if month else found["year"]


def read_span(text: str) -> tuple[str, str] | None:
    """``2021-2025``, ``2021年3月至2024年12月`` or one moment, as start and end; None: it is no span."""
    clean = text.strip().replace("年度", "年")
    found = _SPAN.match(clean)
    if found is None:
        moment = read_moment(clean)
        return None if moment is None else (moment, moment)
    first, last = read_moment(found["first"]), read_moment(found["last"])
    return None if first is None or last is None else (first, last)


def in_order(first: str, last: str) -> bool:
    """Whether a start does not come after its end; a year stands for any of its months."""
    length = min(len(first), len(last))
    return not first or not last or first[:length] <= last[:length]


def months_of(period: str) -> frozenset[int] | None:
    """The months that a part of a year covers; None when it is no part of a year."""
    found = _PART.match(period)
    if found is None:
        return None
    if found["month"]:
        return frozenset({int(found["month"])})
    last = int(found["quarter"]) * 3
    return frozenset(range(last - 2, last + 1))
