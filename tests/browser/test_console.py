"""The console in a browser: sound at every size, by keyboard, without a script, on paper."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from beichen.hubs.events import service as events
from beichen.hubs.events.models import Case
from beichen.hubs.events.pages import Channel
from beichen.kernel.access.models import Account
from beichen.kernel.actor import system
from beichen.kernel.org.models import Body
from beichen.kernel.org.service import appoint, city_region, register_person
from tests.browser.conftest import DESK, PHONE, Visit, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
BY = system("test")
PATHS = ("/console", "/console/board", "/console/wall", "/console/map", "/desk")
KIND: dict[str, Any] = {
    "name": {"zh": "道路破损", "en": "Damaged road"},
    "public": True,
    "route": [{"to": "transport-bureau"}],
    "deadlines": {"accept": "2h", "handle": "3d"},
    "steps": [{"key": "fenced", "name": {"zh": "设置围挡", "en": "Fenced off"}}],
}
TEXTS = (
    "人民大街路面塌陷，车辆无法通行",
    "重庆路人行道地砖破损",
    "桂林路井盖松动，夜间有异响",
    "自由大路路面积水",
)
PICTURES = os.environ.get("CONSOLE_PICTURES", "")


@pytest.fixture(scope="module", autouse=True)
def filled(house: str, django_db_blocker: DjangoDbBlocker) -> None:
    """A dozen cases at different points of their way, an attendant and an officer."""
    with django_db_blocker.unblock():
        events.declare_kinds({"works.road": KIND}, scene="works", by=BY)
        city, now = city_region(), timezone.now()
        assert city is not None
        for name, role, key in (
            ("console-zhao", "attendant", "city-government"),
            ("console-qian", "officer", "transport-bureau"),
        ):
            person = register_person(name, by=BY)
            appoint(person, role, Body.objects.get(key=key), city, by=BY)
            Account.objects.create_user(name, password="long-enough-secret", person=person)
        for number in range(12):
            facts = events.ReporterFacts(name="王先生", phone="13900000000")
            draft = events.ReportDraft(
                Channel.HOTLINE,
                f"{TEXTS[number % 4]}（{number + 1}）",
                kind="works.road",
                longitude=125.30 + number * 0.01,
                latitude=43.88 + (number % 3) * 0.01,
                reporter=facts,
            )
            case = events.receive(draft, by=BY, now=now - timedelta(hours=number)).case
            if number % 3:
                events.act(case.code, events.command_of("accept", {}), by=BY, now=now)


def picture(visitor: Visitor, name: str) -> None:
    """Keep a picture where CONSOLE_PICTURES says, for people to look at."""
    if PICTURES:
        visitor.page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


def first_to_accept() -> str:
    return str(Case.objects.filter(stage="accept").order_by("due_at").values_list("code", flat=True)[0])


@pytest.mark.parametrize(("size", "theme"), [(DESK, "light"), (PHONE, "dark")])
def test_every_page_is_sound(visit: Visit, size: tuple[int, int], theme: str) -> None:
    visitor = visit(size, theme)
    visitor.sign_in("console-zhao")
    found: dict[str, object] = {}
    for path in (*PATHS, f"/console/cases/{first_to_accept()}"):
        visitor.go(path)
        page = visitor.settle()
        for summary in page.locator("main details > summary").all():
            if not summary.evaluate("one => one.parentElement.open"):
                summary.click()
        wide = page.evaluate(
            "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        problems = visitor.violations()
        if problems or wide > 0:
            found[path] = (problems, wide)
        picture(visitor, f"{path.strip('/').replace('/', '-')[:20]}-{size[0]}-{theme}")
    assert found == {}
    assert visitor.complaints == []


def test_the_queue_is_worked_by_keyboard(visit: Visit) -> None:
    visitor = visit(DESK)
    visitor.sign_in("console-zhao")
    page = visitor.go("/console")
    page.keyboard.press("?")
    assert page.get_by_role("dialog", name="快捷键").is_visible()
    assert visitor.violations() == []
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("j")
    row = page.locator("tr.is-current th a")
    assert row.evaluate("one => one === document.activeElement")
    page.keyboard.press("x")
    assert page.locator("#table-cases input:checked").count() == 1
    page.keyboard.press("/")
    page.keyboard.type("井盖")
    page.wait_for_url("**q=**")
    page.locator("#table-cases tbody tr").nth(3).wait_for(state="detached")
    page = visitor.go("/console")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/console/cases/**")
    first = page.url
    page.keyboard.press("j")
    page.wait_for_url(lambda address: address != first)
    page.keyboard.press("k")
    page.wait_for_url(first)
    assert visitor.complaints == []


def test_a_case_is_refused_accepted_and_looked_into(visit: Visit) -> None:
    visitor = visit(DESK)
    visitor.sign_in("console-zhao")
    code = first_to_accept()
    page = visitor.go(f"/console/cases/{code}")
    page.locator("[data-command=refuse] summary").click()
    page.locator("#refuse-reason").fill("  ")
    page.locator("[data-command=refuse] button").click()
    page.locator("#refuse-reason_error").wait_for()
    assert visitor.violations() == []
    page.get_by_text("诉求人", exact=True).click()
    page.get_by_label("用途").fill("回访核实")
    page.get_by_role("button", name="显示", exact=True).click()
    page.get_by_text("王先生").wait_for()
    assert visitor.violations() == []
    page = visitor.go(f"/console/cases/{code}")
    page.keyboard.press("a")
    page.keyboard.press("Tab")
    page.locator("[data-command=accept] button").press("Enter")
    page.get_by_text("已完成：受理").wait_for()
    assert Case.objects.get(code=code).stage == "handle"
    picture(visitor, "case-handled")
    page.emulate_media(media="print")
    assert not page.locator(".offer").first.is_visible()
    assert page.locator(".trail li").count() == 3
    picture(visitor, "case-print")


def test_many_are_dispatched_at_once_and_a_view_is_kept(visit: Visit) -> None:
    visitor = visit(DESK)
    visitor.sign_in("console-zhao")
    page = visitor.go("/console?stage=accept")
    boxes = page.locator("#table-cases input[name=case]")
    boxes.nth(0).check()
    boxes.nth(1).check()
    page.get_by_text("批量办理所选案件").click()
    assert visitor.violations() == []
    page.locator("#bulk-form").get_by_role("button", name="受理", exact=True).click()
    page.get_by_role("heading", name="办理结果").wait_for()
    assert page.locator(".badge.is-ahead").count() == 2
    assert visitor.violations() == []
    picture(visitor, "bulk")
    page = visitor.go("/console?time=soon")
    page.get_by_text("保存当前视图").click()
    page.get_by_label("名称").fill("快到期的")
    page.get_by_role("button", name="保存").click()
    page.wait_for_url("**time=soon**")
    assert page.locator(".view-list [aria-current]").inner_text() == "快到期的"
    page.get_by_role("button", name="删除视图“快到期的”").click()
    page.locator(".view-list").wait_for(state="detached")
    assert visitor.complaints == []


def test_the_map_gathers_clusters(visit: Visit) -> None:
    visitor = visit(DESK)
    visitor.sign_in("console-zhao")
    with visitor.page.expect_response("**/console/map.json**", timeout=60_000) as answer:
        page = visitor.go("/console/map")
    assert answer.value.json()["features"]
    page.locator("bc-map.is-live").wait_for(timeout=60_000)
    page.get_by_role("button", name="热力").click()
    assert page.get_by_role("button", name="热力").get_attribute("aria-pressed") == "true"
    page.wait_for_timeout(500)
    picture(visitor, "map-heat")
    page.get_by_role("button", name="聚合").click()
    page.wait_for_timeout(1500)
    picture(visitor, "map-live")
    page.locator(".console-map table a").first.click()
    page.wait_for_url("**cell=**")
    assert page.locator("#table-cases tbody tr").count() >= 1
    assert visitor.complaints == []


FAKE_STREAM = """
window.EventSource = class {
  constructor(address) {
    this.address = address;
    window.stream = this;
    setTimeout(() => this.onopen?.());
  }
  close() {}
};
"""


def test_what_happens_arrives_and_the_queue_follows(visit: Visit) -> None:
    visitor = visit(DESK)
    visitor.page.add_init_script(FAKE_STREAM)
    visitor.sign_in("console-zhao")
    page = visitor.go("/console")
    page.get_by_text("实时", exact=True).wait_for()
    assert "type=events.case.%3E" in page.evaluate("() => window.stream.address")
    say = "event => window.stream.onmessage({data: JSON.stringify(event)})"
    page.locator("#table-cases input[name=case]").first.check()
    page.evaluate(say, {"type": "events.case.opened", "subject": "X-1"})
    page.evaluate(say, {"type": "events.case.opened", "subject": "X-2"})
    page.get_by_role("button", name="2 件新案").wait_for()
    page.wait_for_timeout(2500)
    assert page.locator("#table-cases input:checked").count() == 1  # nothing is taken from under the hand
    with page.expect_response(lambda answer: answer.url.endswith("/console")) as answer:
        page.get_by_role("button", name="2 件新案").click()
    assert answer.value.request.headers["hx-target"] == "table-cases"
    page.get_by_role("button", name="2 件新案").wait_for(state="hidden")
    with page.expect_response(lambda answer: answer.url.endswith("/console")):
        page.evaluate(say, {"type": "events.case.closed", "subject": "X-1"})
    page.get_by_label("提示音").check()
    page = visitor.go("/console")
    assert page.get_by_label("提示音").is_checked()
    assert visitor.complaints == []


def test_a_department_works_on_a_phone_without_a_script(visit: Visit) -> None:
    visitor = visit(PHONE, java_script_enabled=False)
    visitor.sign_in("console-qian")
    page = visitor.go("/desk")
    page.locator(".desk-list a").first.click()
    page.locator("[data-command=add-cost] summary").click()
    page.get_by_label("金额（元）").fill("88.5")
    page.get_by_label("用途说明").fill("围挡")
    page.locator("[data-command=add-cost] button").click()
    page.get_by_text("支出 88.50 元：围挡").wait_for()
    page = visitor.go("/console?time=soon")
    page.get_by_role("button", name="应用").first.wait_for()
