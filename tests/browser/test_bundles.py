"""Starting a firm in a browser: one form for five bodies, papers once, one sending, one page to follow."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from pytest_django.plugin import DjangoDbBlocker

from beichen.fronts.services.items.models import BundleRun
from beichen.kernel.access.models import Account
from beichen.kernel.access.rates import forget_rates
from beichen.kernel.access.service import record_identity
from beichen.kernel.actor import system
from beichen.kernel.org.service import register_person
from tests.browser.conftest import DESK, PHONE, Visit, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
BY = system("test")
APPLY = "/services/apply/open-a-firm"
CHOICES = {"kind": "limited", "taxpayer": "small"}
VALUES = {
    "firm_name": "星河科技有限公司",
    "seat": "东大街 1 号",
    "scope_text": "软件开发",
    "capital_wan": "100",
    "seals": "3",
    "representative.name": "李开业",
    "representative.id_number": "11010519491231002X",
    "representative.telephone": "13800138000",
}


@pytest.fixture(scope="module", autouse=True)
def filled(house: str, django_db_blocker: DjangoDbBlocker) -> None:
    """Somebody whose identity a window has checked."""
    with django_db_blocker.unblock():
        person = register_person("李开业", by=BY)
        record_identity(person, "window", "居民身份证", by=BY)
        Account.objects.create_user("li-kaiye", password="long-enough-secret", person=person)


@pytest.fixture(autouse=True)
def uncounted() -> None:
    """Nobody has sent anything this hour."""
    forget_rates()


def picture(name: str) -> Any:
    """A photograph."""
    found = io.BytesIO()
    Image.new("RGB", (300, 200), "teal").save(found, "JPEG")
    return {"name": f"{name}.jpg", "mimeType": "image/jpeg", "buffer": found.getvalue()}


def begin(page: Page) -> None:
    """The guided check."""
    for name, value in (("has_name", "true"), ("has_seat", "true"), ("is_barred", "false")):
        page.locator(f'[name="{name}"]').select_option(value)
    page.get_by_role("button", name="开始填写").click()
    page.wait_for_url(re.compile(r"/form(#.*)?$"))


def fill(page: Page, staff: str) -> None:
    """The one form of five bodies."""
    for name, value in VALUES.items():
        page.locator(f'[name="{name}"]').fill(value)
    for name, value in CHOICES.items():
        page.locator(f'[name="{name}"]').select_option(value)
    page.locator('[name="staff"]').fill(staff)
    first = page.locator('[name="investors.0.name"]')
    if not first.is_visible():  # without a script it is shown when the page comes back
        page.get_by_role("button", name="下一步").last.click()
    first.fill("李开业")
    page.locator('[name="investors.0.kind"]').select_option("person")
    page.locator('[name="investors.0.amount_wan"]').fill("100")


def bring(page: Page) -> None:
    """Every paper, once."""
    for key in ("identity", "articles", "seat-proof"):
        page.locator(f'[name="upload:material.{key}"]').set_input_files(picture(key))
    page.get_by_role("button", name="下一步").click()
    page.wait_for_url(re.compile(r"/check(#.*)?$"))


def sign(page: Page) -> None:
    """The last step."""
    page.get_by_label("我声明", exact=False).check()
    page.locator("[name=name]").fill("李开业")
    page.get_by_role("button", name="提交申请").click()
    page.wait_for_url(re.compile(r"/receipt(#.*)?$"))


def sound(visitor: Visitor) -> list[str]:
    """What is wrong with the page."""
    script = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    wide = visitor.page.evaluate(script)
    return [*visitor.violations(), *([f"wider by {wide}"] if wide > 0 else [])]


@pytest.mark.parametrize(("size", "theme"), [(DESK, "light"), (PHONE, "dark")])
def test_a_firm_is_started_with_one_application(visit: Visit, size: tuple[int, int], theme: str) -> None:
    visitor = visit(size, theme)
    visitor.sign_in("li-kaiye")
    page = visitor.go("/services/items/firm-registration")
    page.get_by_role("link", name="开办企业一件事").click()
    assert sound(visitor) == []
    page.get_by_role("link", name="网上办理").click()
    page.wait_for_url(re.compile(APPLY))
    assert sound(visitor) == []
    begin(page)
    expect(page.locator('[name="firm_name"]')).to_have_count(1)
    fill(page, "0")
    assert sound(visitor) == []
    page.get_by_role("button", name="下一步").last.click()
    page.wait_for_url(re.compile(r"/materials(#.*)?$"))
    expect(page.locator('[name="upload:material.business-licence"]')).to_have_count(0)
    assert sound(visitor) == []
    bring(page)
    assert sound(visitor) == []
    sign(page)
    assert sound(visitor) == []
    run = BundleRun.objects.latest("id")
    visitor.go(f"/services/bundles/runs/{run.code}")
    expect(page.get_by_text("不需要办")).to_have_count(2)
    expect(page.get_by_role("link", name="企业设立登记")).to_be_visible()
    assert sound(visitor) == []
    visitor.go("/my/affairs")
    expect(page.get_by_role("link", name=run.code)).to_be_visible()
    assert sound(visitor) == []
    assert visitor.complaints == []


def test_it_works_without_a_script_and_is_sent_once(visit: Visit) -> None:
    visitor = visit(PHONE, java_script_enabled=False)
    page = visitor.go("/account/login/")
    page.locator("input[name=login]").fill("li-kaiye")
    page.locator("input[name=password]").fill("long-enough-secret")
    page.locator("input[name=password]").press("Enter")
    visitor.go(APPLY)
    begin(page)
    page.get_by_role("button", name="下一步").last.click()
    expect(page.locator('[data-part="firm_name"] .field-error')).to_have_count(1)
    fill(page, "12")
    page.get_by_role("button", name="下一步").last.click()
    bring(page)
    before = BundleRun.objects.count()
    sign(page)
    receipt = page.url.partition("#")[0]
    page.go_back()
    page.wait_for_url(re.compile(re.escape(receipt)))
    assert BundleRun.objects.count() == before + 1
    states = {one.item.key: one.state for one in BundleRun.objects.latest("id").parts.all()}
    assert states["insurance-registration"] == "waiting"
