"""The screen and the front door, on the invented city."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from beichen.fronts.overview.figures import key_figures
from beichen.fronts.overview.models import Card
from beichen.fronts.overview.operations import months_before, operations
from beichen.fronts.overview.service import put_cards
from beichen.hubs.data import service as data
from beichen.hubs.data.models import Computation, IndicatorValue
from beichen.kernel.access.service import load_roles, save_role
from beichen.kernel.actor import system
from beichen.kernel.levels import Level
from beichen.kernel.org.models import Region
from beichen.kernel.scene import service as packages
from beichen.kernel.scene.section import PackageKind
from beichen.plan.service import import_facts
from beichen.plan.tests.facts import plan_facts
from beichen.platforms.geo import service as geo
from beichen.platforms.geo.pages import Bounds, Sheet, drawing, ring_area

BY = system("test")
CITY = Path(__file__).resolve().parents[5] / "tests/cities/invented"


@pytest.fixture
def city(db: None) -> None:
    load_roles(by=BY)
    packages.install(CITY, by=BY, kind=PackageKind.CITY)
    import_facts(plan_facts(), "star", by=BY)


@pytest.mark.usefixtures("city")
def test_the_drawing_has_every_district_and_is_kept() -> None:
    layers = list(geo.layers())
    drawn = drawing(layers)
    assert drawn is not None
    assert len(drawn.districts) == len(geo.features("districts"))
    for district in drawn.districts:
        assert district.path.startswith("M")
        assert district.area_km2 > 0
        assert 0 <= district.x <= drawn.sheet.width
        assert 0 <= district.y <= drawn.sheet.height
    assert drawing(layers) is drawn


@pytest.mark.usefixtures("city")
def test_the_screen_is_whole_without_javascript(client: Client) -> None:
    page = client.get("/screen").content.decode()
    for code in [district["properties"]["code"] for district in geo.features("districts")]:
        assert f"/screen?region={code}" in page
    assert "绿道长度" in page
    assert "重点项目" in page
    assert "style=" not in page


@pytest.mark.usefixtures("city")
def test_a_drill_down_has_an_address_and_a_part_of_its_own(client: Client) -> None:
    code = geo.features("districts")[0]["properties"]["code"]
    whole = client.get(f"/screen?region={code}")
    assert f'data-region="{code}"' in whole.content.decode()
    part = client.get(f"/screen?region={code}", headers={"X-Fragment": "region"})
    assert part.content.decode().lstrip().startswith('<div class="region"')
    assert "X-Fragment" in part["Vary"]
    assert client.get("/screen?region=000000").status_code == 404


def test_an_empty_house_says_so(client: Client, db: None) -> None:
    load_roles(by=BY)
    assert "尚未导入规划" in client.get("/screen").content.decode()
    assert client.get("/overview").status_code == 200


@pytest.mark.usefixtures("city")
def test_the_page_about_the_house_leads_only_to_what_is_there(client: Client) -> None:
    page = client.get("/overview").content.decode()
    addresses = {piece.split('"')[0] for piece in page.split('href="/')[1:]}
    pages = {address for address in addresses if not address.startswith("static/")}
    assert {"screen", "plan"} <= pages
    for address in sorted(pages):
        assert client.get(f"/{address}").status_code == 200, address


@pytest.mark.usefixtures("city")
def test_key_figures_cost_one_query(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        key_figures("999900", by=BY)


def test_the_sheet_is_mercator() -> None:
    sheet = Sheet(Bounds(0, 0, 90, 66.51326044311186))
    assert sheet.place((0, 66.51326044311186)) == pytest.approx((0, 0))
    assert sheet.place((90, 0)) == pytest.approx((1000, 1000))


def test_the_area_of_a_ring_is_that_of_the_globe() -> None:
    eighth = [(0.0, 0.0), (90.0, 0.0), (90.0, 89.99999), (0.0, 89.99999)]
    assert ring_area(eighth) == pytest.approx(510_065_600 / 8, rel=1e-3)


@pytest.mark.usefixtures("city")
def test_the_screen_shows_what_its_reader_may_read(client: Client) -> None:
    """Who may see the overview but neither plan nor figures gets the map and nothing of both."""
    save_role("public", "公众", ["overview.read", "geo.read"], Level.L1, by=BY)
    for address in ("/overview", "/screen"):
        page = client.get(address)
        assert page.status_code == 200
        for word in ("绿道长度", "重点项目", "key-figures"):
            assert word not in page.content.decode()


@pytest.fixture
def counted(city: None) -> IndicatorValue:
    """An indicator of a scene with a value made up for a demo, and a card for it."""
    rows = [Card(owner="scene:x", position=0, indicator="quick", title="办得快", title_en="Quick")]
    rows.append(Card(owner="scene:x", position=1, indicator="nothing"))
    put_cards(rows, owner="scene:x", by=BY)
    facts = data.IndicatorFacts("quick", "按时率", "In time", "higher", "none", unit="%")
    data.define_indicators([facts], owner="scene:x", by=BY)
    month = f"{timezone.localdate():%Y-%m}"
    value = data.ValueFacts(
        "quick", "990100", month, Decimal("91.5"), "%", "x", kind="demo", status="computed"
    )
    data.record_values([value], owner="scene:x", by=BY)
    Computation.objects.create(
        indicator=data.indicator("quick"), sql="", digest="", every=["month"], by=[], target=">= 95",
        decimals=1, level=1, sources={}, package="x",
    )  # fmt: skip
    return IndicatorValue.objects.get(indicator__key="quick")


def test_a_card_says_what_is_made_up_and_what_is_not_over(client: Client, counted: IndicatorValue) -> None:
    page = client.get("/screen").content.decode()
    for words in (
        "城市运行",
        "办得快",
        "91.5",
        "演示",
        "本月至今",
        "未达标",
        "≥ 95",
        "/indicators/quick?region=990100",
    ):
        assert words in page, words
    code = geo.features("districts")[0]["properties"]["code"]
    part = client.get(f"/screen?region={code}", headers={"X-Fragment": "region"}).content.decode()
    assert "城市运行" not in part, "nothing is computed for the district"
    data.record_values(
        [data.ValueFacts("quick", code, counted.period, Decimal(99), "%", "x")], owner="scene:x", by=BY
    )
    part = client.get(f"/screen?region={code}", headers={"X-Fragment": "region"}).content.decode()
    assert "达标" in part
    assert "演示" not in part


def test_real_values_hide_those_of_the_demo(client: Client, counted: IndicatorValue) -> None:
    real = data.ValueFacts("quick", "990100", counted.period, Decimal(97), "%", "x")
    data.record_values([real], owner="scene:x", by=BY)
    page = client.get("/screen").content.decode()
    assert "91.5" not in page
    assert "97" in page


@pytest.mark.parametrize(
    ("today", "number", "first"),
    [
        (date(2027, 1, 31), 12, date(2026, 1, 1)),
        (date(2028, 2, 29), 12, date(2027, 2, 1)),
        (date(2028, 3, 1), 1, date(2028, 2, 1)),
        (date(2026, 12, 31), 12, date(2025, 12, 1)),
    ],
)
def test_months_before_a_day_are_counted_by_the_calendar(today: date, number: int, first: date) -> None:
    assert months_before(today, number) == first


@pytest.mark.usefixtures("city")
def test_cards_cost_two_queries_and_are_put_once(django_assert_num_queries: Any) -> None:
    cards = [Card(owner="scene:x", position=0, indicator="quick")]
    assert put_cards(cards, owner="scene:x", by=BY).added == ["quick"]
    assert not put_cards([Card(owner="scene:x", position=0, indicator="quick")], owner="scene:x", by=BY)
    with django_assert_num_queries(3):  # the region, the cards, their values
        operations(Region.objects.get(code="990100"), by=BY)
    assert put_cards([], owner="scene:x", by=BY).removed == ["quick"]
