"""The citizens' door in a browser: phone first, in large type, by keyboard, without script or network."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect
from pytest_django.plugin import DjangoDbBlocker

from beichen.fronts.citizen.service import NewsFacts, publish_news, save_news
from beichen.kernel.access.models import Account, ContactCode
from beichen.kernel.access.rates import forget_rates
from beichen.kernel.access.service import Subject, create_account, record_identity, record_representation
from beichen.kernel.actor import system
from beichen.kernel.org.models import Body
from beichen.kernel.org.service import appoint, city_region, register_person
from beichen.platforms.comms.models import Message
from tests.browser.conftest import DESK, PHONE, Visit, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
BY = system("test")
PASSWORD = "long-enough-secret"
FIRM = Subject("91220101MA0000001X", "示例科技有限公司", "firm")
OPEN = ("/", "/search?q=长春", "/search?q=没有这样的东西", "/nearby", "/news", "/overview")
OWN = (
    "/my",
    "/my/cases",
    "/my/certificates",
    "/my/messages",
    "/my/data",
    "/my/data/close",
    "/my/representation",
    "/account/acting-for",
)
DESKS = ("/news/desk", "/news/desk/new", "/account/window")
SIZES = [(DESK, "light", False), (PHONE, "dark", False), (PHONE, "light", True), (DESK, "dark", True)]


@pytest.fixture(scope="module", autouse=True)
def filled(house: str, django_db_blocker: DjangoDbBlocker) -> None:
    """A citizen who heads a firm, an administrator, and news."""
    with django_db_blocker.unblock():
        person = register_person("安然", by=BY)
        create_account("anran", PASSWORD, person, by=BY)
        record_representation(person, FIRM, "legal", by=BY, evidence="营业执照")
        record_identity(person, "window", "居民身份证", by=BY)
        admin = register_person("陈", by=BY)
        create_account("chen", PASSWORD, admin, by=BY)
        city, body = city_region(), Body.objects.order_by("path").first()
        assert city is not None
        assert body is not None
        appoint(admin, "administrator", body, city, by=BY)
        for number in range(3):
            day = timezone.localdate() - timedelta(days=number)
            row = save_news(NewsFacts(f"停水通知 {number}", "周六停水。\n\n请储水。", body.key, day), by=BY)
            publish_news(row.pk, by=BY)


@pytest.fixture(autouse=True)
def uncounted() -> None:
    """Nobody has asked anything this hour."""
    forget_rates()


def easy(visitor: Visitor) -> None:
    """The large type."""
    visitor.go("/").get_by_role("button", name="大字版").click()
    expect(visitor.page.locator("html")).to_have_attribute("data-reading", "easy")


def sound(visitor: Visitor, paths: tuple[str, ...]) -> dict[str, object]:
    """What is wrong with these pages."""
    found: dict[str, object] = {}
    for path in paths:
        visitor.go(path)
        page = visitor.settle()
        wide = page.evaluate(
            "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        problems = visitor.violations()
        if problems or wide > 0:
            found[path] = (problems, wide)
    return found


@pytest.mark.parametrize(("size", "theme", "is_easy"), SIZES)
def test_every_page_is_sound(visit: Visit, size: tuple[int, int], theme: str, is_easy: bool) -> None:
    visitor = visit(size, theme)
    if is_easy:
        easy(visitor)
    assert sound(visitor, (*OPEN, "/account/register", "/account/recover", "/account/login/")) == {}
    visitor.sign_in("anran")
    assert sound(visitor, OWN) == {}
    assert visitor.complaints == []


@pytest.mark.parametrize("size", [DESK, PHONE])
def test_pages_of_officers_are_sound(visit: Visit, size: tuple[int, int]) -> None:
    visitor = visit(size)
    visitor.sign_in("chen")
    person = Account.objects.get(username="anran").person
    assert person is not None
    assert sound(visitor, (*DESKS, f"/account/window/{person.code}")) == {}
    assert visitor.complaints == []


def test_the_door_is_english_too(visit: Visit) -> None:
    visitor = visit(PHONE, language="en")
    page = visitor.go("/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("What can we do for you?")
    expect(page.get_by_role("link", name="Report a problem No account is needed")).to_be_visible()
    assert sound(visitor, ("/", "/nearby", "/search?q=water")) == {}


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_nothing_scrolls_sideways_at_320_pixels(visit: Visit, language: str) -> None:
    """WCAG 2.2, 1.4.10: as wide as a window of 1280 pixels is at 400 %."""
    visitor = visit((320, 640), language=language)
    visitor.sign_in("anran")
    wide = {}
    for path in (
        *OPEN,
        "/my",
        "/my/data",
        "/my/representation",
        "/messages",
        "/report",
        "/follow",
        "/ledger",
    ):
        page = visitor.go(path)
        visitor.settle()
        over = page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
        if over > 0:
            wide[path] = over
    assert wide == {}


def test_somebody_opens_an_account_on_a_phone(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    from beichen.settings import settings

    monkeypatch.setenv("BEICHEN_SMS_URL", "http://127.0.0.1:9/sms")
    settings.cache_clear()
    try:
        visitor = visit(PHONE, java_script_enabled=False)
        page = visitor.go("/account/login/")
        page.get_by_role("link", name="注册账号").click()
        page.get_by_label("手机号码或电子邮箱").fill("13800138000")
        page.get_by_role("button", name="发送验证码").click()
        page.wait_for_url(re.compile("/account/register/code"))
        found = re.search(r"\d{6}", Message.objects.latest("id").text_zh)
        assert found is not None
        page.get_by_label("验证码").fill(found[0])
        page.get_by_role("button", name="继续").click()
        page.get_by_label("姓名").fill("白露")
        page.get_by_label("密码").fill("a-long-password-2025")
        page.get_by_role("button", name="完成注册").click()
        page.wait_for_url(re.compile("/my$"))
        expect(page.get_by_role("heading", name="白露")).to_be_visible()
        assert ContactCode.objects.get().used_at is not None
    finally:
        monkeypatch.undo()
        settings.cache_clear()


def test_for_whom_one_acts_is_chosen_and_stays_in_sight(visit: Visit) -> None:
    visitor = visit(PHONE)
    visitor.sign_in("anran")
    page = visitor.go("/my")
    page.get_by_role("link", name="为他人办理").click()
    page.get_by_label("示例科技有限公司").check()
    page.get_by_role("button", name="选择").click()
    page.wait_for_url(re.compile("/my$"))
    for path in ("/my", "/", "/report"):
        expect(visitor.go(path).get_by_role("complementary", name="代办对象")).to_contain_text(
            "代 示例科技有限公司 办理"
        )
    assert sound(visitor, ("/my", "/")) == {}


def test_what_is_near_the_device_is_shown(visit: Visit) -> None:
    place = {"latitude": 43.8868, "longitude": 125.3235}
    visitor = visit(PHONE, geolocation=place, permissions=["geolocation"])
    page = visitor.go("/nearby?category=metro-station&within=3000")
    page.get_by_role("button", name="我的位置").click()
    page.wait_for_url(re.compile("at=125.3"))
    expect(page.locator("main ol li").first).to_contain_text("米")
    assert page.locator("select[name=category]").input_value() == "metro-station"
    assert sound(visitor, (page.url.removeprefix(visitor.house),)) == {}


def test_what_a_page_is_asked_for_stands_side_by_side(visit: Visit) -> None:
    visitor = visit(DESK)
    page = visitor.go("/nearby")
    fields = page.locator(".question-form .field:visible")
    first, second = (fields.nth(number).bounding_box() for number in (0, 1))
    assert first is not None
    assert second is not None
    assert abs(first["y"] + first["height"] - second["y"] - second["height"]) < 4
    assert second["x"] > first["x"]


def test_the_search_is_reached_by_keyboard(visit: Visit) -> None:
    page = visit(DESK).go("/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # to the content
    page.keyboard.press("Tab")
    page.keyboard.type("停水")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/search"))
    expect(page.get_by_role("heading", name="新闻公告")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("停水通知 0"))).to_be_visible()


def test_large_type_is_kept_and_left_again(visit: Visit) -> None:
    visitor = visit(PHONE)
    easy(visitor)
    page = visitor.go("/report")
    size = page.evaluate("() => parseFloat(getComputedStyle(document.body).fontSize)")
    assert size >= 20
    expect(page.locator(".lede").first).to_be_hidden()
    page.get_by_role("button", name="大字版").click()
    expect(page.locator("html")).not_to_have_attribute("data-reading", "easy")


def test_the_door_opens_without_a_network(visit: Visit) -> None:
    visitor = visit(PHONE)
    page = visitor.go("/")
    page.evaluate("() => navigator.serviceWorker.ready")
    page.wait_for_function("() => caches.match('/').then((found) => Boolean(found))")
    page.context.set_offline(True)
    page.goto(f"{visitor.house}/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("您要办什么")
    page.context.set_offline(False)
