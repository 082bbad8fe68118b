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
        ("1", "微克/立方米", "毫克/立方米", "0.001"),
        ("35", "‰", "%", "3.5"),
        ("100", "万吨标煤", "吨标准煤", "1000000"),
        ("5", "元/人", "万元/人", "0.0005"),
    ],
)
def test_a_scale_converts_exactly(value: str, unit: str, into: str, expected: str) -> None:
    assert convert(Decimal(value), unit, into) == Decimal(expected)


@pytest.mark.parametrize(
    ("unit", "into"),
    [("人", "人次"), ("元", "%"), ("颗", "个"), ("", "%"), ("亿斤", "亿元"), ("万敦", "万吨"), ("2", "公里")],
)
def test_different_things_do_not_convert(unit: str, into: str) -> None:
    with pytest.raises(ProblemError, match="DAT-102"):
        convert(Decimal(1), unit, into)


@pytest.mark.parametrize(("unit", "into"), [("%", "个百分点"), ("个百分点", "%")])
def test_a_share_is_no_difference_of_shares(unit: str, into: str) -> None:
    with pytest.raises(ProblemError) as caught:
        convert(Decimal(2), unit, into)
    assert "个百分点 a difference of shares" in caught.value.problems[0].hint
