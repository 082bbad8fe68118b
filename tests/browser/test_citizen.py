"""The citizen's door in a browser: report on a phone, without a script, without a network; follow."""

from __future__ import annotations

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import Route, expect
from pytest_django.plugin import DjangoDbBlocker

from beichen.hubs.events import service as events
from beichen.hubs.events.models import Report
from beichen.kernel.access.rates import forget_rates
from beichen.kernel.actor import system
from tests.browser.conftest import DESK, PHONE, Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
BY = system("test")
KIND = "parks.tree"
FORM = f"/report?kind={KIND}"


@pytest.fixture(scope="module", autouse=True)
def filled(house: str, django_db_blocker: DjangoDbBlocker) -> None:
    """A kind that citizens may report, with a question."""
    with django_db_blocker.unblock():
        ask = {"blocks": {"name": {"zh": "是否挡路", "en": "Blocks the way"}, "required": True}}
        name = {"zh": "树木倒伏", "en": "Fallen tree"}
        events.declare_kinds({KIND: {"name": name, "public": True, "ask": ask}}, scene="parks", by=BY)


@pytest.fixture(autouse=True)
def uncounted() -> None:
    """Nobody has sent anything this hour."""
    forget_rates()


@pytest.mark.parametrize(("size", "theme"), [(DESK, "light"), (PHONE, "dark")])
def test_every_page_is_sound(visit: Visit, size: tuple[int, int], theme: str) -> None:
    visitor = visit(size, theme)
    page = visitor.go(FORM)
    page.get_by_label("发生了什么？").fill("公园门口大树倒了")
    page.get_by_label("是否挡路").fill("是")
    page.get_by_label("区县").select_option(index=1)
    page.get_by_label("您的姓名").fill("王女士")
    page.get_by_role("button", name="提交").click()
    page.wait_for_url(re.compile("/report/sent"))
    found = {}
    paths = ["/report", FORM, "/follow", f"/follow/{Report.objects.latest('id').code}"]
    for path in ["/report/sent", *paths]:
        visitor.go(path)
        visitor.settle()
        wide = page.evaluate(
            "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        problems = visitor.violations()
        if problems or wide > 0:
            found[path] = (problems, wide)
    assert found == {}
    assert visitor.complaints == []


def test_it_works_without_a_script(visit: Visit) -> None:
    visitor = visit(PHONE, java_script_enabled=False)
    page = visitor.go(FORM)
    picture = io.BytesIO()
    Image.new("RGB", (20, 20)).save(picture, "JPEG")
    photo = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": picture.getvalue()}
    page.get_by_label("照片").set_input_files(photo)  # type: ignore[arg-type]
    page.get_by_label("区县").select_option(index=1)
    page.get_by_label("发生了什么？").fill("公园门口大树倒了")
    page.get_by_label("是否挡路").fill("否")
    page.get_by_role("textbox", name="电话").fill("打给我")
    page.get_by_role("button", name="提交").click()
    expect(page.locator(".field-error")).to_have_count(1)
    page.get_by_role("textbox", name="电话").fill("13900000000")
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("heading", name="我们已收到")).to_be_visible()


def test_a_report_without_a_network_is_kept_and_sent_once(visit: Visit) -> None:
    visitor = visit(PHONE)
    page = visitor.go(FORM)
    before = Report.objects.count()
    page.get_by_label("发生了什么？").fill("断网时反映的问题")
    page.get_by_label("是否挡路").fill("是")
    page.get_by_label("区县").select_option(index=1)
    refused: list[str] = []

    def away(route: Route) -> None:
        """The house answers 503, as it does without its database."""
        refused.append(route.request.url)
        route.fulfill(status=503, headers={"Retry-After": "30"}, body="{}")

    page.route(re.compile(r"/report\?"), away)
    page.get_by_role("button", name="提交").click()
    expect(page.locator("[data-state]")).to_contain_text("内容已保存在本机")
    assert refused
    assert Report.objects.count() == before
    page.unroute(re.compile(r"/report\?"))
    page.get_by_role("button", name="现在发送").click()
    page.wait_for_url(re.compile("/report/sent"))
    assert Report.objects.filter(text="断网时反映的问题").count() == 1
    visitor.go(FORM).wait_for_timeout(800)  # nothing is left on the device to be sent again
    assert Report.objects.filter(text="断网时反映的问题").count() == 1
