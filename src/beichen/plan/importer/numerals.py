"""Numerals as plans write them: Arabic, Chinese, Roman, circled.

Used for the numbers of headings (第十七篇, Ⅳ, 3) and for amounts (三百万, 1.4万亿).
"""

from __future__ import annotations

import re

CHINESE = "〇零一二两三四五六七八九十百千廿卅壹贰叁肆伍陆柒捌玖拾"
_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_DIGITS |= {c: n for n, c in enumerate("零壹贰叁肆伍陆柒捌玖")}
_UNITS = {"十": 10, "拾": 10, "百": 100, "千": 1000}
_ROMAN = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
_ROMAN_NUMBER = re.compile(r"(?=[CLXVI])C{0,3}(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})\Z")
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_SINGLE_ROMAN = {c: n for n, c in enumerate("ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩⅪⅫ", 1)}

NUMERAL = rf"(?:[{CHINESE}]{{1,7}}|\d{{1,3}}|[IVXLC]{{1,7}}|[ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩⅪⅫ]{{1,3}})"
"""A pattern for the number of a heading, after folding."""


def chinese_number(text: str) -> int | None:
    """The value of 二十三, 一百零五, 廿一, 二〇三五 (digit by digit) or None when it is no number."""
    text = text.replace("廿", "二十").replace("卅", "三十")
    if not text or any(c not in _DIGITS and c not in _UNITS for c in text):
        return None
    if len(text) > 1 and not any(c in _UNITS for c in text):
        return int("".join(str(_DIGITS[c]) for c in text))
    total, digit = 0, 0
    for character in text:
        if character in _UNITS:
            total += (digit or 1) * _UNITS[character]
            digit = 0
        else:
            digit = _DIGITS[character]
    return total + digit


def roman_number(text: str) -> int | None:
    """The value of a Roman numeral up to 399, or None."""
    if text in _SINGLE_ROMAN:
        return _SINGLE_ROMAN[text]
    if not _ROMAN_NUMBER.match(text):
        return None
    values = [_ROMAN[c] for c in text]
    return sum(-v if any(w > v for w in values[i + 1 : i + 2]) else v for i, v in enumerate(values))


def number(text: str) -> int | None:
    """The value of a heading's number in any of the four spellings, or None."""
    text = text.strip()
    if text.isascii() and text.isdigit():
        return int(text)
    if text in _CIRCLED and len(text) == 1:
        return _CIRCLED.index(text) + 1
    chinese = chinese_number(text)
    return chinese if chinese is not None else roman_number(text)
