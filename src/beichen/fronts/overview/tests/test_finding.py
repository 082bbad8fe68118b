"""Asking the screen: what words lead to, for whom, and that no table is read through."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client

from beichen.fronts.overview.screens.finding import find
from beichen.fronts.overview.tests.test_screen import CITY
from beichen.kernel.access.service import load_roles, save_role
from beichen.kernel.actor import PUBLIC, system
from beichen.kernel.levels import Level
from beichen.kernel.scene import service as scenes
from beichen.kernel.scene.section import PackageKind
from beichen.plan.service import import_facts
from beichen.plan.tests.facts import plan_facts

BY = system("test")


@pytest.fixture
def city(db: None) -> None:
    load_roles(by=BY)
    scenes.install(CITY, by=BY, kind=PackageKind.CITY)
    import_facts(plan_facts(), "star", by=BY)
    cache.clear()


@pytest.mark.usefixtures("city")
def test_words_lead_to_screens_indicators_and_the_plan_in_both_languages(client: Client) -> None:
    found = {group.key: group.found for group in find("economy", by=BY, language="en", pages=[])}
    assert found["screens"][0].href == "/screens/economy"
    found = {group.key: group.found for group in find("绿道长度", by=BY, language="zh", pages=[])}
    assert found["plan"][0].href.startswith("/plan/indicators/")
    document = client.get("/screen/ask?q=经济&format=json").json()
    assert document["groups"][0]["found"][0] == {"name": "经济运行", "href": "/screens/economy"}
    assert "/screens/economy" in client.get("/screen/ask?q=经济").content.decode()


@pytest.mark.usefixtures("city")
def test_nobody_finds_what_they_may_not_read(client: Client) -> None:
    save_role("public", "公众", ["overview.read"], Level.L1, by=BY)
    keys = {group.key for group in find("绿道长度", by=PUBLIC, language="zh", pages=[])}
    assert keys == set()
    save_role("public", "公众", [], Level.L1, by=BY)
    assert client.get("/screen/ask?q=x").status_code == 403


@pytest.mark.usefixtures("city")
@pytest.mark.parametrize("text", ["", "   ", "\x00", "%", "'; drop table", "a" * 5000, "\ud7ff" * 300])
def test_any_words_are_answered(client: Client, text: str) -> None:
    assert client.get("/screen/ask", {"q": text}).status_code == 200
