"""Things on the map and in lists: how they stand, who sees them, and what a scene may say of them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from beichen.fronts.overview.models import Plot, ThingLayer
from beichen.fronts.overview.service import put_things
from beichen.fronts.overview.things import layers, things_of
from beichen.fronts.overview.views import scene as scene_view
from beichen.kernel.access.service import load_roles, save_role
from beichen.kernel.actor import system
from beichen.kernel.levels import Level
from beichen.kernel.scene import service as scenes
from beichen.platforms.ai.models import Model, Prediction, Run
from beichen.platforms.geo.pages import Bounds
from beichen.registry import service as registry
from beichen.registry.models import Object
from beichen.registry.tests.clients import Program

BY = system("test")
TONES = """      - {when: "level_m > 0.9 * depth_m", tone: missed, name: {zh: 将满, en: Nearly full}}
      - {tone: on-course, name: {zh: 正常, en: Usual}}
"""
VIEWS = f"""layers:
  - things: well
    title: {{zh: 井, en: Wells}}
    shows: level_m
    tones:
{TONES}"""
OBJECTS = """well:
  kind: thing
  name: {zh: 井, en: Well}
  geometry: point
  fields:
    depth_m: {type: number, zh: 井深, en: Depth}
  measures:
    level_m: {zh: 水位, en: Level, unit: m, every: 5m, range: [0, 30]}
"""
RULES = ("why", "page", "both-languages", "stories", "bad-input", "demo", "refusals", "declared")
STORY = """story: {zh: 井, en: Wells}
when:
  - {object: well, code: W-0, at: [125.3, 43.8], depth_m: deep}
then:
  - refused: REG-201
"""
SCENE = """scene: wells
name: {zh: 井, en: Wells}
why: {zh: 看井, en: To watch wells}
version: 1.0.0
owner: water-bureau
level: L1
"""


def scene(folder: Path, views: str) -> Path:
    """A scene with wells."""
    made = folder / "wells"
    (made / "stories").mkdir(parents=True)
    quality = "".join(f"{rule}: done\n" for rule in RULES)
    (made / "stories" / "one.yaml").write_text(STORY, encoding="utf-8")
    demo = "demo:\n  - {object: well, code: DEMO-1, at: [125.3, 43.8]}\n"
    page = "# 井\n" + "words " * 30
    texts = {"quality.yaml": quality, "scene.yaml": SCENE, "objects.yaml": OBJECTS, "views.yaml": views}
    texts |= {"README.md": page, "demo.yaml": demo}
    for name, text in texts.items():
        (made / name).write_text(text, encoding="utf-8")
    return made


@pytest.fixture
def wells(db: None, tmp_path: Path) -> list[Object]:
    """Three wells: one nearly full, one as usual, one that has long been silent."""
    load_roles(by=BY)
    scenes.install(scene(tmp_path, VIEWS), by=BY)
    program = Program()
    now = timezone.now()
    made = []
    for number, (level, age) in enumerate([(3.8, 1), (1.0, 2), (1.0, 60)], start=1):
        urn = f"urn:ngsi-ld:well:{number}"
        location = {"type": "Point", "coordinates": [125.3 + number / 100, 43.88]}
        program.create(urn, "well", name=f"{number}号井", depth_m=4, location=location)
        row = Object.objects.get(urn=urn)
        at = now - timedelta(minutes=age)
        registry.record_measurements(
            [registry.Measured(row.pk, "level_m", "number", level, None, at, at, "g")]
        )
        made.append(row)
    return made


def drawn(client: Client, **asked: str) -> Any:
    return client.get("/screen/things.json", {"layer": "wells.well", "bbox": "125,43,126,44", **asked})


@pytest.mark.usefixtures("wells")
def test_the_map_says_how_each_thing_stands(client: Client) -> None:
    found = drawn(client).json()
    told = [(one["properties"]["tone"], one["properties"]["standing"]) for one in found["features"]]
    assert told == [("missed", "将满"), ("on-course", "正常"), ("unknown", "暂无实时数据")]
    assert found["features"][0]["properties"]["value"] == "水位 3.8 m"
    assert [(one["name"], one["count"]) for one in found["legend"]] == [
        ("将满", 1),
        ("正常", 1),
        ("暂无实时数据", 1),
    ]
    assert not found["more"]
    assert drawn(client, bbox="125,43,125.315,44").json()["features"][0]["properties"]["name"] == "1号井"
    for box in ("1,2,3", "nan,1,2,3", "5,1,2,3", "a,b,c,d", ""):
        refused = drawn(client, bbox=box)
        assert (refused.status_code, "OVW-102" in refused.content.decode()) == (422, True), box
    assert drawn(client, layer="wells.none").status_code == 404


@pytest.mark.usefixtures("wells")
def test_the_list_says_the_same_and_can_be_narrowed_and_taken_away(client: Client) -> None:
    page = client.get("/screen/things/wells.well").content.decode()
    assert all(words in page for words in ("1号井", "3.8 m", "将满", "暂无实时数据"))
    narrowed = client.get("/screen/things/wells.well?standing=0").content.decode()
    assert "1号井" in narrowed
    assert "2号井" not in narrowed
    file: Any = client.get("/screen/things/wells.well?format=csv&sort=-value")
    sheet = b"".join(file.streaming_content).decode("utf-8-sig")
    assert "1号井,将满,3.8" in sheet.splitlines()[1]
    assert client.get("/screen/things/none").status_code == 404


def test_what_models_foretell_of_a_thing_stands_beside_what_is_measured(
    wells: list[Object], client: Client
) -> None:
    """Between which values and until when, on the map and in the list, for whom may see the forecast."""
    now = timezone.now()
    model = Model.objects.create(
        key="wells.flood", scene="wells", name="水位预报", declared={}, changed_at=now, version="1"
    )
    for hours, value in ((-1, 9.0), (1, 2.5), (2, 3.25)):
        at = now + timedelta(hours=hours)
        Prediction.objects.create(
            model=model, thing=wells[0], measure="level_m", issued_at=now, at=at, value=value
        )
    save_role("public", "公众", ["overview.read", "registry.object.read"], Level.L1, by=BY)
    assert "预报" not in drawn(client).json()["features"][0]["properties"]["value"]
    rights = ["overview.read", "registry.object.read", "ai.model.read"]
    save_role("public", "公众", rights, Level.L1, by=BY)
    until = f"{timezone.localtime(now + timedelta(hours=2)):%m-%d %H:%M}"
    assert drawn(client).json()["features"][0]["properties"]["value"] == (
        f"水位 3.8 m · 预报 2.5–3.25 m（至{until}）"
    )
    assert f"2.5–3.25 m（至{until}）" in client.get("/screen/things/wells.well").content.decode()


@pytest.mark.usefixtures("wells")
def test_the_scene_has_a_page_for_its_owner(client: Client) -> None:
    page = client.get("/screen/scenes/wells").content.decode()
    assert all(
        words in page for words in ("井", "设施及其状态", "将满", "/screen/things/wells.well?standing=0")
    )
    assert "/models/wells.level" not in page, "whoever may not read models sees none"
    rights = ["overview.read", "registry.object.read", "ai.model.read"]
    save_role("public", "公众", rights, Level.L1, by=BY)
    now = timezone.now()
    model = Model.objects.create(
        key="wells.level", scene="wells", name="水位预报", name_en="Levels", version="v", changed_at=now
    )
    Run.objects.create(
        model=model, version="v", asked_for=now, began_at=now, seconds=1, outcome="done", inputs="", by="t"
    )
    page = client.get("/screen/scenes/wells").content.decode()
    assert "/models/wells.level" in page
    assert "水位预报" in page
    assert f"{timezone.localtime(now):%Y-%m-%d %H:%M}" in page
    assert client.get("/screen/scenes/none").status_code == 404
    assert client.get("/screen/scenes/wells?region=1").status_code == 404


@pytest.mark.usefixtures("wells")
def test_the_scenes_page_has_a_map_of_its_things(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Bounds] = []

    def view_box(bounds: Bounds) -> str:
        seen.append(bounds)
        return "0 0 10 10"

    def drawing(_layers: list[Any]) -> Any:
        return SimpleNamespace(view_box=view_box, districts=[], lakes="", water="")

    monkeypatch.setattr(scene_view, "drawing", drawing)
    page = client.get("/screen/scenes/wells").content.decode()
    assert [str(bounds) for bounds in seen] == ["125.30000,43.87000,125.34000,43.89000"]
    assert 'data-layer="wells.well"' in page
    assert 'aria-pressed="true"' in page
    save_role("public", "公众", ["overview.read"], Level.L1, by=BY)
    assert "<bc-map" not in client.get("/screen/scenes/wells").content.decode(), "nothing to be seen on it"


@pytest.mark.usefixtures("wells")
def test_who_may_see_no_objects_sees_no_layer(client: Client) -> None:
    save_role("public", "公众", ["overview.read"], Level.L1, by=BY)
    assert drawn(client).status_code == 404
    assert "设施及其状态" not in client.get("/screen/scenes/wells").content.decode()


def test_layers_cost_two_queries_however_many_things(
    wells: list[Object], django_assert_num_queries: Any
) -> None:
    layers(by=BY, language="zh", now=timezone.now())  # what a process keeps of types is read once
    with django_assert_num_queries(2):
        found = layers(by=BY, language="zh", now=timezone.now())
    assert len(things_of(found[0], by=BY, limit=2)[0]) == 2


@pytest.mark.usefixtures("wells")
def test_a_layer_goes_with_its_scene(tmp_path: Path) -> None:
    scenes.remove(tmp_path / "wells", by=BY)
    assert not ThingLayer.objects.exists()
    assert not Plot.objects.exists()


@pytest.mark.parametrize(
    ("before", "after", "code", "place"),
    [
        ("things: well", "things: wel", "SCN-305", "2:13"),
        ("shows: level_m", "shows: level", "SCN-305", "4:12"),
        ("level_m > 0.9", "levl_m > 0.9", "SCN-241", "6:"),
        ("level_m > 0.9", "level_m >> > 0.9", "SCN-240", "6:"),
        ("{tone: on-course,", '{when: "depth_m > 1", tone: on-course,', "OVW-101", "7:"),
        ("tone: missed", "tone: red", "SCN-2", "6:"),
    ],
)
def test_a_mistake_is_told_with_its_place(
    tmp_path: Path, before: str, after: str, code: str, place: str
) -> None:
    assert before in VIEWS
    problems = scenes.check(scene(tmp_path, VIEWS.replace(before, after, 1))).problems
    told = [(one.code.key if hasattr(one.code, "key") else str(one.code), str(one.where)) for one in problems]
    assert any(code in key and place in where for key, where in told), told


def test_the_same_layer_again_writes_nothing(db: None) -> None:
    def row(title: str) -> ThingLayer:
        return ThingLayer(
            owner="scene:x", position=0, key="x.y", type="y", shows="z", title=title, title_en="Y"
        )

    assert put_things([row("甲")], owner="scene:x", by=BY).added == ["x.y"]
    assert not put_things([row("甲")], owner="scene:x", by=BY)
    assert put_things([row("乙")], owner="scene:x", by=BY).changed == ["x.y"]
