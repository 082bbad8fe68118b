"""The days that the law itself frees, for years whose notice has not come yet.

The Regulation on Public Holidays for Festivals and Anniversaries (全国年节及纪念日放假办法, article 2, as
amended in 2024) names thirteen days a year. A year's notice adds which weekends are worked instead; until it
comes, these days and the weekends are certain. The dates of the lunar calendar follow the new moons by
Beijing time (GB/T 33661-2017).
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

import chinese_calendar

LUNAR: dict[int, tuple[tuple[int, int], tuple[int, int], tuple[int, int]]] = {
    2025: ((1, 29), (5, 31), (10, 6)),
    2026: ((2, 17), (6, 19), (9, 25)),
    2027: ((2, 6), (6, 9), (9, 15)),
    2028: ((1, 26), (5, 28), (10, 3)),
    2029: ((2, 13), (6, 16), (9, 22)),
    2030: ((2, 3), (6, 5), (9, 12)),
    2031: ((1, 23), (6, 24), (10, 1)),
    2032: ((2, 11), (6, 12), (9, 19)),
    2033: ((1, 31), (6, 1), (9, 8)),
    2034: ((2, 19), (6, 20), (9, 27)),
    2035: ((2, 8), (6, 10), (9, 16)),
}
"""Of a year: the first day of the first month (春节), the fifth of the fifth (端午), the fifteenth of the
eighth (中秋). Later years have their days by the sun alone."""
FIXED = ((1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3))
LAST_OF_TERMS = 2100  # to which the package knows the terms of the sun
EVE, AFTER = -1, 3  # the Spring Festival's eve (除夕), and its first three days


@lru_cache(maxsize=64)
def festivals(year: int) -> frozenset[date]:
    """The days of a year that everybody is free by law."""
    found = {date(year, month, day) for month, day in FIXED}
    april = date(year, 4, 1), date(year, 4, 30)
    if year <= LAST_OF_TERMS:
        found |= {day for day, term in chinese_calendar.get_solar_terms(*april) if term == "清明"}
    if year in LUNAR:
        spring, *others = (date(year, month, day) for month, day in LUNAR[year])
        found |= {spring + timedelta(days=aside) for aside in range(EVE, AFTER)}
        found |= set(others)
    return frozenset(found)
