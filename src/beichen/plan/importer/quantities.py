"""Numbers with their units in running text: 1.4万亿, 5-6个, 千亿级, 翻一番, 前20位.

What a number means (a promise, a date, part of a name) is not decided here; dates and numbers that are
part of a word (5G, 第3, 4A级) are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from beichen.plan.importer.numerals import chinese_number
from beichen.plan.importer.units import MAGNITUDE, UNIT

_DIGITS = "一二两三四五六七八九十"
_N = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,12}(?:\.\d{1,6})?)"
_AFTER = r"(?P<after>(?:级|的)?(?:以上|左右|以下|以内|之内|上下)|余)?"
_ARABIC = re.compile(
    rf"(?<![A-Za-z\d第.,/+·±])(?<![A-Za-z]-)(?P<low>{_N})"
    rf"(?:(?:%|{MAGNITUDE})?[-~—至到](?P<high>{_N}))?"
    rf"(?P<spare>多|余)?(?P<magnitude>{MAGNITUDE})?(?P<spare2>多|余)?(?P<unit>{UNIT})?{_AFTER}"
    r"(?![A-Za-z\d])"
)
_CHINESE = re.compile(
    rf"(?<![\d第每几数{_DIGITS}百千万亿.])(?P<low>[{_DIGITS}百千]*)(?P<magnitude>万亿|亿|万)?"
    rf"(?P<level>级)?(?P<unit>{UNIT})?{_AFTER}"
)
_DOUBLED = re.compile(rf"翻(?P<low>[{_DIGITS}\d])?番(?P<after>以上)?")
_PERCENT = re.compile(rf"百分之(?P<low>[{_DIGITS}百]+|{_N}){_AFTER}")
_RANK = re.compile(rf"前(?P<low>\d{{1,3}}|[{_DIGITS}]{{1,3}})(?P<unit>位|名|强)?")
_STARTS = re.compile(rf"[{_DIGITS}百千万亿]")
_PURE = re.compile(r"(?:系数|指数|比值)[^，。；：、\d]{0,8}\Z")
"""What is measured by a number without a unit."""
_YEARLY = {"年", "天", "个月"}


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as printed, with its unit (magnitude included) and the place in its passage.

    ``end`` is after the unit; ``after`` holds 以上, 左右 … that follow, up to ``stop``. ``level`` says
    that 级 follows the number (千亿级); ``small`` that it is a Chinese numeral below one hundred.
    """

    low: float
    high: float | None
    magnitude: str
    unit: str
    start: int
    end: int
    after: str
    stop: int
    level: bool = False
    chinese: bool = False
    small: bool = False
    bare: bool = False


def _value(text: str) -> float:
    return float(text.replace(",", ""))


def _arabic(text: str) -> Iterator[Quantity]:
    for match in _ARABIC.finditer(text):
        unit, magnitude = match["unit"] or "", match["magnitude"] or ""
        pure = not unit and not magnitude and _PURE.search(text, 0, match.start()) is not None
        if not unit and not magnitude and not pure:
            continue
        whole = match["low"]
        if unit == "年" and not magnitude and len(whole) == 4 and whole.isdigit():
            continue
        magnitude, unit = _split_magnitude(magnitude, unit, text[match.end() : match.end() + 1])
        if not magnitude and not unit and not pure:
            continue
        after = (match["after"] or "") + (match["spare"] or match["spare2"] or "")
        end = match.start("after") if match["after"] else match.end()
        level = after.startswith("级") or text[match.end() : match.end() + 1] == "级"
        high = _value(match["high"]) if match["high"] else None
        yield Quantity(
            _value(whole), high, magnitude, unit, match.start(), end, after, match.end(), level=level
        )


def _split_magnitude(magnitude: str, unit: str, follows: str) -> tuple[str, str]:
    """千 and 百 count only before a unit: in 66千伏 and 5百度 they belong to the next word."""
    if not unit and magnitude in ("千", "百"):
        return "", ""
    return magnitude, unit


def _chinese(text: str) -> Iterator[Quantity]:
    for start in _STARTS.finditer(text):
        match = _CHINESE.match(text, start.start())
        if match is None or match.start() != start.start() or not match.group():
            continue
        low, magnitude = match["low"], match["magnitude"] or ""
        level = match["level"] is not None
        unit = match["unit"] or ""
        if not unit and not level and magnitude != "万亿":
            continue
        value = 1 if not low else chinese_number(low)
        if value is None or (low in ("百", "千") and not magnitude and not unit):
            continue
        small = not magnitude and value < 100
        bare = not re.search(f"[{_DIGITS}]", low)
        end = match.start("after") if match["after"] else match.end()
        if level:
            end = match.start("level")
        yield Quantity(
            float(value),
            None,
            magnitude,
            unit,
            match.start(),
            end,
            match["after"] or "",
            match.end(),
            level=level,
            chinese=True,
            small=small,
            bare=bare,
        )


def _special(text: str) -> Iterator[Quantity]:
    for match in _DOUBLED.finditer(text):
        low = match["low"] or "一"
        value = float(low) if low.isdigit() else float(chinese_number(low) or 1)
        end = match.start("after") if match["after"] else match.end()
        yield Quantity(value, None, "", "番", match.start(), end, match["after"] or "", match.end())
    for match in _PERCENT.finditer(text):
        low = match["low"]
        number = _value(low) if low[0].isdigit() else float(chinese_number(low) or 0)
        end = match.start("after") if match["after"] else match.end()
        yield Quantity(number, None, "", "%", match.start(), end, match["after"] or "", match.end())
    for match in _RANK.finditer(text):
        low = match["low"]
        number = float(low) if low.isdigit() else float(chinese_number(low) or 0)
        yield Quantity(number, None, "", "位", match.start(), match.end(), "前", match.end())


def quantities(text: str) -> list[Quantity]:
    """The quantities of a passage in their order, none overlapping another."""
    found = [*_special(text), *_arabic(text), *_chinese(text)]
    kept: list[Quantity] = []
    for quantity in sorted(found, key=lambda q: (q.start, -q.stop)):
        if not kept or quantity.start >= kept[-1].stop:
            kept.append(quantity)
    return kept
