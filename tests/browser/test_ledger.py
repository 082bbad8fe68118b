"""The pages of the ledger and of certificates in a browser: sound for axe, no sideways scrolling."""

from __future__ import annotations

import pytest

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
        "/certificates/mine",
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
    assert page.get_by_text("可以采信").is_visible()
    page.get_by_label("证照文本").fill(text.replace("ey", "eY", 1))
    page.get_by_role("button", name="查验", exact=True).click()
    assert page.get_by_text("不可采信").is_visible()
