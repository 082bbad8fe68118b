"""A photograph of a code on an object fills the patrol form, in a browser that has no reader of its own."""

from __future__ import annotations

import io
from typing import Any

import pytest
import qrcode
from playwright.sync_api import expect
from pytest_django.plugin import DjangoDbBlocker

from beichen.hubs.events import service as events
from beichen.kernel.access.models import Account
from beichen.kernel.actor import system
from beichen.kernel.org.models import Body, Region
from beichen.kernel.org.service import appoint, city_region, register_person
from beichen.registry import service as registry
from beichen.registry.models import Object
from tests.browser.conftest import PHONE, Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
BY = system("test")
URN = "urn:ngsi-ld:Lamp:1"


@pytest.fixture(scope="module", autouse=True)
def filled(house: str, django_db_blocker: DjangoDbBlocker) -> None:
    """A lamp with a code, a kind of its category, and a grid worker."""
    with django_db_blocker.unblock():
        city = city_region()
        assert city is not None
        events.declare_categories({"77-01": {"zh": "灯", "en": "Lamps"}}, scene="lamps", by=BY)
        kind = {"name": {"zh": "灯杆倾斜", "en": "Lamp leans"}, "category": "77-01"}
        events.declare_kinds({"lamps.leaning": kind}, scene="lamps", by=BY)
        attributes: dict[str, Any] = {
            "category": {"type": "Property", "value": "77-01"},
            "location": {
                "type": "GeoProperty",
                "value": {"type": "Point", "coordinates": [125.31, 43.88]},
            },
        }
        region = Region.objects.filter(parent=city).order_by("code").first()
        entity = registry.Entity(URN, ["Lamp"], None, attributes)
        registry.write_object(registry.Draft(entity, region=region, level=1), by=BY)
        person = register_person("grid-zhou", by=BY)
        appoint(person, "grid-worker", Body.objects.get(key="transport-bureau"), city, by=BY)
        Account.objects.create_user("grid-zhou", password="long-enough-secret", person=person)


def test_a_photographed_code_fills_the_form(visit: Visit) -> None:
    visitor = visit(PHONE)
    visitor.sign_in("grid-zhou")
    page = visitor.go("/console/new")
    code = Object.objects.get(urn=URN).code
    picture = io.BytesIO()
    qrcode.make(f"https://city.example/c/{code}").save(picture)
    page.locator("bc-scan input[type=file]").set_input_files(
        {"name": "code.png", "mimeType": "image/png", "buffer": picture.getvalue()}
    )
    expect(page.locator("bc-scan [data-said]")).to_contain_text("已根据登记信息填写")
    expect(page.get_by_label("事件类型")).to_have_value("lamps.leaning")
    expect(page.get_by_label("经度")).to_have_value("125.310000")
    expect(page.get_by_label("来源")).to_have_value("patrol")
    expect(page.get_by_label("地址或地点")).to_have_value(code)
    page.locator("[data-code]").fill("0000000")
    page.get_by_role("button", name="查询").click()
    expect(page.locator("bc-scan [data-said]")).to_contain_text("没有该编码")
    assert visitor.violations() == []
