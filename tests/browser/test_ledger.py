"""The pages of the ledger and of certificates in a browser: sound for axe, no sideways scrolling."""

from __future__ import annotations

import io
from typing import Any

import pytest
import segno
from playwright.sync_api import Page, expect

from beichen.kernel.access.models import Account
from beichen.kernel.actor import system
from beichen.kernel.org.models import Body
from beichen.kernel.org.service import appoint, city_region, register_person
from beichen.platforms.ledger import service
from beichen_proof.note import COSIGNATURE, Signer
from tests.browser.conftest import DESK, PHONE, Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
BY = system("test")
GIVEN = {"name": "张三", "born": "1990-02-03", "address": "虚构路 1 号"}


@pytest.fixture(scope="module")
def certified(house: str, django_db_blocker: object) -> tuple[str, str, str]:
    """An administrator `zheng` who holds a certificate: its code, its text, and the number of an entry."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        body, city = Body.objects.get(key="city-government"), city_region()
        assert city is not None
        person = register_person("郑证", by=BY)
        appoint(person, "administrator", body, city, by=BY)
        Account.objects.create_user("zheng", password="long-enough-secret", person=person)
        kind = service.find_kind("residence-permit", by=BY)
        row = service.issue(kind, GIVEN, by=BY, holder=person)
        key = Signer.make("w.example", COSIGNATURE).verifier
        service.add_witness(str(key), "审计局", by=BY)
        service.integrate()
        return row.code, row.text, str(service.entries_of("certificate", row.code).get().pk)


@pytest.mark.parametrize(("size", "theme"), [(DESK, "light"), (PHONE, "dark")])
def test_every_page_is_sound(
    visit: Visit, certified: tuple[str, str, str], size: tuple[int, int], theme: str
) -> None:
    code, _text, number = certified
    visitor = visit(size, theme, "zh-hans")
    visitor.sign_in("zheng")
    paths = (
        "/ledger",
        "/ledger/entries",
        f"/ledger/entries/{number}",
        "/certificates",
        "/my/certificates",
        "/certificates/issue/residence-permit",
        f"/certificates/{code}",
        "/verify",
    )
    found: dict[str, object] = {}
    for path in paths:
        page = visitor.go(path)
        wide = page.evaluate(
            "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        problems = visitor.violations()
        if problems or wide > 0:
            found[path] = (problems, wide)
    assert found == {}


def test_somebody_shows_a_part_and_another_checks_it(visit: Visit, certified: tuple[str, str, str]) -> None:
    code, text, _number = certified
    visitor = visit(DESK, "light", "zh-hans")
    visitor.sign_in("zheng")
    page = visitor.go(f"/certificates/{code}")
    page.get_by_label("姓名").uncheck()
    page.get_by_role("button", name="只出示这些").click()
    assert page.get_by_text("张三").count() == 0
    page = visitor.go("/verify")
    page.get_by_label("证照文本").fill(text)
    page.get_by_role("button", name="查验", exact=True).click()
    expect(page.get_by_text("可以采信")).to_be_visible()
    page.get_by_label("证照文本").fill(text.replace("ey", "eY", 1))
    page.get_by_role("button", name="查验", exact=True).click()
    expect(page.get_by_text("不可采信")).to_be_visible()


def picture(text: str) -> Any:
    """A photograph of the code on a certificate."""
    found = io.BytesIO()
    segno.make(text, error="l", micro=False).save(found, kind="png", scale=6, border=6)
    return {"name": "code.png", "mimeType": "image/png", "buffer": found.getvalue()}


def test_the_code_on_a_certificate_is_read_and_checked(visit: Visit, certified: tuple[str, str, str]) -> None:
    _code, text, _number = certified
    visitor = visit(PHONE, "light", "zh-hans")
    page = visitor.go("/verify")
    expect(page.get_by_role("button", name="使用摄像头")).to_be_visible()
    page.locator("bc-scanner input[type=file][accept^=image]").set_input_files(picture(text))
    expect(page.get_by_text("可以采信")).to_be_visible()
    assert page.get_by_text("张三").is_visible()
    page.locator("bc-scanner input[type=file][accept^=image]").set_input_files(
        picture("https://x.example/c/1")
    )
    expect(page.get_by_text("不可采信")).to_be_visible()
    assert visitor.violations() == []
    assert visitor.complaints == []


LISTS_KEPT = """caches.open("beichen-verify-1").then((one) => one.keys()).then((all) => all.length ===
  new Set(Object.values(JSON.parse(document.getElementById("verify-trust").textContent).lists)).size)"""


def offline(page: Page, text: str) -> str:
    """What the page says of a certificate that is pasted."""
    page.get_by_label("证照文本").fill(text)
    page.get_by_role("button", name="查验", exact=True).click()
    verdict = page.locator("[data-verdict]")
    expect(verdict).not_to_have_text("")
    found = verdict.inner_text()
    page.evaluate("() => { document.querySelector('[data-verdict]').textContent = '' }")
    return found


def test_without_a_network_it_checks_what_can_be_checked(
    visit: Visit, certified: tuple[str, str, str], django_db_blocker: Any
) -> None:
    _code, text, _number = certified
    with django_db_blocker.unblock():
        kind = service.find_kind("residence-permit", by=BY)
        revoked = service.issue(kind, GIVEN, by=BY)
        service.change_state(revoked.code, "revoke", "x", by=BY)
    visitor = visit(PHONE, "light", "zh-hans")
    page = visitor.go("/verify")
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    visitor.until(LISTS_KEPT)
    visitor.page.context.set_offline(True)
    assert "未被改动" in offline(page, text)
    assert page.locator("[data-rows]").inner_text().count("张三") == 1
    assert "未撤销" in page.locator("[data-state]").inner_text()
    assert "撤销" in offline(page, revoked.text)
    token, rest = text.split("~", 1)
    head, body, signature = token.split(".")
    changed = f"{head}.{body[:-4]}{'AAAA' if body[-4:] != 'AAAA' else 'BBBB'}.{signature}~{rest}"
    assert "伪造" in offline(page, changed) or "不是" in offline(page, changed)
    assert "伪造" in offline(page, f"{text}WyJ4IiwieSIsMV0~"), "a field that nobody signed"
    assert "不是" in offline(page, "nonsense")
    assert visitor.violations() == []
