"""Single values as columns keep them: each reader takes what is written, or says what is expected."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import orjson

from beichen.platforms.warehouse.facts import ColumnType
from beichen.problem import said

INTEGERS = range(-(2**63), 2**63)
TEXT_BYTES = 1 << 20
_WORDS = {"true": True, "false": False}


# a day within the calendar at either end, so that a moment has a day in every zone
FIRST, LAST = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(said("a text is expected"))
    if len(value) > TEXT_BYTES // 4 and len(value.encode("utf-8", "replace")) > TEXT_BYTES:
        raise ValueError(said("a text of one MB at most"))
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError(said("a text of whole characters")) from None
    return value


def _integer(value: Any) -> int:
    if isinstance(value, str):
        value = _decimal(value)
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise ValueError(said("a whole number is expected"))
    if not math.isfinite(value) or value != int(value) or int(value) not in INTEGERS:
        raise ValueError(said("a whole number of 64 bits is expected"))
    return int(value)


def _number(value: Any) -> float:
    if isinstance(value, str):
        value = _decimal(value)
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise ValueError(said("a number is expected"))
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise ValueError(said("a finite number is expected"))
    return number


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text.strip())
    except InvalidOperation:
        raise ValueError(said("a number is expected")) from None


def _boolean(value: Any) -> bool:
    if isinstance(value, str):
        value = _WORDS.get(value.strip().lower(), value)
    if not isinstance(value, bool):
        raise ValueError(said("true or false is expected"))
    return value


def _date(value: Any) -> date:
    if isinstance(value, str):
        try:
            return date.fromisoformat(value.strip())
        except ValueError:
            raise ValueError(said("a date such as 2025-03-31 is expected")) from None
    if isinstance(value, datetime) or not isinstance(value, date):
        raise ValueError(said("a date such as 2025-03-31 is expected"))
    return value


def _time(value: Any) -> datetime:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:
            raise ValueError(said("a time such as 2025-03-31T08:00:00+08:00 is expected")) from None
    if not isinstance(value, datetime):
        raise ValueError(said("a time such as 2025-03-31T08:00:00+08:00 is expected"))
    if value.tzinfo is None:
        raise ValueError(said("a time with its offset is expected, such as +08:00"))
    try:
        moment = value.astimezone(UTC)
    except OverflowError:
        moment = FIRST
    if not FIRST < moment < LAST:
        raise ValueError(said("a time of the years 1 to 9999 is expected"))
    return moment


def _json(value: Any) -> str:
    if isinstance(value, str):
        try:
            orjson.loads(value)
        except orjson.JSONDecodeError:
            raise ValueError(said("JSON is expected")) from None
        return value
    try:
        return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS).decode()
    except (TypeError, orjson.JSONEncodeError):
        raise ValueError(said("JSON is expected")) from None


READERS: dict[ColumnType, Callable[[Any], Any]] = {
    ColumnType.TEXT: _text,
    ColumnType.INTEGER: _integer,
    ColumnType.NUMBER: _number,
    ColumnType.BOOLEAN: _boolean,
    ColumnType.DATE: _date,
    ColumnType.TIME: _time,
    ColumnType.JSON: _json,
}
