"""Cases are found by words of their titles, Chinese ones of two characters and of one too."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from beichen.hubs.events import service, titles
from beichen.hubs.events.commands import Refuse
from beichen.hubs.events.models import Case
from beichen.hubs.events.tests import city
from beichen.kernel import grams

pytestmark = pytest.mark.django_db
TITLES = ("路面有一个大坑", "人民大街自来水管漏水", "电梯 LED 屏不亮", "路灯不亮，漏水")


@pytest.fixture
def cases() -> dict[str, Case]:
    """A case of each title."""
    city.build()
    return {text: city.report(text).case for text in TITLES}


def found(text: str, **chosen: Any) -> set[str]:
    """The titles that a search finds."""
    return {row.title for row in service.titled(Case.objects.filter(**chosen), text)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("漏水", {TITLES[1], TITLES[3]}),
        ("坑", {TITLES[0]}),
        ("自来水管", {TITLES[1]}),
        ("水管自来", set()),
        ("led", {TITLES[2]}),
        ("漏水 路灯", {TITLES[3]}),
        ("亮，漏", {TITLES[3]}),
        ("没有这样的词", set()),
        ("%", set()),
        ('"坑" OR', set()),
        ("", set(TITLES)),
    ],
)
def test_a_word_finds_its_titles(cases: dict[str, Case], text: str, expected: set[str]) -> None:
    assert found(text) == expected


def test_a_word_that_many_have_is_searched_without_the_index(
    cases: dict[str, Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(titles, "MANY", 1)
    assert found("漏水") == {TITLES[1], TITLES[3]}
    assert found("坑") == {TITLES[0]}


def test_words_that_were_erased_are_found_no_more(cases: dict[str, Case]) -> None:
    receipt = city.report("门前的坑是王五挖的")
    service.act(receipt.case.code, Refuse(reason="重复"), by=city.attendant(), now=city.MONDAY)
    service.erase(receipt.report, with_words=True, by=city.SETUP)
    assert not service.titled(Case.objects.all(), "王五").exists()
    assert not {"738b", "29579"} & set(re.findall(r"\w+", _kept(receipt.case.pk)))
    assert service.titled(Case.objects.all(), "erased").get().pk == receipt.case.pk


def _kept(key: int) -> str:
    asked = {
        "sqlite": "SELECT grams FROM hubs_events_title WHERE rowid = %s",
        "postgresql": "SELECT grams FROM hubs_events_title WHERE case_id = %s",
    }
    with connection.cursor() as cursor:
        cursor.execute(asked[connection.vendor], [key])
        return str(cursor.fetchone())


@given(
    title=st.text("路灯不亮aB ，12é", min_size=1, max_size=20),
    start=st.integers(0, 19),
    size=st.integers(1, 5),
)
def test_whatever_stands_in_a_title_finds_it(title: str, start: int, size: int) -> None:
    part = title[start % len(title) :][:size].strip()
    needed = {gram for word in part.split() for gram in grams.needed(word)}
    assert needed <= set(grams.grams_of(title))
