"""Answers that readers share: never between two rights, never older than what a reader was told of."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from beichen.fronts.overview.models import Screen
from beichen.fronts.overview.screens.hearing import heard_by, pause_of, subscription
from beichen.fronts.overview.screens.sharing import MOST_BYTES, Answers, answers, key_of, may_share
from beichen.fronts.overview.screens.vocabulary import SIZES
from beichen.fronts.overview.tests.test_screens import BY, CARD, asked, city, officer
from beichen.hubs.data.models import IndicatorValue
from beichen.kernel.access.models import Account
from beichen.kernel.access.service import save_role
from beichen.kernel.actor import PUBLIC, Actor, Scope
from beichen.kernel.levels import Level
from beichen.kernel.org.models import Body, Region
from beichen.kernel.org.service import appoint, city_region, register_person

__all__ = ["city"]
PARTS = st.sampled_from(["", "/a/", "/a/b/", "/c/"])
SCOPES = st.builds(Scope, st.sampled_from(["officer", "planner", "public"]), PARTS, PARTS)
READERS = st.frozensets(SCOPES, max_size=3)


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    answers.forget()


def reader(scopes: frozenset[Scope], name: str = "x") -> Actor:
    """Somebody with these posts."""
    return Actor(f"person:{name}", name, tuple(scopes))


@pytest.mark.usefixtures("city")
def test_two_scopes_never_share(monkeypatch: pytest.MonkeyPatch) -> None:
    looking = asked(PUBLIC)

    @given(READERS, READERS)
    def hold(one: frozenset[Scope], other: frozenset[Scope]) -> None:
        keys = [key_of(CARD, replace(looking, by=reader(scopes)), "x.0") for scopes in (one, other)]
        assert (keys[0] == keys[1]) == (one == other)

    hold()
    first, second = (replace(looking, by=reader(frozenset({Scope("officer")}), name)) for name in "ab")
    assert key_of(CARD, first, "x.0") == key_of(CARD, second, "x.0"), "the same rights share"
    assert key_of(CARD, first, "x.0") != key_of(CARD, replace(first, language="en"), "x.0")
    assert key_of(CARD, first, "x.0") != key_of({**CARD, "every": "year"}, first, "x.0")
    assert key_of(CARD, first, "x.0") != key_of(CARD, asked(BY), "x.0"), "what the house may, no post may"
    before = key_of(CARD, first, "x.0")
    save_role("officer", "x", ["overview.read"], Level.L1, by=BY)
    assert key_of(CARD, first, "x.0") != before, "a role that lost a right shares no more what it saw"


def signed_in(region: str, name: str) -> Client:
    """A browser of an officer of a district."""
    body, place = Body.objects.filter(is_current=True)[0], Region.objects.get(code=region)
    person = register_person(name, by=BY)
    appoint(person, "officer", body, place, by=BY)
    client = Client()
    client.force_login(Account.objects.create_user(name, password="long-enough-secret", person=person))
    return client


def test_the_answer_of_one_district_is_not_given_to_another(city: list[Region]) -> None:
    own, other = city
    key = f"/screens/district-{own.code}/widgets"
    widgets = [{**CARD, "width": 2, "height": 2}]
    Screen.objects.create(owner="scene:x", position=0, key="x.own", name="x", name_en="x", widgets=widgets)
    address = f"/screens/x.own/widgets?of=0&region={own.code}"
    mine = signed_in(own.code, "mine").get(address).json()["widgets"]["0"]
    again = signed_in(own.code, "ours").get(address).json()["widgets"]["0"]
    theirs = signed_in(other.code, "theirs").get(address).json()["widgets"]["0"]
    public = Client().get(address).json()["widgets"]["0"]
    assert ">40<" in mine["content"]
    assert again == mine
    for told in (theirs, public):
        assert ">40<" not in told["content"]
        assert told["digest"] != mine["digest"]
    assert Client().get(f"{key}?of=0").status_code == 200


def test_who_was_told_of_a_change_is_shown_it_and_what_is_known_is_not_sent_again(city: list[Region]) -> None:
    own = city[0]
    client = signed_in(own.code, "mine")
    widgets = [{**CARD, "width": 2, "height": 2}]
    Screen.objects.create(owner="scene:x", position=0, key="x.own", name="x", name_en="x", widgets=widgets)
    address = f"/screens/x.own/widgets?region={own.code}"
    first = client.get(f"{address}&of=0").json()["widgets"]["0"]
    IndicatorValue.objects.filter(indicator__key="secret", region=own).update(value=55)
    assert client.get(f"{address}&of=0").json()["widgets"]["0"] == first, "kept for a few seconds"
    same = client.get(f"{address}&of=0.{first['digest']}").json()["widgets"]["0"]
    assert same == {"digest": first["digest"], "time": ""}
    fresh = client.get(f"{address}&of=0.{first['digest']}&seen=17").json()["widgets"]["0"]
    assert ">55<" in fresh["content"]
    whole = client.get(f"/screens/x.own/widgets/0?region={own.code}", headers={"HX-Request": "true"})
    assert ">55<" in whole.content.decode()
    for wrong in ("99", "x", "-1", "0,,1", "²"):
        refused = client.get(f"{address}&of={wrong}", headers={"accept": "application/json"})
        assert refused.status_code == 422, wrong
        assert "OVW-105" in refused.content.decode()


def test_one_makes_what_many_ask_for() -> None:
    kept, made = Answers(), []
    gate, all_wait = threading.Event(), threading.Barrier(9)

    def make() -> tuple[str, bool]:
        gate.wait(60)
        made.append(1)
        return "content", True

    def ask() -> None:
        all_wait.wait(60)
        assert kept.get("a" * 64, 5, make).content == "content"

    threads = [threading.Thread(target=ask) for _number in range(8)]
    for thread in threads:
        thread.start()
    all_wait.wait(60)
    gate.set()
    for thread in threads:
        thread.join(60)
    assert made == [1]


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 9), st.floats(0, 6)), max_size=40))
def test_no_answer_is_older_than_allowed(asked_for: list[tuple[int, int, float]]) -> None:
    now = [0.0]
    kept = Answers(clock=lambda: now[0])
    for number, seen, pause in asked_for:
        now[0] += pause
        made = f"{seen} {now[0]}"
        answer = kept.get(str(number) * 64, seen, lambda made=made: (made, True))  # type: ignore[misc]
        known, at = answer.content.split()
        assert int(known) >= seen
        assert now[0] - float(at) <= 10


def test_what_is_kept_is_bounded_and_failures_are_not_kept() -> None:
    kept = Answers(most_bytes=100)
    for number in range(50):
        kept.get(f"{number:064x}", 0, lambda: ("x" * 30, True))
    found = [number for number in range(50) if kept.find(f"{number:064x}", 0)]
    assert found == [47, 48, 49]
    kept.get("f" * 64, 0, lambda: ("down", False))
    assert kept.find("f" * 64, 0) is None
    assert MOST_BYTES >= 1_000_000


def test_every_kind_of_widget_says_what_it_listens_to() -> None:
    widgets: list[dict[str, Any]] = [
        {"kind": "card", "indicator": "gdp"},
        {"kind": "card", "cases": "open"},
        {"kind": "list", "things": ["well"]},
        {"kind": "table", "sql": "select 1"},
        {"kind": "map", "layers": ["parks"], "indicator": "gdp"},
        {"kind": "text", "text": {}},
        {"kind": "table", "plan": "standings"},
    ]
    heard = {one["kind"]: heard_by(one) for one in widgets}
    assert heard_by(widgets[0]) == ["data.value.recorded:gdp"]
    assert heard["map"] == ["data.value.recorded:gdp", "geo.layers.changed", "geo.layer.revised:parks"]
    assert heard["text"] == []
    assert pause_of(widgets[3]) >= 60
    assert pause_of(widgets[2]) >= 10
    assert not may_share(widgets[3]), "questions are asked, and counted, by each reader"
    address = subscription(widgets)
    assert address.startswith("/events?changes=1&type=")
    assert subscription([widgets[5]]) == ""
    assert len(SIZES) >= len(heard)


def test_the_whole_city_is_another_scope(city: list[Region]) -> None:
    body = Body.objects.filter(is_current=True)[0]
    top = city_region()
    assert top is not None
    one, other = officer(city[0].code, body.key), officer(top.code, body.key)
    assert key_of(CARD, replace(asked(one), region=top), "x") != key_of(
        CARD, replace(asked(other), region=top), "x"
    )
