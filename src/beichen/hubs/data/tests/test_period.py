"""Periods of SDMX as days."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beichen.hubs.data.period import read_period
from beichen.problem import ProblemError


@pytest.mark.parametrize(
    ("text", "length", "starts", "ends"),
    [
        ("2024", "year", date(2024, 1, 1), date(2024, 12, 31)),
        ("2020-S1", "half", date(2020, 1, 1), date(2020, 6, 30)),
        ("2020-S2", "half", date(2020, 7, 1), date(2020, 12, 31)),
        ("2024-Q1", "quarter", date(2024, 1, 1), date(2024, 3, 31)),
        ("2024-Q4", "quarter", date(2024, 10, 1), date(2024, 12, 31)),
        ("2024-02", "month", date(2024, 2, 1), date(2024, 2, 29)),
        ("2024-W07", "week", date(2024, 2, 12), date(2024, 2, 18)),
        ("2026-W01", "week", date(2025, 12, 29), date(2026, 1, 4)),
        ("2026-W53", "week", date(2026, 12, 28), date(2027, 1, 3)),
        ("2024-02-19", "day", date(2024, 2, 19), date(2024, 2, 19)),
        ("2025-05-01/P5D", "range", date(2025, 5, 1), date(2025, 5, 5)),
        ("2022-01-01/P267D", "range", date(2022, 1, 1), date(2022, 9, 24)),
    ],
)
def test_a_period_covers_its_days(text: str, length: str, starts: date, ends: date) -> None:
    period = read_period(text)
    assert (period.length, period.starts, period.ends) == (length, starts, ends)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "24",
        "2024-Q5",
        "2024-S3",
        "2024-13",
        "2025-W53",
        "2024-W00",
        "9999-W52",
        "9999-12-31/P9D",
        "2023-02-29",
        "2025-05-01/P0D",
        "2025-05/P5D",
        "0000",
        "2024年",
    ],
)
def test_what_is_no_period_is_refused_with_examples(text: str) -> None:
    with pytest.raises(ProblemError, match="DAT-101") as refused:
        read_period(text)
    assert "2024-Q3" in refused.value.problems[0].hint


@given(st.text(max_size=20))
def test_any_text_is_a_period_or_a_problem(text: str) -> None:
    try:
        period = read_period(text)
    except ProblemError:
        return
    assert period.starts <= period.ends
