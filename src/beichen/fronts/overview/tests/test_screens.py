"""Screens: what may be declared, who sees what of them, and what is said where nothing is there."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from beichen.fronts.overview.models import Screen
from beichen.fronts.overview.screens import filling
from beichen.fronts.overview.screens.filling import fill
from beichen.fronts.overview.screens.looking import Looking, home_region, look
from beichen.fronts.overview.screens.shelf import screens
from beichen.fronts.overview.tests.test_screen import CITY
from beichen.fronts.overview.tests.test_things import VIEWS, scene
from beichen.fronts.overview.views.screens import rows_needed
from beichen.hubs.data import service as data
from beichen.hubs.data.models import IndicatorValue
from beichen.kernel.access.service import load_roles
from beichen.kernel.actor import PUBLIC, Actor, Scope, system
from beichen.kernel.org.models import Body, Region
from beichen.kernel.org.service import city_region
from beichen.kernel.scene import service as scenes
from beichen.kernel.scene.codes import NO_REFERENCE
from beichen.kernel.scene.section import PackageKind
from beichen.platforms.geo.models import Layer, Origin

BY = system("test")
HEAD = VIEWS + "screens:\n  - key: water\n    name: {zh: 水情, en: Water}\n    widgets:\n"
FITTING = """      - {kind: map, things: [well], width: 8}
      - {kind: card, cases: open}
      - {kind: table, sql: select code from cases}
      - {kind: text, text: {zh: 说明, en: Note}}
"""


def faults(folder: Path, widgets: str) -> list[tuple[str, int]]:
    """Codes and lines of what is wrong with a screen of these widgets."""
    reading = scenes.check(scene(folder, HEAD + widgets))
    return [(one.code, (one.where.line or 0) - HEAD.count("\n")) for one in reading.problems if one.where]


@pytest.mark.parametrize(
    ("widget", "code"),
    [
        ("      - {kind: card}\n", "OVW-103"),
        ("      - {kind: card, sql: select 1}\n", "OVW-103"),
        ("      - {kind: card, cases: stage}\n", "OVW-103"),
        ("      - {kind: chart, cases: day, plan: boxes}\n", "OVW-103"),
        ("      - {kind: feed, video: gate}\n", "OVW-103"),
        ("      - {kind: table, sql: drop table cases}\n", "WHS-202"),
        ("      - {kind: table, sql: select from from}\n", "WHS-201"),
        ("      - {kind: card, indicator: nowhere}\n", NO_REFERENCE),
        ("      - {kind: list, things: [wel]}\n", NO_REFERENCE),
        ("      - {kind: dial, cases: open}\n", "SCN-204"),
        ("      - {kind: card, cases: open, width: 13}\n", "SCN-206"),
    ],
)
def test_a_widget_that_shows_nothing_is_told_with_its_line(tmp_path: Path, widget: str, code: str) -> None:
    found = faults(tmp_path, "      - {kind: feed}\n" + widget)
    assert found
    assert {line for _code, line in found} == {2}
    assert code in {one for one, _line in found}


def test_a_screen_holds_sixty_widgets(tmp_path: Path) -> None:
    assert faults(tmp_path / "a", "      - {kind: feed}\n" * 60) == []
    assert faults(tmp_path / "b", "      - {kind: feed}\n" * 61) != []


def test_screens_come_and_go_with_their_scene(db: None, tmp_path: Path) -> None:
    load_roles(by=BY)
    folder = scene(tmp_path, HEAD + FITTING)
    scenes.install(folder, by=BY)
    row = Screen.objects.get()
    assert (row.key, row.owner, row.name, row.level) == ("wells.water", "scene:wells", "水情", 1)
    assert [one["kind"] for one in row.widgets] == ["map", "card", "table", "text"]
    assert (row.widgets[0]["width"], row.widgets[0]["height"]) == (8, 6)
    first = row.pk
    scenes.install(folder, by=BY)
    assert Screen.objects.get().pk == first, "the same again writes nothing"
    scenes.remove(folder, by=BY)
    assert not Screen.objects.exists()


def officer(region: str, body: str) -> Actor:
    """An officer of a body within a region, with what everybody may."""
    bodies, regions = Body.objects.get(key=body), Region.objects.get(code=region)
    return Actor("person:x", "x", (Scope("officer", bodies.path, regions.path), Scope("public")))


def asked(by: Actor, region: str = "", at: str = "") -> Looking:
    """How somebody looks."""
    return look(by=by, region=region, period="", at=at, language="zh")


@pytest.fixture
def city(db: None) -> list[Region]:
    """The invented city with an indicator of level L2, which has a value in two of its districts."""
    load_roles(by=BY)
    scenes.install(CITY, by=BY, kind=PackageKind.CITY)
    districts = list(Region.objects.filter(parent=city_region(), is_current=True)[:2])
    facts = data.IndicatorFacts("secret", "内部数", "Internal", "higher", "none", unit="%")
    data.define_indicators([facts], owner="scene:x", by=BY)
    values = [
        data.ValueFacts("secret", row.code, "2025", Decimal(40 + number), "%", "内部台账")
        for number, row in enumerate(districts)
    ]
    data.record_values(values, owner="scene:x", by=BY)
    IndicatorValue.objects.filter(indicator__key="secret").update(level=2)
    return districts


CARD = {"kind": "card", "indicator": "secret"}
RANKING = {"kind": "ranking", "indicator": "secret"}


def test_an_officer_of_a_district_gets_the_numbers_of_that_district_alone(city: list[Region]) -> None:
    own, other = city
    body = Body.objects.filter(is_current=True)[0]
    by = officer(own.code, body.key)
    assert home_region(by) == own, "the look begins at home"
    mine = fill(CARD, asked(by), key="x")[0]
    assert (mine.headline, mine.source, mine.period) == ("40", "内部台账", "2025")
    theirs = fill(CARD, asked(by, region=other.code), key="x")[0]
    assert not theirs.headline
    assert other.name in theirs.missing
    ranked = fill(RANKING, asked(by, region=city_region().code), key="x")[0]  # type: ignore[union-attr]
    assert [(bar.label, bar.shown) for bar in ranked.bars] == [(own.name, "40")]
    assert not fill(RANKING, asked(PUBLIC), key="x")[0].bars
    everything = fill(RANKING, asked(BY), key="x")[0]
    assert [bar.shown for bar in everything.bars] == ["41", "40"]


def test_cases_are_not_counted_for_whoever_may_see_none(city: list[Region]) -> None:
    content, since = fill({"kind": "card", "cases": "open"}, asked(PUBLIC), key="x")
    assert since is None
    assert content.missing
    assert not content.headline
    assert fill({"kind": "card", "cases": "open"}, asked(BY), key="x")[0].headline == "0"


def test_a_screen_above_the_reader_does_not_exist(city: list[Region], client: Client) -> None:
    body = Body.objects.filter(is_current=True)[0]
    widgets = [{**CARD, "width": 2, "height": 2}]
    for key, level, owner in (("x.own", 2, body), ("x.none", 2, None), ("x.open", 1, None)):
        Screen.objects.create(owner="scene:x", position=0, key=key, name=key, name_en=key, level=level,
                              body=owner, widgets=widgets)  # fmt: skip
    assert client.get("/screens/x.open").status_code == 200
    assert client.get("/screens/x.own").status_code == 404
    assert client.get("/screens/x.own/widgets/0").status_code == 404
    by = officer(city[0].code, body.key)
    seen = {one.key for one in screens(by)}
    assert {"x.own", "x.open"} <= seen
    assert "x.none" not in seen, "one of no body is opened by posts over the whole city alone"


def test_a_room_that_is_down_greys_its_own_widget(city: list[Region], monkeypatch: Any) -> None:
    def broken(*_given: object) -> None:
        raise OSError("gone")

    monkeypatch.setitem(filling._FILLS, ("card", "indicator"), broken)
    first = asked(BY)
    content, since = fill(CARD, first, key="down")
    assert content.missing
    assert since == first.now
    assert fill(CARD, asked(BY), key="down")[1] == first.now, "it says since when, not when it was last tried"
    monkeypatch.undo()
    assert fill(CARD, asked(BY, region=city[0].code), key="down")[1] is None


def test_pages_say_what_is_missing_and_refuse_what_is_no_moment(city: list[Region], client: Client) -> None:
    listed = client.get("/screens").content.decode()
    for key in ("pulse", "plan", "economy", "governance", f"district-{city[0].code}"):
        assert f"/screens/{key}" in listed
        page = client.get(f"/screens/{key}")
        assert page.status_code == 200
        for number in range(page.content.decode().count('<section class="widget ')):
            part = client.get(f"/screens/{key}/widgets/{number}", headers={"HX-Request": "true"})
            assert part.status_code == 200, (key, number)
            assert "widget-content" in part.content.decode()
    assert "还没有指标" in client.get("/screens/pulse/widgets/4").content.decode()
    assert client.get("/screens/pulse?at=2024-05-01T08:00").status_code == 200
    wall = client.get("/screens/pulse?wall=1&rotate=30").content.decode()
    assert 'data-next="/screens/plan?wall=1&amp;rotate=30"' in wall
    for wrong in ("at=soon", "at=2999-01-01T00:00", "period=9d", "region=000000", "at=" + "9" * 500):
        refused = client.get(f"/screens/pulse?{wrong}")
        assert refused.status_code == 422, wrong
        assert "OVW-104" in refused.content.decode()
    assert client.get("/screens/pulse/widgets/99").status_code == 404
    assert client.get("/screens/nowhere").status_code == 404


def test_a_snapshot_shows_what_was_known_then(city: list[Region]) -> None:
    code = city[0].code
    early = [data.ValueFacts("secret", code, "2023", Decimal(7), "%", "x")]
    data.record_values(early, owner="scene:y", by=BY)
    then = fill(CARD, asked(BY, region=code, at="2024-07-21T18:00"), key="x")[0]
    assert (then.headline, then.period) == ("7", "2023")
    assert fill(CARD, asked(BY, region=code), key="x")[0].headline == "40"


@given(st.lists(st.tuples(st.integers(1, 12), st.integers(1, 12)), min_size=1, max_size=8))
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_rows_hold_all_widgets(sizes: list[tuple[int, int]]) -> None:
    rows = rows_needed([{"width": width, "height": height} for width, height in sizes], 12)
    assert rows * 12 >= sum(width * height for width, height in sizes)
    assert max(height for _width, height in sizes) <= rows <= sum(height for _width, height in sizes)


def test_a_layer_of_any_size_is_drawn_of_its_tiles_within_rights(city: list[Region], client: Client) -> None:
    """One that was brought, or has many features, is no list of dots; what may not be seen is missing."""
    box = {"west": 100, "south": 30, "east": 101, "north": 31}
    words = {"name": "点", "name_en": "Points", "source": "测绘院"}
    facts: dict[str, Any] = {**words, **box, "kind": "point", "origin": Origin.UPLOAD, "sha256": ""}
    Layer.objects.create(key="many", feature_count=1_000_000, **facts)
    Layer.objects.create(key="inner", feature_count=3, level=2, **facts)
    widget = {"kind": "map", "layers": ["many", "inner", "none"], "width": 6, "height": 6}
    content = fill(widget, asked(PUBLIC), key="x")[0]
    assert [one.key for one in content.tiled] == ["many"]
    assert content.sheet is not None
    assert content.sheet.dots == []
    assert [(bar.label, bar.shown, bar.href, bar.note) for bar in content.bars] == [
        ("点", "1,000,000 个要素", "/ogc/collections/many/items", "测绘院")
    ]
    assert len(content.notes) == 2, "what may not be seen does not exist"
    assert [one.key for one in fill(widget, asked(BY), key="x")[0].tiled] == ["many", "inner"]
    Screen.objects.create(owner="scene:x", position=0, key="x.map", name="x", name_en="x", widgets=[widget])
    part = client.get("/screens/x.map/widgets/0", headers={"HX-Request": "true"}).content.decode()
    assert "bc-map" in part
    assert "overview/tiled.js" in client.get("/screens/x.map").content.decode()
    assert "overview/tiled.js" not in client.get("/screens/economy").content.decode()


def test_figures_of_cases_open_the_queue_of_just_those(city: list[Region]) -> None:
    own = city[0]
    overdue = fill({"kind": "card", "cases": "overdue"}, asked(BY, region=own.code), key="x")[0]
    query = parse_qs(urlsplit(overdue.href).query)
    assert query == {"time": ["overdue"], "district": [own.path]}
    assert fill({"kind": "card", "cases": "open"}, asked(BY), key="x")[0].href == "/console"
