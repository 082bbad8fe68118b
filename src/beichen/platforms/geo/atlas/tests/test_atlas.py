"""The one map: layers that its reader may see, by group, day, height, depth; landmarks of allowed hosts."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import orjson
import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from beichen.kernel.access.service import load_roles, save_role
from beichen.kernel.actor import system
from beichen.kernel.levels import Level
from beichen.platforms.geo import service
from beichen.platforms.geo.atlas import landmarks
from beichen.platforms.geo.atlas.style import DEEP_M, DEEPEST_M, depth_of, in_groups
from beichen.platforms.geo.basemap import service as basemap
from beichen.platforms.geo.models import Layer
from beichen.settings import Settings

pytestmark = pytest.mark.django_db

BY = system("tests")
HOST = "https://models.example"
BOX = [[[125.3, 43.8], [125.31, 43.8], [125.31, 43.81], [125.3, 43.81], [125.3, 43.8]]]


def collection(kind: str, *properties: dict[str, Any]) -> bytes:
    """Features of one kind in one place."""
    places: Any = {"Point": [125.3, 43.8], "Polygon": BOX, "LineString": BOX[0]}[kind]
    features = [
        {
            "type": "Feature",
            "id": str(number),
            "properties": one,
            "geometry": {"type": kind, "coordinates": places},
        }
        for number, one in enumerate(properties)
    ]
    return orjson.dumps({"type": "FeatureCollection", "features": features})


def facts(key: str, kind: str, *properties: dict[str, Any], **more: Any) -> service.LayerFacts:
    """A layer of a package."""
    shape = {"point": "Point", "polygon": "Polygon", "line": "LineString"}[kind]
    words: dict[str, Any] = {"source": "A survey", "licence": "CC0-1.0", "attribution": "The survey"}
    content = collection(shape, *(properties or ({"name": "A"},)))
    return service.LayerFacts(
        key, f"{key}图", key.title(), kind, content=content, file=f"layers/{key}.geojson", **words, **more
    )


HOUSES = facts(
    "houses",
    "polygon",
    {"name": "A", "m": 12.0, "deep": 33.0, "built": "1990-01-01"},
    dimensions={"height": "m", "depth": "deep", "valid_from": "built"},
    legend={
        "by": "name",
        "categories": [{"value": "A", "colour": "#ff0000", "name": "甲", "name_en": "One"}],
    },
    group="建筑",
    group_en="Buildings",
)
PIPES = facts("pipes", "line", {"deep": 3}, dimensions={"depth": "deep"}, group="管线", group_en="Pipes")
SIGNS = facts("signs", "point", {"name": "标志"}, group="建筑", style={"label": "name"})


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load_roles(by=BY)
    monkeypatch.setattr(basemap, "settings", lambda: Settings(data_dir=tmp_path))


def install(*layers: service.LayerFacts) -> None:
    """The layers, as a package brings them."""
    service.install_layers(layers, owner="city:x", by=BY)


def style(client: Client, path: str, **query: str) -> Any:
    """A style document."""
    answer = client.get(f"/map/{path}", query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def drawn(document: Any, group: str) -> dict[str, Any]:
    """The style layers of a group by what follows its key."""
    found = [one for one in document["layers"] if one.get("metadata", {}).get("group") == group]
    return {one["id"].removeprefix(group).lstrip(":"): one for one in found}


def test_a_layer_is_drawn_from_its_tiles_over_the_base_map(client: Client) -> None:
    install(SIGNS)
    told = style(client, "layers/signs.json", lang="zh")
    assert told["sources"]["layer:signs"]["tiles"] == [
        "http://testserver/ogc/collections/signs/tiles/WebMercatorQuad/{z}/{y}/{x}"
    ]
    assert told["metadata"]["built"] is True
    (group,) = told["metadata"]["groups"][:1]
    assert (group["name"], group["under"], group["hidden"]) == ("signs图", "建筑", False)
    parts = drawn(told, "layer:signs")
    assert parts[""]["source-layer"] == "signs"
    assert parts["names"]["layout"]["text-field"] == ["to-string", ["coalesce", ["get", "name"], ""]]
    assert "timed" in told["metadata"]
    assert told["metadata"]["zone"] == "Asia/Shanghai"
    assert client.get(told["sources"]["layer:signs"]["tiles"][0].format(z=0, x=0, y=0)).status_code == 200


def test_what_has_a_height_rises_and_what_has_a_depth_is_seen_from_below(client: Client) -> None:
    install(HOUSES, PIPES)
    told = style(client, "layers/houses.json", lang="en")
    parts = drawn(told, "layer:houses")
    assert {name: one["metadata"]["views"] for name, one in parts.items()} == {
        "": ["flat"],
        "edge": ["flat"],
        "standing": ["standing"],
        "below": ["below"],
        "above": ["below"],
    }
    assert parts["standing"]["paint"]["fill-extrusion-height"][2] == ["get", "m"]
    below = parts["below"]["paint"]
    assert below["fill-extrusion-height"] == 40  # 33 m, rounded up
    assert below["fill-extrusion-base"][2][1] == 40
    assert "raised by 40 m" in told["metadata"]["words"]["raised"]
    assert told["metadata"]["timed"] == ["layer:houses"]
    pipes = drawn(style(client, "layers/pipes.json"), "layer:pipes")
    assert pipes["buried"]["paint"]["line-dasharray"]
    assert pipes["below"]["metadata"]["views"] == ["below"]


def test_the_legend_is_in_the_readers_language(client: Client) -> None:
    install(HOUSES)
    for language, name in (("zh", "甲"), ("en", "One")):
        group = style(client, "layers/houses.json", lang=language)["metadata"]["groups"][0]
        assert group["legend"][0] == {"name": name, "form": "fill", "colour": "#ff0000"}
        assert group["swatch"] is None


def test_all_layers_are_on_one_map_in_their_groups(client: Client) -> None:
    install(HOUSES, PIPES, SIGNS)
    groups = style(client, "layers.json", lang="en")["metadata"]["groups"][:3]
    assert [(one["under"], one["key"]) for one in groups] == [
        ("建筑", "layer:signs"),
        ("Pipes", "layer:pipes"),
        ("Buildings", "layer:houses"),
    ]
    chinese = style(client, "layers.json", lang="zh")["metadata"]["groups"][:3]
    assert [one["under"] for one in chinese] == ["建筑", "建筑", "管线"]


def test_what_the_base_map_draws_already_is_off_at_first(client: Client) -> None:
    water = facts("water", "polygon", style={"role": "water"})
    install(water, SIGNS)
    basemap.build(by=BY)
    groups = {one["key"]: one for one in style(client, "layers.json")["metadata"]["groups"]}
    assert (groups["layer:water"]["hidden"], groups["layer:signs"]["hidden"]) == (True, False)


def test_who_may_not_see_a_layer_gets_nothing_of_it(client: Client) -> None:
    install(replace(SIGNS, level=2), PIPES)
    assert "signs" not in orjson.dumps(style(client, "layers.json")).decode()
    for path in ("layers/signs.json", "landmarks/signs.json", "layers/nothing.json"):
        answer = client.get(f"/map/{path}", headers={"accept": "application/json"})
        assert (answer.status_code, answer.json()["code"]) == (404, "GEO-404")
    assert (
        client.get("/map/layers.json?theme=dusk", headers={"accept": "application/json"}).status_code == 422
    )
    save_role("public", "公众", [], Level.L1, by=BY)
    for path in ("layers.json", "layers/pipes.json", "landmarks/pipes.json"):
        assert client.get(f"/map/{path}").status_code == 403


def test_the_map_of_all_asks_no_more_for_more_layers(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    install(*(replace(SIGNS, key=f"s{number}", file=f"layers/s{number}.geojson") for number in range(30)))
    client.get("/map/layers.json")
    with django_assert_max_num_queries(8):
        client.get("/map/layers.json")


@pytest.mark.parametrize(
    ("deep", "found"),
    [([3, None, 21.5], 30), ([], DEEP_M), ([0, -4], DEEP_M), ([4_000], DEEPEST_M), ([0.5], 10)],
)
def test_the_ground_is_raised_by_the_depth_of_what_lies_deepest(deep: list[Any], found: float) -> None:
    install(facts("pipes", "line", *({"deep": one} for one in deep), dimensions={"depth": "deep"}))
    row = Layer.objects.get(key="pipes")
    assert depth_of(row, service.source_of(row, BY)) == found


MODELS = facts(
    "towers",
    "point",
    {"at": f"{HOST}/tower.glb", "turned": 450, "by": 2},
    {"at": f"{HOST}/city/tileset.json?v=1"},
    {"at": "/static/own.gltf", "by": -1},
    {"at": "https://other.example/x.glb"},
    {"at": "//models.example/x.glb"},
    {"at": f"{HOST}/readme.txt"},
    {"at": ""},
    dimensions={"model": "at", "heading": "turned", "scale": "by"},
)


def test_landmarks_come_from_allowed_hosts_alone(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(landmarks, "settings", lambda: Settings(model_hosts=f"{HOST}/, http://x"))
    install(MODELS)
    told = client.get("/map/landmarks/towers.json").json()
    assert (told["refused"], told["unknown"]) == (2, 1)
    assert {(one["url"], one["kind"]) for one in told["models"]} == {
        (f"{HOST}/tower.glb", "gltf"),
        (f"{HOST}/city/tileset.json?v=1", "tiles3d"),
        ("/static/own.gltf", "gltf"),
    }
    tower = next(one for one in told["models"] if one["url"].endswith("glb"))
    assert (tower["at"], tower["heading"], tower["scale"]) == ([125.3, 43.8, 0.0], 90, 2)
    assert {one["scale"] for one in told["models"]} == {1, 2}
    address = style(client, "layers/towers.json")["metadata"]["landmarks"]
    assert address == {"layer:towers": "/map/landmarks/towers.json"}


def test_a_layer_without_models_has_none(client: Client) -> None:
    install(SIGNS)
    assert client.get("/map/landmarks/signs.json").json()["models"] == []
    assert style(client, "layers/signs.json")["metadata"]["landmarks"] == {}


@given(
    st.text(max_size=40), st.sampled_from(["", "/", "//", "/\\", "https://", "https:/", "javascript:", " "])
)
def test_no_address_of_another_origin_is_ever_allowed(rest: str, begin: str) -> None:
    """Whatever is allowed begins with one slash, or with the allowed origin."""
    address = begin + rest
    if landmarks.is_allowed(address):
        assert address[0] == "/"
        assert address[1:2] not in ("/", "\\")


@given(st.lists(st.sampled_from("甲乙丙丁"), max_size=20))
def test_groups_of_one_heading_stand_together(headings: list[str]) -> None:
    groups = [{"under": one, "place": place} for place, one in enumerate(headings)]
    found = in_groups(groups)
    assert sorted(one["place"] for one in found) == list(range(len(groups)))
    changes = sum(one["under"] != other["under"] for one, other in pairwise(found))
    assert changes == max(0, len(set(headings)) - 1)
    for heading in set(headings):
        places = [one["place"] for one in found if one["under"] == heading]
        assert places == sorted(places, reverse=True)
