"""One cell of a project list as its column's value. A blank says nothing; a mistake is a ValueError."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from beichen.hubs.data.service import convert
from beichen.plan.investment.declared import NATURE_WORDS, Source
from beichen.plan.investment.moments import read_moment, read_span
from beichen.plan.investment.money import MOST, YUAN
from beichen.plan.investment.sheets.header import SOURCES, plain
from beichen.plan.investment.stages import stage_of_word
from beichen.problem import ProblemError, said

BLANKS = {"", "-", "--", "—", "——", "/", "无", "暂无"}
UNKNOWN = {"未定", "待定", "有"}
LAND_WORDS = {
    "已落实": "allotted",
    "未落实": "needed",
    "需要": "needed",
    "无需用地": "none",
    "不需要": "none",
}
_NUMBER = re.compile(r"(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)(?:(?:[eE]\+?(\d{1,2}))?)\Z")
_WITH_UNIT = re.compile(r"(.+?)((?:千|万亿|万|亿)?元)\Z")
_SOURCE = re.compile(r"([^\d]+?)[::]?([\d,.]+)?((?:千|万亿|万|亿)?元)?\Z")
_DAY = re.compile(r"((?:19|20|21)\d\d)[年./-](\d{1,2})[月./-](\d{1,2})日?\Z")
_SOURCES = {word: Source(source).value for source, words in SOURCES.items() for word in words}


def is_blank(value: Any) -> bool:
    """Whether a cell says nothing."""
    return value is None or (isinstance(value, str) and plain(value) in BLANKS)


def text(value: Any) -> str:
    """A cell's words, as they stand, without blanks round them."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if is_blank(value) else str(value).strip()


def name(value: Any) -> str:
    """A project's name: words, not a number."""
    found = re.sub(r"\s*\n\s*", "", text(value))
    if not found or _NUMBER.match(plain(found)):
        raise ValueError(said("a project's name is expected"))
    return found


def number(value: Any) -> Decimal:
    """A number, or a number written as text with commas. Raises ValueError."""
    if isinstance(value, bool | datetime | date):
        raise ValueError(said("a number is expected"))
    if isinstance(value, int | float | Decimal):
        found = Decimal(format(value, ".15g")) if isinstance(value, float) else Decimal(value)
    else:
        matched = _NUMBER.match(plain(value))
        if matched is None:
            raise ValueError(said("a number is expected"))
        found = Decimal(plain(value).replace(",", ""))
    if not found.is_finite() or found < 0:
        raise ValueError(said("a number from zero is expected"))
    return found


def in_ten_thousands(amount: Decimal, unit: str) -> Decimal:
    """An amount of a unit of money in 万元. Raises ValueError for what is no unit of money."""
    try:
        return Decimal(convert(amount, unit, "万元"))
    except ProblemError as error:
        raise ValueError(error.problems[0].message) from None


def money(value: Any, unit: str) -> Decimal:
    """An amount in 万元, to the yuan; a unit in the cell itself wins over the column's. Raises ValueError."""
    matched = _WITH_UNIT.match(plain(value)) if isinstance(value, str) else None
    amount = number(matched[1] if matched else value)
    converted = in_ten_thousands(amount, matched[2] if matched else unit)
    if converted >= MOST:
        raise ValueError(said("the amount is beyond any project"))
    return converted.quantize(YUAN)


def funds(value: Any, unit: str) -> dict[str, Decimal | None]:
    """Sources in words, some with their amount: 专项债3000万元、企业自筹. Raises ValueError."""
    found: dict[str, Decimal | None] = {}
    for word in filter(None, re.split(r"[、;+/和及]|,(?!\d{3})", plain(value))):
        matched = _SOURCE.match(word)
        source = _SOURCES.get(matched[1]) if matched else None
        if matched is None or source is None:
            raise ValueError(said("{word} is no known source of money", word=word[:20]))
        amount_unit = matched[3] or unit
        if matched[2] and not amount_unit:
            raise ValueError(said("{word} has no unit", word=word[:20]))
        found[source] = money(matched[2], amount_unit) if matched[2] else None
    return found


def fund(value: Any, unit: str) -> Decimal | None:
    """The amount of one source; 未定 says that it is not known. Raises ValueError."""
    return None if plain(value) in UNKNOWN else money(value, unit)


def span(value: Any) -> tuple[str, str]:
    """Start and end of construction. Raises ValueError."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    found = read_span(plain(value))
    if found is None:
        raise ValueError(said("years are expected, such as 2021-2025"))
    return found


def moment(value: Any) -> str:
    """A year or a month. Raises ValueError."""
    if isinstance(value, datetime | date):
        return f"{value:%Y-%m}"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    found = read_moment(plain(value))
    if found is None:
        raise ValueError(said("a year or month is expected, such as 2021-03"))
    return found


def day(value: Any) -> date:
    """A day. Raises ValueError."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    matched = _DAY.match(plain(value))
    if matched is None:
        raise ValueError(said("a day is expected, such as 2024-05-01"))
    return date(*(int(part) for part in matched.groups()))


def _word(words: Mapping[str, str], expected: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        found = words.get(plain(value))
        if found is None:
            raise ValueError(said("{expected}: one of {words}", expected=expected, words="、".join(words)))
        return found

    return read


nature = _word({word: str(key) for key, word in NATURE_WORDS.items()}, said("a nature of construction"))
land_state = _word(LAND_WORDS, said("how land stands"))


def stage(value: Any) -> str:
    """A stage by its word. Raises ValueError."""
    found = stage_of_word(plain(value))
    if found is None:
        raise ValueError(said("a stage is expected: 谋划、前期、开工、在建、竣工、投产、暂停、终止"))
    return str(found)


READERS: dict[str, Callable[[Any], Any]] = {
    "key": text,
    "name": name,
    "box_title": text,
    "builder": text,
    "nature": nature,
    "content": text,
    "region": text,
    "address": text,
    "longitude": number,
    "latitude": number,
    "span": span,
    "starts": moment,
    "ends": moment,
    "done_until": moment,
    "stage": stage,
    "stage_on": day,
    "progress": text,
    "land_state": land_state,
    "land_area": number,
    "lead": text,
}


def read_cell(kind: str, unit: str, value: Any) -> Any:
    """The value of a cell of a column of this kind. Raises ValueError, saying what was expected."""
    if kind == "funds":
        return funds(value, unit)
    if kind == "fund":
        return fund(value, unit)
    if kind in READERS:
        return READERS[kind](value)
    return money(value, unit)
