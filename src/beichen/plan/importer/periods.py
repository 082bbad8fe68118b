"""Five-year periods by their Chinese names: 十三五 is 2016–2020, 十四五 is 2021–2025."""

from __future__ import annotations

import re

_DIGITS = "零一二三四五六七八九十"
_FIRST = 2001
_TENTH = 10


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
