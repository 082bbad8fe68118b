"""Asking the screen: what words lead to, for whom, and that no table is read through."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from beichen.fronts.overview.models import Spelling
from beichen.fronts.overview.screens.finding import all_names, find
from beichen.fronts.overview.screens.spelling import spell
from beichen.fronts.overview.tests.test_screen import CITY
from beichen.fronts.overview.tests.test_things import VIEWS, scene
from beichen.hubs.events import service as events
from beichen.hubs.events.pages import Channel
from beichen.kernel.access.service import load_roles, save_role
from beichen.kernel.actor import PUBLIC, system
from beichen.kernel.levels import Level
from beichen.kernel.scene import service as scenes
from beichen.kernel.scene.section import PackageKind
from beichen.plan.service import import_facts
from beichen.plan.tests.facts import plan_facts
from beichen.platforms.geo.addresses.names import read_objects
from beichen.registry.models import Object
from beichen.registry.tests.clients import Program

BY = system("test")


@pytest.fixture
def city(db: None) -> None:
    load_roles(by=BY)
    scenes.install(CITY, by=BY, kind=PackageKind.CITY)
    import_facts(plan_facts(), "star", by=BY)
    cache.clear()


def hrefs(text: str, group: str, language: str = "zh") -> list[str]:
    """Where the words lead, in one group, for the house."""
    found = {one.key: one.found for one in find(text, by=BY, language=language, pages=[])}
    return [one.href for one in found.get(group, [])]


@pytest.mark.usefixtures("city")
def test_words_lead_to_screens_indicators_and_the_plan_in_both_languages(client: Client) -> None:
    assert hrefs("economy", "screens", "en")[0] == "/screens/economy"
    assert hrefs("绿道长度", "plan")[0].startswith("/plan/indicators/")
    document = client.get("/screen/ask?q=经济&format=json").json()
    assert document["groups"][0]["found"][0] == {"name": "经济运行", "href": "/screens/economy"}
    assert "/screens/economy" in client.get("/screen/ask?q=经济").content.decode()


@pytest.mark.usefixtures("city")
def test_names_are_found_by_pinyin_and_by_initials() -> None:
    assert hrefs("jingji", "screens") == []
    assert spell(all_names()) > 10
    cache.clear()
    for typed in ("jingjiyunxing", "jingji", "jjyx", "jing ji"):
        assert hrefs(typed, "screens") == ["/screens/economy"], typed
    assert spell(all_names()) == 0, "the same again writes nothing"
    spell(["长春"])
    assert Spelling.objects.get().keys == "changchun cc", "read as a word is, and what is gone is forgotten"


@pytest.mark.usefixtures("city")
def test_what_is_done_on_a_page_leads_there(client: Client) -> None:
    def first(text: str, language: str = "zh-hans") -> str:
        client.cookies["beichen_language"] = language
        groups = client.get("/screen/ask", {"q": text, "format": "json"}).json()["groups"]
        return next((one["found"][0]["href"] for one in groups if one["group"] == "pages"), "")

    assert first("提交诉求") == "/report"
    assert first("打开总览") == "/screen"
    assert first("open overview") == "/screen"
    assert first("新建工单") == "", "who may take no reports is led to no such page"
    save_role("public", "公众", ["overview.read", "events.report.take"], Level.L1, by=BY)
    assert first("新建工单") == "/console/new"
    assert first("new case", "en") == "/console/new"


@pytest.mark.usefixtures("city")
def test_cases_are_found_by_their_words_and_objects_by_name(tmp_path: Path) -> None:
    scenes.install(scene(tmp_path, VIEWS), by=BY)
    program = Program()
    place = {"type": "Point", "coordinates": [100.6, 30.4]}
    program.create("urn:ngsi-ld:well:1", "well", name="人民大街雨水井", location=place)
    program.create("urn:ngsi-ld:well:2", "well", name="人民大街暗井", location=place)
    rows = {row.name: row for row in Object.objects.filter(type__key="well")}
    read_objects(by=BY)
    Object.objects.filter(name="人民大街暗井").update(level=2)
    case = events.receive(events.ReportDraft(channel=Channel.HOTLINE, text="人民大街路灯不亮"), by=BY).case
    assert hrefs("路灯", "cases") == [f"/console/cases/{case.code}"]
    assert hrefs("路灯 人民", "cases") == [f"/console/cases/{case.code}"]
    assert hrefs(case.code.lower(), "cases") == [f"/console/cases/{case.code}"]
    first, hidden = (f"/screen/objects/{rows[name].code}" for name in ("人民大街雨水井", "人民大街暗井"))
    for typed in ("人民大街", "renmindajie", "rmdj", "雨水井"):
        assert first in hrefs(typed, "objects"), typed
    groups = {one.key: one.found for one in find("人民大街", by=PUBLIC, language="zh", pages=[])}
    assert "cases" not in groups
    assert first in [one.href for one in groups["objects"]]
    assert hidden not in [one.href for one in groups["objects"]], "above the public"
    with CaptureQueriesContext(
        connection,
    ) as asked:
        find("人民大街", by=BY, language="zh", pages=[])
    assert len(asked) <= 30, "however many there are"
    find("没有这样的词", by=BY, language="zh", pages=[])
    with CaptureQueriesContext(connection) as asked:
        assert find("没有这样的词", by=BY, language="zh", pages=[]) == []
    assert len(asked) <= 12, "what is found nowhere is looked for no further"


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
