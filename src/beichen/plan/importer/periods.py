"""The years of a plan: 十四五 is 2021–2025 by its name; other plans state their first and last year."""

from __future__ import annotations

import re

_DIGITS = "零一二三四五六七八九十"
_FIRST = 2001
_TENTH = 10
_RANGE = re.compile(r"(20\d\d)年?[-—~至到]+(20\d\d)年?")
_BASE = re.compile(r"(?:(?:规划)?(?:基准年|基期|现状年)(?:份)?(?:为|是|：)?)(20\d\d)年?")
_HORIZON = re.compile(
    r"(?:(?:规划|目标|远期)(?:水平年|目标年|期末|末年)|(?:规划)?(?:目标年|期限)(?:份)?)(?:为|是|：|到|至)*(20\d\d)年?"
)
_CALLED = re.compile(r"规划|计划|纲要|方案|期限|期为")
_NEAR = 30
_SPAN = (1, 20)  # years from a plan's first to its last; within it, "stated" years are believed


def plan_number(start_year: int) -> int:
    """Which five-year plan begins in this year: 14 for 2021."""
    return _TENTH + (start_year - _FIRST) // 5


def first_year(number: int) -> int:
    """The first year of a five-year plan: 2021 for the 14th."""
    return _FIRST + (number - _TENTH) * 5


def plan_name(number: int) -> str:
    """The short name of a five-year plan: 十四五 for the 14th; 十五 for the 10th."""
    tens, ones = divmod(number, 10)
    head = "十" if tens == 1 else _DIGITS[tens] + "十" if tens else ""
    return f"{head}{_DIGITS[ones] if ones else ''}五"


def earlier_plan(start_year: int) -> re.Pattern[str]:
    """Finds the name of the plan before, where it is the time spoken of and not what is compared with."""
    name = plan_name(plan_number(start_year) - 1)
    return re.compile(rf"(?<![比较于])“?{name}”?(?:时期|期间|以来|规划期|末|期末|五年)")


def stated_years(opening: str) -> tuple[int, int] | None:
    """The first and last year that a plan states of itself, five years or not.

    「五年行动规划（2023—2027年）」, 「规划期限为2021—2030年」, 「规划基准年为2020年，规划水平年为2030年」.
    """
    for match in _RANGE.finditer(opening):
        first, last = int(match.group(1)), int(match.group(2))
        around = opening[max(0, match.start() - _NEAR) : match.end() + _NEAR]
        if _SPAN[0] <= last - first <= _SPAN[1] and _CALLED.search(around):
            return first, last
    horizon, base = _HORIZON.search(opening), _BASE.search(opening)
    if horizon is None or base is None:
        return None
    first, last = int(base.group(1)) + 1, int(horizon.group(1))
    return (first, last) if _SPAN[0] <= last - first <= _SPAN[1] else None
