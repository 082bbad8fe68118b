"""Without a network: the report and the patrol page open, keep what is entered, and send it later."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.plugin import DjangoDbBlocker

from beichen.hubs.events import service as events
from beichen.hubs.events.models import Report
from beichen.kernel.access.models import Account
from beichen.kernel.access.rates import forget_rates
from beichen.kernel.actor import system
from beichen.kernel.org.models import Body
from beichen.kernel.org.service import appoint, city_region, register_person
from tests.browser.conftest import PATIENCE, PHONE, Visit, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
BY = system("test")
KIND = "parks.lamp"
FORM = f"/report?kind={KIND}"
READY = "navigator.serviceWorker.ready.then(() => new Promise((done) => setTimeout(done, 300)))"
NO_NETWORK = ("ERR_INTERNET_DISCONNECTED", "map", "preload assets")  # the last is what axe says
KEPT = "caches.match(%r)"
SHOWN = """async () => {
  const worker = await navigator.serviceWorker.ready;
  return (await worker.getNotifications()).map((one) => [one.title, one.body, one.data.href]);
}"""


@pytest.fixture(scope="module", autouse=True)
def filled(house: str, django_db_blocker: DjangoDbBlocker) -> None:
    """A kind, and a grid worker."""
    with django_db_blocker.unblock():
        name = {"zh": "路灯不亮", "en": "Lamp out"}
        events.declare_kinds({KIND: {"name": name, "public": True}}, scene="lamps", by=BY)
        city = city_region()
        assert city is not None
        person = register_person("grid-sun", by=BY)
        appoint(person, "grid-worker", Body.objects.get(key="transport-bureau"), city, by=BY)
        Account.objects.create_user("grid-sun", password="long-enough-secret", person=person)


@pytest.fixture(autouse=True)
def uncounted() -> None:
    """Nobody has sent anything this hour."""
    forget_rates()


def wait_kept(visitor: Visitor, address: str) -> None:
    """Until the worker keeps the page at this address."""
    visitor.page.evaluate(READY)
    visitor.until(KEPT % address)


def go_offline(visitor: Visitor) -> BrowserContext:
    """No network, and what a browser says of that is expected."""
    visitor.page.context.set_offline(True)
    return visitor.page.context


def errors(visitor: Visitor) -> list[str]:
    """What the page complained about, but for the network that is not there."""
    return [one for one in visitor.complaints if all(word not in one for word in NO_NETWORK)]


def fill(page: Page, text: str) -> None:
    page.get_by_label("发生了什么？").fill(text)
    page.get_by_label("区县").select_option(index=1)


def test_a_report_written_without_a_network_comes_in_once(visit: Visit) -> None:
    visitor = visit(PHONE)
    page = visitor.go("/report")
    wait_kept(visitor, "/report?kind=other")
    context = go_offline(visitor)
    before = Report.objects.count()
    visitor.go(FORM)  # of a kind that was never opened: one's own words instead
    assert page.url.endswith("/report?kind=other")
    expect(page.locator("[data-connection]")).to_contain_text("没有网络连接")
    assert page.locator("bc-report[fresh]").count() == 1
    assert page.evaluate("getComputedStyle(document.querySelector('.shell-head')).display") == "flex"
    for number in range(2):
        fill(page, f"断网写下的第{number + 1}件事")
        page.get_by_role("button", name="提交").click()
        expect(page.locator("[data-state]")).to_contain_text("已保存在本机")
    expect(page.locator("[data-kept-reports] li")).to_have_count(2)
    assert visitor.violations() == []
    visitor.go("/plan")  # a page that is not kept
    expect(page.get_by_role("heading", name="没有网络连接")).to_be_visible()
    assert Report.objects.count() == before
    context.set_offline(False)
    visitor.go("/follow")  # any page sends what waits
    expect(page.locator("[data-connection]")).to_contain_text("本机保存的内容已提交： 2")
    assert Report.objects.count() == before + 2
    visitor.go("/follow")
    for text in ("断网写下的第1件事", "断网写下的第2件事"):
        code = Report.objects.get(text=text).code
        expect(page.get_by_role("link", name=code)).to_be_visible()
    assert errors(visitor) == []


def test_a_form_that_was_seen_opens_and_what_is_refused_is_not_lost(visit: Visit) -> None:
    visitor = visit(PHONE)
    page = visitor.go(FORM)
    page.evaluate(READY)
    visitor.go(FORM)
    wait_kept(visitor, FORM)
    context = go_offline(visitor)
    visitor.go(FORM)
    expect(page.get_by_role("heading", name="路灯不亮")).to_be_visible()
    fill(page, "路灯不亮")
    page.get_by_role("textbox", name="电话").fill("打给我")
    page.get_by_role("button", name="提交").click()
    expect(page.locator("[data-kept-reports] li")).to_contain_text("路灯不亮")
    context.set_offline(False)
    visitor.go(FORM)
    expect(page.locator("[data-kept-reports] li")).to_contain_text("未被接收")
    page.get_by_role("button", name="打开").click()
    expect(page.get_by_label("发生了什么？")).to_have_value("路灯不亮")
    page.get_by_role("textbox", name="电话").fill("13900000000")
    page.get_by_role("button", name="提交").click()
    page.wait_for_url(re.compile("/report/sent"))
    visitor.go(FORM)
    expect(page.locator("[data-kept-reports] li")).to_have_count(0)
    assert Report.objects.filter(text="路灯不亮").count() == 1


def test_a_patrol_without_a_network_keeps_its_reports_until_somebody_signs_in(visit: Visit) -> None:
    visitor = visit(PHONE)
    visitor.sign_in("grid-sun")
    page = visitor.go("/console/new")
    page.evaluate(READY)
    visitor.go("/console/new")
    wait_kept(visitor, "/console/new")
    context = go_offline(visitor)
    visitor.go("/console/new")
    assert "grid-sun" not in page.content()  # kept for nobody in particular
    page.get_by_label("来源").select_option("patrol")
    page.get_by_label("诉求内容").fill("巡查发现井盖缺失")
    page.get_by_role("combobox", name="区县").select_option(index=1)
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.locator("[data-state]")).to_contain_text("已保存在本机")
    session = [one for one in context.cookies() if one["name"] == "beichen_session"]
    context.clear_cookies(name="beichen_session")
    context.set_offline(False)
    visitor.go("/report")
    expect(page.locator("[data-connection]")).to_contain_text("登录后即可提交")
    kept: Any = session
    context.add_cookies(kept)
    visitor.go("/report")
    expect(page.locator("[data-connection]")).to_contain_text("已提交： 1")
    assert Report.objects.get(text="巡查发现井盖缺失").channel == "patrol"


def test_a_pushed_message_is_shown_and_leads_to_its_page(visit: Visit) -> None:
    """The browser's own push service is not here: its debugger delivers the message."""
    visitor = visit(PHONE)
    context = visitor.page.context
    context.grant_permissions(["notifications"])
    page = visitor.go("/follow")
    page.evaluate(READY)
    debugger = context.new_cdp_session(page)
    found: list[Any] = []
    debugger.on("ServiceWorker.workerRegistrationUpdated", lambda one: found.extend(one["registrations"]))
    debugger.send("ServiceWorker.enable")
    waited = 0
    while not found and waited < PATIENCE:
        page.wait_for_timeout(50)
        waited += 50
    said = '{"title": "已受理", "body": "由城管局办理", "href": "/follow", "language": "zh", "token": "x"}'
    where = {"origin": visitor.house, "registrationId": found[0]["registrationId"], "data": said}
    debugger.send("ServiceWorker.deliverPushMessage", where)
    visitor.until(
        "navigator.serviceWorker.ready.then((one) => one.getNotifications()).then((all) => all.length)"
    )
    assert page.evaluate(SHOWN) == [["已受理", "由城管局办理", "/follow"]]
