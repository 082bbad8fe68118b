"""Names in memory: how near words come to them, and how long they stay."""

from __future__ import annotations

import pytest
from django.core.cache import cache

from beichen.fronts.overview.screens import naming
from beichen.fronts.overview.screens.naming import Name, kept, rank

ONE = Name("漏水 处理", "Leak repair", "/x", ("抢修",))
SPELT = {"漏水 处理": "loushuichuli lscl", "抢修": "qiangxiu qx"}


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("漏水 处理", 4),
        ("leak repair", 4),
        ("抢修", 4),
        ("漏水", 3),
        ("处理", 2),
        ("repair leak", 2),
        ("水", 1),
        ("漏水 抢修", 0),  # words of two names
        ("lscl", 3),
        ("qx", 3),
        ("lou", 2),
        ("shui", 1),
        ("zz", 0),
    ],
)
def test_how_near_words_come(typed: str, expected: int) -> None:
    assert rank(typed.split(), ONE, SPELT if typed.isascii() else {}) == expected


def test_what_is_kept_is_made_anew_when_the_cache_forgets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once a process; another process has a memory of its own and the same cache."""
    made: list[int] = []

    def make() -> list[int]:
        made.append(1)
        return list(made)

    assert [kept("test.names", make) for _time in range(3)] == [[1]] * 3
    monkeypatch.setattr(naming, "_memory", {})
    assert [kept("test.names", make) for _time in range(2)] == [[1, 1]] * 2
    cache.clear()
    assert kept("test.names", make) == [1, 1, 1]
