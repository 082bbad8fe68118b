"""The one map in a browser: by group, day, height and depth; landmarks; other tile servers; no WebGL."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from playwright.sync_api import Page
from pyproj import Transformer

from beichen.kernel.actor import system
from beichen.platforms.geo import service
from beichen.platforms.geo.atlas import landmarks
from beichen.platforms.geo.basemap import service as basemap
from beichen.settings import Settings, settings
from tests.browser.conftest import DESK, PHONE, Visit
from tests.browser.models import box, draco, meshopt
from tests.browser.outside import Outside, outside, tileset
from tests.browser.outside import picture as coloured

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.django_db]
PICTURES = os.environ.get("ATLAS_PICTURES", "")
BY = system("test")
OWNER = "city:atlas"
X, Y = 125.3235, 43.8868
TOWER = (125.3275, 43.8868)


def square(x: float, y: float, side: float = 0.0012) -> dict[str, Any]:
    """An area."""
    ring = [[x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y]]
    return {"type": "Polygon", "coordinates": [ring]}


def layer(key: str, name: str, kind: str, features: list[dict[str, Any]], **more: Any) -> service.LayerFacts:
    """A layer of a package; each feature is its properties with its shape as ``at``."""
    found = [
        {
            "type": "Feature",
            "id": str(number),
            "geometry": one["at"],
            "properties": {name: value for name, value in one.items() if name != "at"},
        }
        for number, one in enumerate(features)
    ]
    content = orjson.dumps({"type": "FeatureCollection", "features": found})
    words: dict[str, Any] = {"source": "A survey", "licence": "CC0-1.0", "attribution": "某测绘"}
    return service.LayerFacts(
        key, name, key.title(), kind, content=content, file=f"layers/{key}.geojson", **words, **more
    )


def point(x: float, y: float) -> dict[str, Any]:
    """A place."""
    return {"type": "Point", "coordinates": [x, y]}


def install(models: list[str], apart: float = 0.0) -> None:
    """Buildings with heights, cellars and years; pipes below the ground; landmarks, so many degrees apart."""
    houses = [
        {"name": f"楼{n}", "use": "住宅" if n % 2 else "商业", "m": 30.0 + 8 * n, "deep": 12.0,
         "built": f"{1990 + 5 * n}-01-01", "at": square(X + 0.002 * (n % 3), Y + 0.002 * (n // 3))}
        for n in range(6)
    ]  # fmt: skip
    pipe = {"type": "LineString", "coordinates": [[X - 0.002, Y - 0.001], [X + 0.008, Y - 0.001]]}
    legend = {
        "by": "use",
        "categories": [
            {"value": "住宅", "colour": "#d9480f", "name": "住宅", "name_en": "Homes"},
            {"value": "商业", "colour": "#1f6feb", "name": "商业", "name_en": "Trade"},
        ],
    }
    dimensions = {"height": "m", "depth": "deep", "valid_from": "built"}
    places = [
        {"name": f"地标{n}", "at": point(TOWER[0] + n * apart, TOWER[1]), "model": address}
        for n, address in enumerate(models)
    ]
    service.install_layers(
        [
            layer("houses", "新建楼宇", "polygon", houses, dimensions=dimensions, legend=legend,
                  group="建筑", group_en="Buildings", style={"label": "name"}),
            layer("mains", "供水管", "line", [{"deep": 2.5, "at": pipe}], dimensions={"depth": "deep"},
                  group="地下", group_en="Below"),
            layer("towers", "地标", "point", places or [{"name": "无", "at": point(*TOWER)}],
                  dimensions={"model": "model"} if places else {}, group="建筑", group_en="Buildings"),
        ],
        owner=OWNER,
        by=BY,
    )  # fmt: skip


@pytest.fixture
def city(house: str) -> Iterator[str]:
    """The house with these layers."""
    install([])
    yield house
    service.install_layers([], owner=OWNER, by=BY)


@pytest.fixture
def beside(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[Outside]:
    """A host that browsers may ask, as they may one that the settings name."""
    with outside() as host:
        policy = {
            name: list(values) for name, values in settings.CONTENT_SECURITY_POLICY["DIRECTIVES"].items()
        }
        for name in ("img-src", "connect-src"):
            policy[name].append(host.origin)
        settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": policy}
        monkeypatch.setattr(landmarks, "settings", lambda: Settings(model_hosts=host.origin))
        yield host


def live(page: Page, path: str) -> Page:
    """The page once its map has drawn."""
    page.wait_for_selector("bc-map.is-live", timeout=60_000)
    return page


def drawn(page: Page, part: str) -> int:
    """How many features the map shows in a style layer, once it is at rest."""
    return int(
        page.evaluate(
            """async (part) => {
              const { map } = document.querySelector("bc-map");
              const isAtRest = map.loaded() && !map.isMoving();
              if (!isAtRest) await new Promise((resolve) => map.once("idle", resolve));
              await new Promise((resolve) => { map.once("idle", resolve); map.triggerRepaint(); });
              return map.getLayer(part) ? map.queryRenderedFeatures({ layers: [part] }).length : -1;
            }""",
            part,
        )
    )


def picture(page: Page, name: str) -> None:
    """Keep what is seen, where pictures are asked for."""
    if PICTURES:
        page.screenshot(path=str(Path(PICTURES) / f"{name}.png"))


@pytest.mark.parametrize("path", ["/layers", "/layers/houses", "/layers/districts"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_pages_are_sound(visit: Visit, city: str, path: str, size: tuple[int, int]) -> None:
    visitor = visit(size)
    page = live(visitor.go(path), path)
    drawn(page, "ground")
    picture(page, f"{path.strip('/').replace('/', '-')}-{size[0]}")
    assert visitor.violations() == []
    assert visitor.complaints == []


def test_layers_are_switched_alone_and_by_their_group(visit: Visit, city: str) -> None:
    page = live(visit(DESK).go("/layers"), "/layers")
    page.evaluate(f"document.querySelector('bc-map').map.jumpTo({{center: [{X + 0.002}, {Y}], zoom: 14}})")
    assert drawn(page, "layer:houses") == 6
    panel = page.locator(".map-panel")
    heading = panel.locator(".map-under", has_text="建筑")
    heading.get_by_role("checkbox", name="新建楼宇").uncheck()
    assert drawn(page, "layer:houses") == 0
    assert heading.locator("input").first.evaluate("(box) => box.indeterminate")
    heading.get_by_role("checkbox", name="建筑", exact=True).check()
    assert drawn(page, "layer:houses") == 6
    assert heading.get_by_role("checkbox", name="新建楼宇").is_checked()
    heading.get_by_role("checkbox", name="建筑", exact=True).uncheck()
    assert (drawn(page, "layer:houses"), drawn(page, "layer:towers")) == (0, 0)
    assert panel.get_by_text("住宅").is_visible()


def test_the_map_of_any_day(visit: Visit, city: str) -> None:
    page = live(visit(DESK).go("/layers/houses"), "/layers/houses")
    assert drawn(page, "layer:houses") == 6
    slider = page.locator(".map-days input")
    assert page.locator("bc-map").get_attribute("from") == "1990-01-01"
    slider.focus()
    page.evaluate("document.querySelector('bc-map').at('2001-06-01')")
    assert drawn(page, "layer:houses") == 3
    picture(page, "houses-2001")
    slider.press("Home")
    assert page.locator(".map-days output").inner_text() == "1990-01-01"
    assert drawn(page, "layer:houses") == 1
    slider.press("End")
    assert drawn(page, "layer:houses") == 6


def test_heights_and_what_lies_below_the_ground(visit: Visit, city: str) -> None:
    visitor = visit(DESK)
    page = live(visitor.go("/layers/houses"), "/layers/houses")
    page.get_by_role("button", name="三维").click()
    assert drawn(page, "layer:houses:standing") >= 6
    assert drawn(page, "layer:houses") == 0
    picture(page, "houses-standing")
    page.get_by_role("button", name="地下").click()
    assert drawn(page, "layer:houses:below") >= 6
    assert page.get_by_role("status").filter(has_text="20").count() == 1
    picture(page, "houses-below")
    page.get_by_role("button", name="平面").click()
    assert drawn(page, "layer:houses") == 6
    live(visitor.go("/layers/mains"), "/layers/mains")
    assert drawn(page, "layer:mains:buried") == 1
    page.get_by_role("button", name="地下").click()
    assert drawn(page, "layer:mains:below") == 1
    assert visitor.complaints == []


def test_a_click_says_what_a_feature_is(visit: Visit, city: str) -> None:
    page = live(visit(DESK).go("/layers/towers"), "/layers/towers")
    assert drawn(page, "layer:towers") == 1
    page.evaluate(f"document.querySelector('bc-map').map.jumpTo({{center: {list(TOWER)}, zoom: 15}})")
    drawn(page, "layer:towers")
    page.locator("bc-map canvas").focus()
    page.keyboard.press("Enter")
    found = page.locator(".atlas-found")
    assert "无" in found.inner_text()
    assert found.get_by_role("link").get_attribute("href") == "/ogc/collections/towers/items/0?f=html"
    page.keyboard.press("Escape")


def earthly(longitude: float, latitude: float) -> list[float]:
    """The frame east, north, up at a place, as the transform of 3D Tiles (columns one after another)."""
    x, y, z = Transformer.from_crs("EPSG:4979", "EPSG:4978", always_xy=True).transform(longitude, latitude, 0)
    a, b = math.radians(longitude), math.radians(latitude)
    east = [-math.sin(a), math.cos(a), 0.0]
    north = [-math.sin(b) * math.cos(a), -math.sin(b) * math.sin(a), math.cos(b)]
    up = [math.cos(b) * math.cos(a), math.cos(b) * math.sin(a), math.sin(b)]
    return [*east, 0, *north, 0, *up, 0, x, y, z, 1]


def test_landmarks_of_gltf_and_3d_tiles_stand_in_their_places(
    visit: Visit, city: str, beside: Outside
) -> None:
    models = [
        beside.put("/tower.glb", box(60, 200), "model/gltf-binary"),
        beside.put("/placed/tileset.json", tileset("../tower.glb", earthly(TOWER[0] + 0.002, TOWER[1]))),
        beside.put("/local/tileset.json", tileset("../tower.glb")),
        "https://other.example/never.glb",
        beside.origin + "/missing.glb",
    ]
    install(models)
    visitor = visit(DESK)
    page = live(visitor.go("/layers/towers"), "/layers/towers")
    page.evaluate(
        f"document.querySelector('bc-map').map.jumpTo({{center: {list(TOWER)}, zoom: 15.5, pitch: 60}})"
    )
    shown: dict[str, str] = {}
    for _time in range(480):
        shown = page.evaluate("({ ...document.querySelector('bc-map').dataset })")
        if (shown.get("landmarks"), shown.get("failed")) == ("3", "1"):
            break
        page.wait_for_timeout(250)
    assert (shown.get("landmarks"), shown.get("failed")) == ("3", "1"), (
        shown,
        visitor.complaints,
        beside.asked,
    )
    assert page.get_by_text("1 个模型").is_visible()
    drawn(page, "layer:towers")
    picture(page, "towers")
    assert "/tower.glb" in beside.asked
    reds = page.evaluate(
        COUNT_REDS, [list(TOWER), [TOWER[0] + 0.002, TOWER[1]], [TOWER[0] - 0.004, TOWER[1]]]
    )
    assert min(reds[:2]) > 200, reds
    assert reds[2] < 50, reds
    expected = ("missing.glb", "tiles versions at 1.1")  # which the library reads, and says so
    assert [one for one in visitor.complaints if not any(words in one for words in expected)] == []


def test_compressed_landmarks_are_drawn(visit: Visit, city: str, beside: Outside) -> None:
    """Geometry by Draco and by meshopt, and Draco within 3D Tiles."""
    kind = "model/gltf-binary"
    models = [
        beside.put("/draco.glb", draco(), kind),
        beside.put("/meshopt.glb", meshopt(), kind),
        beside.put("/tiles/tileset.json", tileset("../draco.glb", earthly(TOWER[0] + 0.006, TOWER[1]))),
    ]
    install(models, apart=0.002)
    visitor = visit(DESK)
    page = live(visitor.go("/layers/towers"), "/layers/towers")
    middle = [TOWER[0] + 0.004, TOWER[1]]
    page.evaluate(f"document.querySelector('bc-map').map.jumpTo({{center: {middle}, zoom: 15.5, pitch: 60}})")
    shown: dict[str, str] = {}
    for _time in range(480):
        shown = page.evaluate("({ ...document.querySelector('bc-map').dataset })")
        if shown.get("landmarks") == "3" or "failed" in shown:
            break
        page.wait_for_timeout(250)
    assert shown.get("landmarks") == "3", (shown, visitor.complaints, beside.asked)
    drawn(page, "layer:towers")
    picture(page, "towers-compressed")
    places = [[TOWER[0] + 0.002 * number, TOWER[1]] for number in (0, 1, 3)]
    reds = page.evaluate(COUNT_REDS, [*places, [TOWER[0] - 0.004, TOWER[1]]])
    assert min(reds[:3]) > 200, reds
    assert reds[3] < 50, reds
    assert [one for one in visitor.complaints if "tiles versions at 1.1" not in one] == []


COUNT_REDS = """async (places) => {
  const { map } = document.querySelector("bc-map");
  const canvas = map.getCanvas();
  const ratio = canvas.width / canvas.clientWidth;
  const picture = await new Promise((resolve) => {
    map.once("render", () => createImageBitmap(canvas).then(resolve));
    map.triggerRepaint();
  });
  const beside = new OffscreenCanvas(canvas.width, canvas.height);
  const copy = beside.getContext("2d", { willReadFrequently: true });
  copy.drawImage(picture, 0, 0);
  const side = Math.round(60 * ratio);
  return places.map((one) => {
    const place = map.project(one);
    const { data } = copy.getImageData(place.x * ratio - side / 2, place.y * ratio - side, side, side);
    let reds = 0;
    for (let at = 0; at < data.length; at += 4) {
      const [red, green, blue] = data.slice(at, at + 3);
      reds += red > 90 && red > 2 * green && red > 2 * blue;
    }
    return reds;
  });
}"""
"""How much of a square above each place is red: where a landmark stands."""


@pytest.mark.parametrize("kind", ["tiles", "tilejson", "style"])
def test_another_tile_server_lies_below_the_districts(
    visit: Visit, city: str, beside: Outside, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pictures by their pattern, by a TileJSON, and a whole style of MapLibre."""
    tiles = f"{beside.origin}/tiles/{{z}}/{{x}}/{{y}}.png"
    beside.put("/tile", coloured(200, 220, 180), "image/png")
    raster = {"type": "raster", "tiles": [tiles], "tileSize": 256}
    beside.put("/tiles.json", {"tilejson": "3.0.0", "tiles": [tiles], "maxzoom": 9, "attribution": "图商"})
    whole = {"version": 8, "sources": {"theirs": raster}}
    beside.put("/style.json", {**whole, "layers": [{"id": "theirs", "type": "raster", "source": "theirs"}]})
    url = {"tiles": tiles, "tilejson": f"{beside.origin}/tiles.json", "style": f"{beside.origin}/style.json"}
    chosen = Settings(data_dir=settings().data_dir, map_url=url[kind])
    monkeypatch.setattr(basemap, "settings", lambda: chosen)
    page = live(visit(DESK).go("/layers"), "/layers")
    drawn(page, "ground")
    style = page.evaluate("document.querySelector('bc-map').map.getStyle()")
    ids = [one["id"] for one in style["layers"]]
    theirs = "theirs" if kind == "style" else "outside"
    assert ids[:2] == ["ground", theirs]
    assert ids.index(theirs) < ids.index("regions")
    assert any(one.startswith("/tiles/") for one in beside.asked)
    if kind == "tilejson":
        assert style["sources"]["outside"]["maxzoom"] == 9
        assert style["sources"]["outside"]["attribution"] == "图商"


@pytest.mark.parametrize(
    ("moment", "day"), [("2026-12-31T15:59:00Z", "2026-12-31"), ("2026-12-31T16:01:00Z", "2027-01-01")]
)
def test_today_on_the_map_is_the_city_s(visit: Visit, city: str, moment: str, day: str) -> None:
    """Wherever the browser stands."""
    page = visit(DESK, timezone_id="America/New_York").go("/layers")
    page.clock.set_fixed_time(moment)
    tiles = page.evaluate(
        """async () => {
          const { ofDay } = await import("/static/web/js/map-tools.js");
          const source = { tiles: ["tile"] };
          ofDay(source, "", "Asia/Shanghai");
          return source.tiles;
        }"""
    )
    assert tiles == [f"tile?datetime={day}"]


def test_without_webgl_the_drawn_sheet_stays(visit: Visit, city: str) -> None:
    visitor = visit(DESK)
    visitor.page.add_init_script(
        "const kept = HTMLCanvasElement.prototype.getContext;"
        "HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {"
        "  return kind.startsWith('webgl') ? null : kept.call(this, kind, ...rest); };"
    )
    for path in ("/layers", "/layers/houses"):
        page = visitor.go(path)
        page.wait_for_function("document.readyState === 'complete'")
        page.wait_for_timeout(1_000)
        assert page.locator("bc-map svg.sheet").is_visible()
        assert page.locator("bc-map.is-live").count() == 0
        assert page.locator("table").first.is_visible()
