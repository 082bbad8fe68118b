"""Units: scales convert, different things do not."""

from __future__ import annotations

from decimal import Decimal

import pytest

from beichen.hubs.data.units import convert
from beichen.problem import ProblemError


@pytest.mark.parametrize(
    ("value", "unit", "into", "expected"),
    [
        ("714919", "人", "万人", "71.4919"),
        ("1.5", "万亿元", "亿元", "15000"),
        ("260", "亿斤", "万吨", "1300"),
        ("24744", "平方千米", "公顷", "2474400"),
        ("4.12", "", "", "4.12"),
        ("3", "颗", "颗", "3"),
    ],
)
def test_a_scale_converts_exactly(value: str, unit: str, into: str, expected: str) -> None:
    assert convert(Decimal(value), unit, into) == Decimal(expected)


@pytest.mark.parametrize(("unit", "into"), [("人", "人次"), ("元", "%"), ("颗", "个"), ("", "%")])
def test_different_things_do_not_convert(unit: str, into: str) -> None:
    with pytest.raises(ProblemError, match="DAT-102"):
        convert(Decimal(1), unit, into)
