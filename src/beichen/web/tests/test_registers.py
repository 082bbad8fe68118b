"""Cards of `/my` and what the one search finds: rooms register, pages ask."""

from __future__ import annotations

import pytest
from django.http import HttpRequest
from django.test import RequestFactory

from beichen.kernel.access.service import Subject
from beichen.web import cards, findings, shelves
from beichen.web.cards import Card, register_card
from beichen.web.findings import LONGEST, MOST_EACH, Found, register_finding
from beichen.web.ordered import Ordered
from beichen.web.shelves import MOST, Item, Shelf, register_shelf

SUBJECT = Subject("X", "安", "person")


@pytest.fixture(autouse=True)
def registers(monkeypatch: pytest.MonkeyPatch) -> None:
    """The registers, empty."""
    monkeypatch.setattr(shelves, "_providers", Ordered())
    monkeypatch.setattr(cards, "_providers", Ordered())
    monkeypatch.setattr(findings, "_finders", {})


def test_cards_stand_in_order_and_none_is_left_out() -> None:
    """Whatever the order of registration."""
    register_card("later", 20, lambda _request, subject: Card(subject.name, "/later"))
    register_card("first", 10, lambda _request, _subject: Card("一", "/first", 2, ("a", "b")))
    register_card("none", 15, lambda _request, _subject: None)
    found = cards.cards(RequestFactory().get("/my"), SUBJECT)
    assert [(key, card.title) for key, card in found] == [("first", "一"), ("later", "安")]


def test_a_search_asks_each_room_and_bounds_what_it_is_given() -> None:
    """Words are trimmed and cut, answers are cut, rooms that find nothing are left out."""
    asked: list[str] = []

    def many(_request: HttpRequest, words: str) -> list[Found]:
        asked.append(words)
        return [Found(str(number), "/", "数") for number in range(100)]

    register_finding("many", many)
    register_finding("none", lambda _request, _words: [])
    request = RequestFactory().get("/")
    found = findings.findings(request, f"  a \n b {'x' * 500}")
    assert list(found) == ["many"]
    assert len(found["many"]) == MOST_EACH
    assert len(asked[0]) == LONGEST
    assert asked[0].startswith("a b x")
    assert findings.findings(request, " \n ") == {}
    assert findings.findings(request, "a", without={"many"}) == {}
    assert len(asked) == 1


def test_shelves_are_bounded_and_empty_ones_are_left_out() -> None:
    """In their order."""
    items = tuple(Item(str(number), "/") for number in range(MOST + 5))
    register_shelf("second", 20, lambda _request: Shelf("二", "/second", items))
    register_shelf("first", 10, lambda _request: Shelf("一", "/first", items[:1]))
    register_shelf("empty", 5, lambda _request: Shelf("空", "/empty", ()))
    register_shelf("none", 1, lambda _request: None)
    found = shelves.shelves(RequestFactory().get("/"))
    assert [(key, len(shelf.items)) for key, shelf in found] == [("first", 1), ("second", MOST)]
