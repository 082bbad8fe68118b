"""Features written one by one: laid over the revision at once, folded later, never lost, never by others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beichen.kernel.access.service import load_roles, save_role
from beichen.kernel.actor import Actor, system
from beichen.kernel.audit.models import AuditRecord
from beichen.kernel.levels import Level
from beichen.platforms.geo import service
from beichen.platforms.geo.models import Edit, Layer
from beichen.platforms.geo.source import Asked, version_of
from beichen.platforms.geo.tests.test_layers import FACTS
from beichen.platforms.geo.tests.test_sources import EAST, WEST, _point, new_layer, officer, revise
from beichen.problem import ProblemError

pytestmark = pytest.mark.django_db

BY = system("tests")


@pytest.fixture
def layer() -> Layer:
    load_roles(by=BY)
    made = new_layer()
    revise(made, [_point(f"f{number}", 125 + number / 10, 43, n=number, name="x") for number in range(6)])
    return made


def again(layer: Layer) -> Layer:
    """The layer as another request reads it."""
    return Layer.objects.select_related("revision").get(pk=layer.pk)


def read(layer: Layer, limit: int = 100, **asked: Any) -> dict[str, dict[str, Any]]:
    """All features, read by pages of ``limit``."""
    source = service.source_of(again(layer), BY)
    found: dict[str, dict[str, Any]] = {}
    question = Asked(limit=limit, **asked)
    while True:
        answer = source.page(question)
        for one in map(orjson.loads, answer.features):
            assert one["id"] not in found
            found[one["id"]] = one
        if not answer.after:
            return found
        question = replace(question, after=answer.after)


def test_what_is_written_is_read_at_once(layer: Layer) -> None:
    before = service.source_of(again(layer), BY).described()
    writer = service.editable(again(layer), BY)
    key = writer.add(_point("", 126, 44, n=9))
    writer.replace("f1", _point("f1", 127, 44, n=1, name="moved"))
    writer.change("f2", {"properties": {"name": None, "n": 22}})
    writer.remove("f3")
    found = read(layer, limit=2)
    assert set(found) == {"f0", "f1", "f2", "f4", "f5", key}
    assert found["f1"]["geometry"]["coordinates"] == [127, 44]
    assert found["f2"]["properties"] == {"n": 22, "name": None}
    source = service.source_of(again(layer), BY)
    assert source.feature("f3") is None
    assert orjson.loads(source.feature(key) or b"")["properties"] == {"n": 9, "name": None}
    after = source.described()
    assert (after.count, after.tag != before.tag, after.box) == (6, True, (125, 43, 127, 44))
    near = read(layer, box=(126.5, 43.5, 127.5, 44.5))
    assert set(near) == {"f1"}
    assert source.columns(Asked(limit=99)).column("id").to_pylist() == list(found)
    assert AuditRecord.objects.filter(action__startswith="geo.feature.").count() == 4


def test_folding_changes_no_feature_and_no_version(layer: Layer) -> None:
    writer = service.editable(again(layer), BY)
    writer.replace("f1", _point("f1", 127, 44, n=1, name="moved"))
    writer.remove("f3")
    before = read(layer)
    version = version_of(service.source_of(again(layer), BY).feature("f1") or b"")
    revision = service.fold_edits("posts", by=BY)
    assert revision is not None
    assert revision.feature_count == 5
    assert (again(layer).edits, Edit.objects.count()) == (0, 0)
    assert read(layer) == before
    assert version_of(service.source_of(again(layer), BY).feature("f1") or b"") == version
    assert service.fold_edits("posts", by=BY) is None


def test_a_version_that_was_changed_since_is_refused(layer: Layer) -> None:
    writer = service.editable(again(layer), BY)
    version = version_of(service.source_of(again(layer), BY).feature("f1") or b"")
    writer.change("f1", {"properties": {"n": 5}}, version)
    acts: list[Callable[[], None]] = [
        lambda: writer.change("f1", {"properties": {"n": 6}}, version),
        lambda: writer.replace("f1", _point("f1", 1, 1), version),
        lambda: writer.remove("f1", version),
    ]
    for act in acts:
        with pytest.raises(ProblemError, match="GEO-825"):
            act()
    assert read(layer)["f1"]["properties"]["n"] == 5


def test_what_is_not_there_cannot_be_changed_and_what_is_not_added(layer: Layer) -> None:
    writer = service.editable(again(layer), BY)
    acts: list[Callable[[], None]] = [
        lambda: writer.change("nobody", {}),
        lambda: writer.remove("nobody"),
        lambda: writer.replace("nobody", _point("", 1, 1)),
    ]
    for act in acts:
        with pytest.raises(ProblemError, match="GEO-824"):
            act()
    with pytest.raises(ProblemError, match="GEO-823"):
        writer.add(_point("f1", 1, 1))
    writer.remove("f1")
    assert writer.add(_point("f1", 1, 1)) == "f1"


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"geometry": None},
        {"geometry": {"type": "Point", "coordinates": []}},
        {"geometry": {"type": "Point", "coordinates": [500, 1]}},
        {"geometry": {"type": "LineString", "coordinates": [[1, 2], [3, 4]]}},
        {"geometry": {"type": "Point", "coordinates": [1, 2]}, "properties": []},
        {"geometry": {"type": "Point", "coordinates": [1, 2]}, "properties": {"other": 1}},
        {"geometry": {"type": "Point", "coordinates": [1, 2]}, "properties": {"n": "many"}},
        {"geometry": {"type": "Point", "coordinates": [1, 2]}, "properties": {"n": 1 << 70}},
        {"geometry": {"type": "Point", "coordinates": [1, 2]}, "properties": {"name": "\ud800"}},
        {"geometry": {"type": "Point", "coordinates": [1, 2]}, "properties": {"name": "x" * (5 << 20)}},
    ],
)
def test_what_is_no_feature_of_the_layer_is_refused(document: dict[str, Any], layer: Layer) -> None:
    with pytest.raises(ProblemError, match="GEO-822"):
        service.editable(again(layer), BY).add(document)
    assert not Edit.objects.exists()


def test_only_brought_layers_are_edited_and_by_right(layer: Layer) -> None:
    service.install_layers([FACTS], owner="city:x", by=BY)
    with pytest.raises(ProblemError, match="GEO-821"):
        service.editable(service.layer("wells"), BY)
    with pytest.raises(ProblemError, match="ACC-403"):
        service.editable(again(layer), officer())


def test_a_district_writes_within_itself(layer: Layer) -> None:
    save_role("mapper", "测绘员", ["geo.read", "geo.feature.write"], Level.L2, by=BY)
    revise(layer, [_point("e", 125, 43, **{"in": EAST}), _point("w", 124, 43, **{"in": WEST})])
    mapper = officer(region=EAST, role="mapper")
    writer = service.editable(again(layer), mapper)
    with pytest.raises(ProblemError, match="GEO-824"):
        writer.remove("w")
    with pytest.raises(ProblemError, match="GEO-822"):
        writer.add(_point("new", 1, 1))  # of no region
    writer.remove("e")
    assert set(read(layer)) == {"w"}


def test_many_edits_ask_to_be_folded(layer: Layer, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    monkeypatch.setattr("beichen.platforms.geo.editing.writing.FOLDED_AT", 3)
    monkeypatch.setattr("beichen.platforms.geo.editing.writing.enqueue", lambda *task: asked.append(task[1]))
    writer = service.editable(again(layer), BY)
    for number in range(4):
        writer.add(_point("", 125, 43, n=number))
    writer.change("f1", {"properties": {"n": 7}})
    assert asked == ["posts"]


_acts = st.lists(
    st.tuples(st.sampled_from(["add", "change", "remove", "fold"]), st.integers(0, 7), st.integers(0, 99)),
    max_size=12,
)


@settings(max_examples=12, deadline=None)
@given(acts=_acts)
def test_any_course_of_writes_gives_what_a_dictionary_would(acts: list[tuple[str, int, int]]) -> None:
    load_roles(by=BY)
    Layer.objects.all().delete()
    layer = new_layer()
    revise(layer, [_point(f"k{number}", 125, 43, n=number) for number in range(5)])
    expected = {f"k{number}": number for number in range(5)}
    for act, number, value in acts:
        key = f"k{number}"
        writer = service.editable(again(layer), BY)
        if act == "fold":
            service.fold_edits("posts", by=BY)
        elif act == "add" and key not in expected:
            writer.add(_point(key, 125, 43, n=value))
            expected[key] = value
        elif act == "change" and key in expected:
            writer.change(key, {"properties": {"n": value}})
            expected[key] = value
        elif act == "remove" and key in expected:
            writer.remove(key)
            del expected[key]
    found = read(layer, limit=3)
    assert {key: one["properties"]["n"] for key, one in found.items()} == expected
    assert service.source_of(again(layer), BY).described().count == len(expected)


def test_an_actor_who_may_nothing_writes_nothing(layer: Layer) -> None:
    with pytest.raises(ProblemError, match="ACC-403"):
        service.editable(again(layer), Actor("nobody", "Nobody"))
