"""Who may read which layer, and what of it: sources of packages, revisions and objects."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import orjson
import pytest

from beichen.kernel.access.service import load_roles, save_role
from beichen.kernel.actor import PUBLIC, Actor, Scope, system
from beichen.kernel.levels import Level
from beichen.kernel.org.models import Body, Region
from beichen.platforms.geo import revisions, service
from beichen.platforms.geo.models import Layer, Origin, Revision
from beichen.platforms.geo.snapshots import gathering, keeping
from beichen.platforms.geo.snapshots.unfolding import FORM
from beichen.platforms.geo.source import Asked
from beichen.platforms.geo.tests.test_layers import FACTS
from beichen.registry.declaring import TypeFacts
from beichen.registry.service import declare_types
from beichen.registry.tests.clients import Program

pytestmark = pytest.mark.django_db

BY = system("tests")
EAST, WEST = "/22/2201/", "/22/2202/"


def _point(key: str, x: float, y: float, **properties: Any) -> dict[str, Any]:
    geometry = {"type": "Point", "coordinates": [x, y]}
    return {"type": "Feature", "id": key, "geometry": geometry, "properties": properties}


def _told(_shapes: Any, told: Sequence[str | None]) -> list[str]:
    return [one or "" for one in told]


def revise(layer: Layer, features: list[dict[str, Any]]) -> Revision:
    """A revision of these features, whose property ``in`` is their region's path."""
    layout = gathering.layout_of(features)
    batches = gathering.batches_of(features, layout, _told, region="in")
    return service.make_revision(layer, batches, layout, by=BY)


def new_layer(key: str = "posts", **values: Any) -> Layer:
    """A layer that was uploaded, still without features."""
    words = {"name": "灯杆", "name_en": "Posts", "kind": "point", "source": "s", "licence": "l"}
    numbers = {"feature_count": 0, "west": 0, "south": 0, "east": 0, "north": 0}
    origin = {"origin": Origin.UPLOAD, "owner": "upload", "attribution": "a", "sha256": ""}
    return Layer.objects.create(key=key, **{**words, **numbers, **origin, **values})


def officer(region: str = "", body: str = "", role: str = "officer") -> Actor:
    """Someone at work."""
    return Actor("person:1", "Officer", (Scope(role, body, region),))


@pytest.fixture(autouse=True)
def _roles() -> None:
    load_roles(by=BY)


def _keys(layer: Layer, by: Actor, **asked: Any) -> set[str]:
    found = service.source_of(layer, by).page(Asked(limit=100, **asked)).features
    return {orjson.loads(feature)["id"] for feature in found}


def test_a_packages_layer_is_read_like_any_other() -> None:
    service.install_layers([FACTS], owner="city:invented", by=BY)
    source = service.source_of(service.layer("wells"), PUBLIC)
    assert source.described().count == 1
    assert orjson.loads(source.feature("1") or b"")["properties"] == {"name": "A"}
    before = source.described().tag
    moved = replace(FACTS, content=FACTS.content.replace(b"125.3", b"125.4"))
    service.install_layers([moved], owner="city:invented", by=BY)
    after = service.source_of(service.layer("wells"), PUBLIC)
    assert after.described().tag != before
    assert after.columns(Asked(limit=1, box=(125.39, 43, 125.41, 44))).num_rows == 1


def test_a_revision_takes_the_place_of_the_one_before() -> None:
    layer = new_layer()
    assert service.source_of(layer, BY).described().count == 0
    first = revise(layer, [_point("a", 125, 43)])
    tag = service.source_of(layer, BY).described().tag
    second = revise(layer, [_point("a", 125, 43), _point("b", 126, 44)])
    assert (first.number, second.number) == (1, 2)
    held = Layer.objects.get(key="posts")
    assert (held.revision, held.feature_count, held.east) == (second, 2, 126)
    assert _keys(held, BY) == {"a", "b"}
    assert service.source_of(held, BY).described().tag != tag


def test_a_build_that_fails_shows_what_was_there() -> None:
    layer = new_layer()
    first = revise(layer, [_point("a", 125, 43)])
    broken = [_point("b", 126, 44), {"properties": {}}]
    with pytest.raises(KeyError):
        revise(layer, broken)
    held = Layer.objects.get(key="posts")
    assert held.revision == first
    assert Revision.objects.count() == 1


def test_two_builds_at_once_are_two_revisions() -> None:
    layer = new_layer()
    both = [[_point("a", 125, 43)], [_point("b", 126, 44), _point("c", 126, 45)]]

    def keep(features: list[dict[str, Any]]) -> revisions.Kept:
        layout = gathering.layout_of(features)
        return revisions.keep_features(gathering.batches_of(features, layout, _told), layout)

    with ThreadPoolExecutor(2) as pool:
        kept = list(pool.map(keep, both))
    numbers = [revisions.show(Layer.objects.get(key="posts"), one, by=BY).number for one in kept]
    assert numbers == [1, 2]
    assert _keys(Layer.objects.get(pk=layer.pk), BY) == {"b", "c"}


def test_old_revisions_are_forgotten_and_their_folders_too() -> None:
    layer = new_layer()
    made = [revise(layer, [_point(str(number), 125, 43)]) for number in range(revisions.KEPT + 2)]
    assert revisions.forget_old(layer) == 2
    assert layer.revisions.count() == revisions.KEPT
    gone = keeping.prune(row.hash[:40] for row in layer.revisions.all())
    assert {row.hash[:40] for row in made[:2]} <= set(gone)
    assert _keys(layer, BY) == {str(revisions.KEPT + 1)}


def test_folders_of_an_earlier_form_go_too() -> None:
    layer = new_layer()
    name = revise(layer, [_point("a", 125, 43)]).hash[:40]
    assert _keys(layer, BY) == {"a"}
    earlier = keeping.root() / f"{name}-{FORM - 1}"
    earlier.mkdir()
    assert name in keeping.prune([name])
    assert not earlier.exists()
    assert (keeping.root() / f"{name}-{FORM}").is_dir()


def test_levels_decide_which_layers_there_are() -> None:
    for level in Level:
        new_layer(f"l{int(level)}", level=level)
    assert [row.key for row in service.layers_for(PUBLIC)] == ["l1"]
    assert [row.key for row in service.layers_for(officer())] == ["l1", "l2"]
    assert service.layers_for(BY).count() == 4
    assert not service.layers_for(Actor("nobody", "Nobody")).exists()
    assert not service.layers().exists()  # those of packages alone


def test_personal_layers_lie_with_their_body() -> None:
    save_role("nurse", "护士", ["geo.read"], Level.L3, by=BY)
    body = Body.objects.create(key="health", name="卫健委", path="/health/")
    new_layer("patients", level=Level.L3, body=body)
    assert service.layers_for(officer(body="/health/", role="nurse")).exists()
    assert service.layers_for(officer(role="nurse")).exists()
    assert not service.layers_for(officer(body="/water/", role="nurse")).exists()


def test_a_withdrawn_layer_is_seen_by_those_who_keep_it() -> None:
    new_layer(is_shown=False)
    steward = officer(role="steward")
    assert not service.layers_for(steward).exists()
    assert service.layers_kept_by(steward).exists()
    assert not service.layers_kept_by(officer()).exists()
    assert not service.layers_kept_by(officer(region=EAST, role="steward")).exists()


def test_who_is_confined_to_a_region_reads_that_alone() -> None:
    layer = new_layer(level=Level.L2)
    features = [
        _point("e", 125, 43, **{"in": EAST}),
        _point("w", 124, 43, **{"in": WEST}),
        _point("none", 123, 43),
    ]
    revise(layer, features)
    district = officer(region=EAST)
    source = service.source_of(layer, district)
    assert _keys(layer, district) == {"e"}
    assert _keys(layer, district, regions=(WEST,)) == set()
    assert _keys(layer, district, regions=("/22/",)) == {"e"}
    assert source.columns(Asked(limit=9)).column("id").to_pylist() == ["e"]
    assert source.feature("w") is None
    assert source.feature("e") is not None
    assert source.described().tag != service.source_of(layer, officer()).described().tag
    assert _keys(layer, officer()) == {"e", "w", "none"}
    assert _keys(layer, Actor("nobody", "Nobody")) == set()
    layer.level = Level.L1
    assert _keys(layer, district) == {"e", "w", "none"}


def test_features_of_a_package_know_their_regions() -> None:
    Region.objects.create(code="22", name="省", level="province", path="/22/")
    Region.objects.create(code="2201", name="市", level="city", path=EAST)
    content = orjson.dumps(
        {
            "type": "FeatureCollection",
            "features": [
                {
                    "type": "Feature",
                    "properties": {"code": "2201"},
                    "geometry": {
                        "type": "Polygon",
                        "coordinates": [[[125, 43], [126, 43], [126, 44], [125, 44], [125, 43]]],
                    },
                }
            ],
        }
    )
    area = replace(FACTS, key="areas", kind="polygon", content=content, region_property="code")
    service.install_layers([area, FACTS], owner="city:invented", by=BY)
    for key in ("areas", "wells"):
        table = service.source_of(service.layer(key), PUBLIC).columns(Asked(limit=1))
        assert table.column("region").to_pylist() == [EAST]


def _objects() -> Layer:
    facts = TypeFacts(
        key="Lamp",
        name="路灯",
        name_en="Lamp",
        kind="thing",
        geometry="point",
        fields={"height": {"type": "number"}, "lit": {"type": "boolean"}},
    )
    declare_types([facts], scene="lights", by=BY)
    program = Program()
    for number in range(5):
        location = {"type": "Point", "coordinates": [125 + number, 43]}
        program.create(f"urn:ngsi-ld:Lamp:{number}", "Lamp", height=number / 2, location=location)
    return new_layer("lamps", origin=Origin.OBJECTS, particulars={"type": "Lamp"})


def test_objects_are_a_layer() -> None:
    layer = _objects()
    source = service.source_of(layer, BY)
    assert source.described().count == 5
    page = source.page(Asked(limit=2))
    rest = source.page(Asked(limit=9, after=page.after))
    features = [orjson.loads(one) for one in [*page.features, *rest.features]]
    assert [one["properties"]["height"] for one in features] == [0, 0.5, 1, 1.5, 2]
    assert rest.after == ""
    assert source.feature(features[0]["id"]) == page.features[0]
    assert source.feature("nobody") is None
    near = source.columns(Asked(limit=9, box=(125.5, 42, 127.5, 44)))
    assert near.column("height").to_pylist() == [0.5, 1.0]
    over = source.columns(Asked(limit=9, box=(128.5, 42, 125.5, 44)))
    assert over.column("height").to_pylist() == [0.0, 2.0]
    assert service.source_of(layer, Actor("nobody", "Nobody")).page(Asked(limit=9)).features == []
