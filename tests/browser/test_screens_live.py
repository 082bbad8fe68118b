"""A screen that lives: told by the live process, a figure is another one within seconds; without it, each
minute; a room that is down greys its card and says since when, and the rest lives.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson
import pytest
from pytest_django.plugin import DjangoDbBlocker

from beichen.fronts.overview.models import Screen
from beichen.fronts.overview.screens.sharing import answers
from beichen.fronts.overview.screens.vocabulary import widgets_of
from beichen.fronts.overview.service import put_screens
from beichen.house.tests.listening import live_process
from beichen.hubs.data import service as data
from beichen.kernel.bus import broker
from beichen.kernel.bus.event import SUBJECT_PREFIX
from beichen.kernel.org.service import city_region
from beichen.platforms.geo import service as geo
from tests.browser.conftest import BY, Visit

DRAWN = """(layer) => {
  const map = document.querySelector('bc-map')?.map;
  return map?.getLayer(layer) && map.queryRenderedFeatures({ layers: [layer] }).length > 10;
}"""
pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.django_db]
SCREEN, NUMBER, INDICATOR = "/screens/economy", 0, "gdp"
FIGURE = f"#widget-{NUMBER} .widget-figure .figures"


@pytest.fixture
def live(house: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[None]:
    """A live process to which the house leads."""
    with live_process(tmp_path, monkeypatch, urlsplit(house).port or 80) as port:
        policy = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
        sources = [*policy["connect-src"], f"http://127.0.0.1:{port}"]
        settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": {**policy, "connect-src": sources}}
        yield


async def _tell(document: dict[str, Any]) -> None:
    client = await broker.connect("test")
    await client.jetstream().publish(f"{SUBJECT_PREFIX}test", orjson.dumps(document))
    await client.close()


def _record(value: int) -> None:
    city = city_region()
    assert city is not None
    facts = data.ValueFacts(INDICATOR, city.code, "2025", Decimal(value), "亿元", "测试", kind="real")
    data.record_values([facts], owner="scene:live-test", by=BY)


@pytest.mark.usefixtures("live")
def test_a_figure_changes_when_it_is_recorded_and_not_a_minute_later(
    visit: Visit, django_db_blocker: DjangoDbBlocker
) -> None:
    answers.forget()
    visitor = visit()
    page = visitor.go(SCREEN)
    page.locator(FIGURE).wait_for()
    page.locator("[data-live-state].is-live").wait_for()
    before = page.locator(FIGURE).inner_text()
    with django_db_blocker.unblock():
        _record(987_654)
    event = {"type": "data.value.recorded", "level": 1, "data": {"indicators": [INDICATOR]}}
    with ThreadPoolExecutor(1) as beside:  # the browser's loop runs in this thread
        beside.submit(asyncio.run, _tell(event)).result(30)
    page.wait_for_function(
        f"() => document.querySelector('{FIGURE}').textContent.includes('987')", timeout=40_000
    )
    assert page.locator(FIGURE).inner_text() != before
    with django_db_blocker.unblock():
        data.record_values([], owner="scene:live-test", by=BY, whole=True)


def test_a_card_that_cannot_be_fetched_greys_and_says_since_when(visit: Visit) -> None:
    answers.forget()
    visitor = visit()
    visitor.page.route("**/screens/economy/widgets/1?*", lambda route: route.fulfill(status=503))
    page = visitor.go(SCREEN)
    page.locator("#widget-1.is-broken [data-failure]").wait_for()
    page.locator(FIGURE).wait_for()
    assert page.locator("#widget-0.is-broken").count() == 0, "the rest lives"
    assert ":" in page.locator("#widget-1 [data-failure]").inner_text()
    visitor.complaints.clear()  # the browser itself says that an answer failed


def test_without_the_stream_every_widget_is_asked_for_each_minute(visit: Visit) -> None:
    answers.forget()
    visitor = visit()
    visitor.page.clock.install()
    asked: list[str] = []
    visitor.page.on("request", lambda one: asked.append(one.url) if "/widgets?" in one.url else None)
    page = visitor.go(SCREEN)
    page.clock.run_for(3_000)
    page.locator(FIGURE).wait_for()
    assert page.locator("[data-live-state].is-live").count() == 0
    assert asked == []
    with page.expect_request("**/widgets?*"):
        page.clock.run_for(66_000)
    assert all("seen=0" in one for one in asked)


def test_a_layer_that_was_brought_is_drawn_of_its_tiles(
    visit: Visit, house: str, django_db_blocker: DjangoDbBlocker
) -> None:
    with django_db_blocker.unblock():
        rows = "".join(f"{125.2 + number / 500},{43.8 + number / 700}\n" for number in range(100))
        words = geo.LayerWords(key="tiled", name="点", source="测试", licence="x", level=1)
        brought = geo.bring_layer(BytesIO(f"lon,lat\n{rows}".encode()), "a.csv", words, by=BY)
        geo.read_upload(brought.code, by=BY)
        geo.switch_layer("tiled", on=True, by=BY)
        widgets = widgets_of({"widgets": [{"kind": "map", "layers": ["tiled"], "width": 12}]})
        screen = Screen(
            owner="scene:tiled", position=0, key="t.map", name="图", name_en="Map", widgets=widgets
        )
        put_screens([screen], owner="scene:tiled", by=BY)
    visitor = visit()
    page = visitor.go("/screens/t.map")
    page.wait_for_function(DRAWN, arg="tiled-tiled", timeout=60_000)
    assert "100" in (page.locator(".widget-bars").text_content() or "")
    with django_db_blocker.unblock():
        put_screens([], owner="scene:tiled", by=BY)
    assert visitor.complaints == []
