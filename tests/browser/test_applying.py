"""Applying in a browser: the real form of the construction permit, with a script and without."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from pytest_django.plugin import DjangoDbBlocker

from beichen.fronts.services.applicant.models import Draft, Submission
from beichen.fronts.services.items.declaring import declare_items
from beichen.kernel.access.models import Account
from beichen.kernel.access.rates import forget_rates
from beichen.kernel.actor import system
from beichen.kernel.org.service import register_person
from tests.browser.conftest import DESK, PHONE, Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
BY = system("test")
ITEM = {
    "name": {"zh": "建筑许可", "en": "Construction permit"},
    "body": "construction-commission",
    "audience": ["person", "firm"],
    "process": "construction-permit",
    "form": "construction-permit",
    "materials": {
        "drawing": {"name": {"zh": "总平面图", "en": "Site plan"}},
        "study": {"name": {"zh": "环评文件", "en": "Environmental study"}, "required": False},
    },
}
APPLY = "/services/apply/browser-permit"


@pytest.fixture(scope="module", autouse=True)
def filled(house: str, django_db_blocker: DjangoDbBlocker) -> None:
    """An item on the city's real process and form, and a citizen."""
    with django_db_blocker.unblock():
        declare_items({"browser-permit": ITEM}, {}, {}, scene="browser", by=BY)
        person = register_person("王小明", by=BY)
        Account.objects.create_user("wang", password="long-enough-secret", person=person)


@pytest.fixture(autouse=True)
def uncounted() -> None:
    """Nobody has sent anything this hour."""
    forget_rates()


def picture() -> Any:
    """A photograph."""
    found = io.BytesIO()
    Image.new("RGB", (300, 200), "teal").save(found, "JPEG")
    return {"name": "总图.jpg", "mimeType": "image/jpeg", "buffer": found.getvalue()}


def fill(page: Page) -> None:
    """The whole form, with one building."""
    values = {
        "builder.name": "示例建设有限公司",
        "builder.credit_code": "91110000600037341L",
        "builder.contact": "王工",
        "builder.telephone": "13800138000",
        "project": "文化馆",
        "site": "东大街1号",
        "area_m2": "1500",
        "height_m": "24",
    }
    for name, value in values.items():
        page.locator(f'[name="{name}"]').fill(value)
    page.locator('[name="use"]').select_option("public")
    page.locator('[name="buildings.0.name"]').fill("主楼")
    page.locator('[name="buildings.0.floors"]').fill("5")


def sign(page: Page) -> None:
    """The last step."""
    page.get_by_label("我声明", exact=False).check()
    page.locator("[name=name]").fill("王小明")
    page.get_by_role("button", name="提交申请").click()
    page.wait_for_url(re.compile(r"/receipt(#.*)?$"))


@pytest.mark.parametrize(("size", "theme"), [(DESK, "light"), (PHONE, "dark")])
def test_every_page_is_sound(visit: Visit, size: tuple[int, int], theme: str) -> None:
    visitor = visit(size, theme)
    visitor.sign_in("wang")
    found: dict[str, Any] = {}

    def look(name: str) -> None:
        visitor.page.wait_for_timeout(200)
        wide = visitor.page.evaluate(
            "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        problems = visitor.violations()
        if problems or wide > 0:
            found[name] = (problems, wide)

    page = visitor.go(APPLY)
    look("begin")
    page.get_by_role("button", name="开始填写").click()
    page.wait_for_url(re.compile(r"/form(#.*)?$"))
    look("form")
    page.get_by_role("button", name="下一步").last.click()
    look("form with mistakes")
    fill(page)
    page.get_by_role("button", name="下一步").last.click()
    page.wait_for_url(re.compile(r"/materials(#.*)?$"))
    look("materials")
    page.locator('input[type="file"]').first.set_input_files(picture())
    page.get_by_role("button", name="下一步").click()
    page.wait_for_url(re.compile(r"/check(#.*)?$"))
    look("check")
    sign(page)
    look("receipt")
    address = page.url.partition("#")[0].rpartition("/")[0].removeprefix(visitor.house)
    for path in (address, "/my/affairs", "/my/drafts", "/services/follow"):
        visitor.go(path)
        look(path)
    if size == DESK:
        visitor.go(address)
        expect(page.locator("bc-process[data-drawn] .is-waiting").first).to_be_visible()
    assert found == {}
    assert visitor.complaints == []


def test_rules_and_mistakes_are_told_as_one_types(visit: Visit) -> None:
    visitor = visit(DESK)
    visitor.sign_in("wang")
    page = visitor.go(APPLY)
    page.get_by_role("button", name="开始填写").click()
    page.wait_for_url(re.compile(r"/form(#.*)?$"))
    hazard = page.locator('[data-part="hazard"]')
    expect(hazard).to_be_hidden()
    page.locator('[name="use"]').select_option("industry")
    expect(hazard).to_be_visible()
    page.locator('[name="use"]').select_option("public")
    expect(hazard).to_be_hidden()
    code = page.locator('[name="builder.credit_code"]')
    code.fill("91110000600037341M")
    code.blur()
    expect(page.locator('[data-part="builder.credit_code"] .field-error')).to_have_count(1)
    assert code.get_attribute("aria-invalid") == "true"
    code.fill("91110000600037341L")
    expect(page.locator('[data-part="builder.credit_code"] .field-error')).to_have_count(0)
    expect(page.locator("[data-state]")).to_have_text("已保存草稿。")
    draft = Draft.objects.latest("id")
    assert draft.given["builder.credit_code"] == ["91110000600037341L"]
    page.get_by_role("button", name="下一步").last.click()
    assert page.url.endswith("/form"), "the browser tells what is missing before anything is sent"
    assert page.evaluate("() => document.activeElement.closest('[data-part]') !== null")


def test_it_works_without_a_script_and_is_sent_once(visit: Visit) -> None:
    visitor = visit(PHONE, java_script_enabled=False)
    page = visitor.go("/account/login/")
    page.locator("input[name=login]").fill("wang")
    page.locator("input[name=password]").fill("long-enough-secret")
    page.locator("input[name=password]").press("Enter")
    page = visitor.go(APPLY)
    page.get_by_role("button", name="开始填写").click()
    page.locator('[name="use"]').select_option("industry")
    page.get_by_role("button", name="下一步").last.click()
    expect(page.locator('[data-part="hazard"]')).to_be_visible()
    fill(page)
    page.get_by_role("button", name="下一步").last.click()
    page.locator('input[type="file"]').first.set_input_files(picture())
    page.get_by_role("button", name="下一步").click()
    before = Submission.objects.count()
    sign(page)
    receipt = page.url.partition("#")[0]
    page.go_back()
    page.wait_for_url(re.compile(re.escape(receipt)))
    expect(page.get_by_role("button", name="提交申请")).to_have_count(0)
    assert Submission.objects.count() == before + 1
