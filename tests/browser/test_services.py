"""Services in a browser: every page of the room is sound at both sizes; tasks by keyboard and on a phone.

Long because the pages share one town with things to look at.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from beichen.fronts.services import service as services
from beichen.fronts.services.items import booking, coming, marking
from beichen.fronts.services.items import service as items
from beichen.fronts.services.items.bundling import apply_bundle
from beichen.fronts.services.items.declaring import forget_catalogue
from beichen.fronts.services.items.models import Appointment, Receipt, Ticket
from beichen.fronts.services.models import Affair
from beichen.kernel.access.models import Account
from beichen.kernel.access.rates import forget_rates
from beichen.kernel.actor import system
from beichen.kernel.org.models import Body
from beichen.kernel.org.service import appoint, city_region, register_person
from beichen.registry.service import address_of_code
from tests.browser.conftest import DESK, PHONE, Visit
from tests.browser.objected import objected

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
BY = system("test")
OPEN = (
    "/services",
    "/services?event=founding",
    "/services?q=yyzz",
    "/services?q=kaiban",
    "/services/items/firm-registration",
    "/services/items/firm-registration?has_name=false&has_seat=true&is_barred=false",
    "/services/items/property-registration?use=home&is_small_firm=false&has_taxed=true",
    "/services/items/power-high?load_kw=20",
    "/services/bundles/open-a-firm",
    "/services/windows",
    "/services/windows/service-hall/display",
    "/services/notices",
)

CONTRASTS = """
() => {
  const drawing = document.querySelector("bc-process[data-drawn]");
  const ground = getComputedStyle(drawing).backgroundColor;
  const light = (colour) => {
    const [red, green, blue] = colour.match(/[0-9.]+/g).map((part) => {
      const share = Number(part) / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05;
  };
  const ratio = (one, other) => Math.max(light(one), light(other)) / Math.min(light(one), light(other));
  const found = { ground: light(ground), words: [], lines: [], waiting: [], others: [] };
  for (const element of drawing.querySelectorAll(".djs-element")) {
    const visual = element.querySelector(".djs-visual");
    const first = visual && visual.firstElementChild;
    if (!first) continue;
    const style = getComputedStyle(first);
    const isText = first.localName === "text";
    const fill = isText || style.fill === "none" ? ground : style.fill;
    if (!isText && style.stroke !== "none") found.lines.push(ratio(style.stroke, ground));
    for (const word of visual.querySelectorAll("text")) {
      found.words.push(ratio(getComputedStyle(word).fill, fill));
    }
    if (first.localName !== "rect" || !visual.querySelector("text")) continue;
    found[element.classList.contains("is-waiting") ? "waiting" : "others"].push(
      [style.fill, style.stroke, style.strokeWidth].join(" "));
  }
  return found;
}
"""


@pytest.fixture(scope="module")
def staff(house: str) -> Iterator[dict[str, str]]:
    """A clerk and a supervisor with things to look at; what stands for names in addresses."""
    forget_catalogue()
    city = city_region()
    assert city is not None
    made = []
    for name, role, body in (
        ("clerk", "attendant", "digital-office"),
        ("chief", "supervisor", "city-government"),
        ("officer", "officer", "market-regulator"),
    ):
        person = register_person(name, by=BY)
        appoint(person, role, Body.objects.get(key=body), city, by=BY)
        made.append(Account.objects.create_user(name, password="long-enough-secret", person=person))
    data = {
        "firm_name": "示例科技", "kind": "limited", "seat": "示例街", "scope_text": "软件", "capital_wan": 10,
        "staff": 2, "seals": 1, "taxpayer": "small",
    }  # fmt: skip
    given = [
        items.Given("identity", items.How.HELD),
        items.Given("articles"),
        items.Given("seat-proof"),
        items.Given("business-licence", items.How.HELD),
    ]
    run = apply_bundle("open-a-firm", data, "DEMO-1", city, by=BY, key="", materials=given)
    start = {"firm_name", "kind", "seat", "scope_text", "capital_wan", "staff"}
    late = items.apply(
        "firm-registration",
        {name: value for name, value in data.items() if name in start},
        "DEMO-2",
        city,
        by=BY,
        key="",
        materials=given[:3],
        now=timezone.now() - timedelta(days=30),
    )
    marking.give_marks(by=BY)
    window = items.window("service-hall")
    day = booking.days(window)[-1]
    slot = booking.slots(window, day)[0]
    booked = booking.book("service-hall", slot.starts, "DEMO-1", by=BY)
    objection, notice = objected(city, BY)
    told = {"objection": objection.code, "secret": objection.secret, "notice": notice}
    yield {**told, "run": run.code, "late": late.code, "booked": booked.code, "day": day.isoformat()}
    Appointment.objects.all().delete()
    for account in made:
        account.delete()


@pytest.mark.parametrize(
    ("size", "theme", "language"),
    [(DESK, "light", "zh-hans"), (PHONE, "dark", "en"), (PHONE, "light", "zh-hans")],
)
def test_every_open_page_is_sound(
    visit: Visit, staff: dict[str, str], size: tuple[int, int], theme: str, language: str
) -> None:
    visitor = visit(size, theme, language)
    found: dict[str, object] = {}
    for path in (*OPEN, staff["notice"]):
        page = visitor.go(path)
        wide = page.evaluate(
            "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        problems = visitor.violations()
        if problems or wide > 0:
            found[path] = (problems, wide)
    assert found == {}
    assert visitor.complaints == []
    assert staff["run"]


@pytest.mark.parametrize(("size", "theme"), [(DESK, "light"), (PHONE, "dark")])
@pytest.mark.parametrize("name", ["clerk", "chief"])
def test_every_page_of_staff_is_sound(
    visit: Visit, staff: dict[str, str], size: tuple[int, int], theme: str, name: str
) -> None:
    forget_rates()
    visitor = visit(size, theme)
    visitor.sign_in(name)
    shared = ("/services/desk", "/services/affairs", f"/services/affairs/{staff['late']}")
    paths = {
        "clerk": (
            *shared,
            "/services/objections",
            "/services/new",
            "/services/new/firm-registration",
            "/services/window",
            "/services/window/receive/firm-registration",
            "/services/appointments",
            f"/services/appointments/{staff['booked']}?day={staff['day']}",
            f"/services/appointments/new?window=service-hall&day={staff['day']}",
            "/services/windows/service-hall/queue",
            "/services/windows/service-hall/check-in",
            "/services/apply/open-a-firm?for=window",
            f"/services/bundles/runs/{staff['run']}",
        ),
        "chief": (
            *shared,
            "/services/supervision",
            "/services/statistics",
            "/services/payments",
            "/services/objections",
            f"/services/objections/{staff['objection']}",
        ),
    }
    found: dict[str, object] = {}
    for path in paths[name]:
        page = visitor.go(path)
        wide = page.evaluate(
            "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        problems = visitor.violations()
        if problems or wide > 0:
            found[path] = (problems, wide)
    assert found == {}
    assert visitor.complaints == []


def test_somebody_objects_on_a_phone_and_follows_it(visit: Visit, staff: dict[str, str]) -> None:
    forget_rates()
    visitor = visit(PHONE, "dark")
    page = visitor.go(staff["notice"])
    page.get_by_label("您有什么异议，理由是什么").fill("车流会更堵")
    page.get_by_role("button", name="提交异议").click()
    page.wait_for_url("**/services/follow/*")
    assert "车流会更堵" in page.inner_text("main")
    assert visitor.violations() == []
    page = visitor.go("/services/follow")
    page.get_by_label("编号").first.fill(staff["objection"])
    page.get_by_label("查询码").fill(staff["secret"])
    page.get_by_role("button", name="查询").click()
    page.wait_for_url(f"**/services/follow/{staff['objection']}")
    assert visitor.violations() == []
    assert visitor.complaints == []


def test_a_diagram_follows_the_appearance(visit: Visit, staff: dict[str, str]) -> None:
    forget_rates()
    visitor = visit(DESK, "light")
    visitor.sign_in("chief")
    page = visitor.go(f"/services/affairs/{staff['late']}")
    page.locator("bc-process[data-drawn]").wait_for()
    grounds = {}
    for theme in ("light", "dark"):
        page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
        found = page.evaluate(CONTRASTS)
        grounds[theme] = found["ground"]
        assert len(found["words"]) > 3, theme
        assert min(found["words"]) >= 4.5, theme
        assert min(found["lines"]) >= 3, theme
        assert found["waiting"], theme
        assert not set(found["waiting"]) & set(found["others"]), theme
    assert grounds["dark"] < 0.1 < 0.8 < grounds["light"]
    assert visitor.complaints == []


def test_a_diagram_begins_at_the_step_that_waits(visit: Visit, staff: dict[str, str]) -> None:
    """On a phone, where it is wider than the page."""
    forget_rates()
    city = city_region()
    assert city is not None
    data = {"project": "楼", "site": "街", "use": "housing", "area_m2": 1800.0, "height_m": 12.0}
    affair, _is_new = services.start("construction-permit", data, "DEMO-7", city, by=BY)
    services.complete(affair.code, 1, "accept", {}, by=BY)
    for task in services.tasks_of(affair)[1:]:
        services.complete(affair.code, task.number, "agree", {}, by=BY)
    visitor = visit(PHONE)
    visitor.sign_in("chief")
    page = visitor.go(f"/services/affairs/{affair.code}")
    page.locator("bc-process[data-drawn]").wait_for()
    waiting = page.locator("bc-process .is-waiting").first.bounding_box()
    shown = page.locator("bc-process").bounding_box()
    assert waiting is not None
    assert shown is not None
    assert shown["x"] <= waiting["x"]
    assert waiting["x"] + waiting["width"] <= shown["x"] + shown["width"]
    assert staff["late"]
    assert visitor.complaints == []


def test_the_catalogue_is_narrowed_and_a_guide_is_checked_by_keyboard(
    visit: Visit, staff: dict[str, str]
) -> None:
    visitor = visit(DESK)
    page = visitor.go("/services")
    page.get_by_role("link", name="企业开办").press("Enter")
    page.wait_for_url("**event=founding")
    page.get_by_role("link", name="企业设立登记").first.press("Enter")
    page.wait_for_url("**/services/items/firm-registration")
    for label in ("企业名称已自主申报", "有可以使用的住所"):
        page.get_by_label(label).select_option("true")
    page.get_by_label("法定代表人处于限制任职期内").select_option("true")
    page.get_by_role("button", name="查一查").press("Enter")
    page.wait_for_url("**is_barred=true**")
    assert "限制任职期内不得担任" in page.locator("main").inner_text()
    assert staff["late"]


def test_a_clerk_receives_an_application_on_a_phone(visit: Visit, staff: dict[str, str]) -> None:
    forget_rates()
    visitor = visit(PHONE)
    visitor.sign_in("clerk")
    page = visitor.go("/services/window/receive/firm-registration")
    page.get_by_label("申请人编码").fill("DEMO-9")
    for label, words in (
        ("企业名称", "示例商贸"),
        ("住所", "示例路 3 号"),
        ("经营范围", "百货"),
        ("注册资本", "10"),
        ("员工人数", "3"),
    ):
        page.get_by_label(label, exact=False).first.fill(words)
    page.get_by_label("企业类型").select_option("limited")
    page.get_by_label("公司章程").select_option("original")
    page.get_by_role("button", name="收件").click()
    page.wait_for_url("**/services/receipts/**")
    assert "一次性告知书" in page.locator("h1").inner_text()
    assert "住所使用证明" in page.locator("main").inner_text()
    assert Receipt.objects.get(subject="DEMO-9").kind == "told"
    assert not Affair.objects.filter(subject="DEMO-9").exists()
    assert visitor.violations() == []
    assert staff["run"]


def test_somebody_checks_in_by_the_code_of_the_window(visit: Visit, staff: dict[str, str]) -> None:
    forget_rates()
    window, now = items.window("service-hall"), timezone.now()
    person = register_person("来人", by=BY)
    account = Account.objects.create_user("comer", password="long-enough-secret", person=person)
    city = city_region()
    assert city is not None
    booked = Appointment.objects.create(
        code="COMER-1", window=window, subject=person.code, by=f"person:{person.code}", starts_at=now,
        ends_at=now + timedelta(minutes=30), seat=90, booked_at=now, region=city,
    )  # fmt: skip
    parts = urlsplit(address_of_code(coming.code_of(window)))
    visitor = visit(PHONE)
    visitor.sign_in("comer")
    page = visitor.go(f"{parts.path}?{parts.query}")
    assert visitor.violations() == []
    page.get_by_role("link", name="签到").click()
    page.wait_for_url("**/check-in?at=**")
    assert visitor.violations() == []
    page.get_by_role("button", name="我已到").click()
    expect(page.get_by_text("您的号码")).to_be_visible()
    assert visitor.violations() == []
    ticket = Ticket.objects.get(appointment=booked)
    expect(page.locator(".coming-number")).to_have_text(f"A{ticket.number:03d}")
    assert staff["run"]
    assert visitor.complaints == []
    ticket.delete()
    booked.delete()
    account.delete()
