"""Places are found as one types: by characters, pinyin, initials, English, and by a part."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from beichen.kernel.actor import Actor
from beichen.kernel.bus.event import Event
from beichen.kernel.org.models import Region
from beichen.platforms.geo.addresses import places
from beichen.platforms.geo.addresses.names import read_names, read_objects
from beichen.platforms.geo.addresses.tests import town
from beichen.platforms.geo.addresses.tests.town import BY
from beichen.platforms.geo.subscribers import follow
from beichen.problem import ProblemError
from beichen.registry import service as registry
from beichen.registry.models import Object

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def built() -> None:
    town.build()


@pytest.mark.parametrize(
    ("typed", "name", "how"),
    [
        ("亚泰", "亚泰大街", "name"),
        ("亚泰大街", "亚泰大街", "name"),
        ("yatai", "亚泰大街", "pinyin"),
        ("YaTai DaJie", "亚泰大街", "pinyin"),
        ("ytdj", "亚泰大街", "initials"),
        ("nanguan dis", "南关区", "english"),
        ("购物", "新天地购物公园", "part"),
        ("changchunshi", "长春市", "pinyin"),
    ],
)
def test_as_one_types(typed: str, name: str, how: str) -> None:
    found = places.search_places(typed, by=BY)
    assert (found[0].name, found[0].how) == (name, how)


def test_what_fits_many_is_walked_by_weight(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same answers, whichever way they are come by."""
    usual = [one.name for one in places.search_places("c", by=BY, limit=3)]
    monkeypatch.setattr(places, "MANY", 0)
    walked = [one.name for one in places.search_places("c", by=BY, limit=3)]
    assert usual[0] == walked[0] == "长春市"
    assert set(usual) & set(walked)


@pytest.mark.parametrize("kind", ["", "road"])
@pytest.mark.parametrize("many", [0, 10_000])
def test_keys_are_asked_of_an_index_alone(kind: str, many: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """And where many fit, in its order: among a million names anything else takes a second."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL plans by what the table holds")
    monkeypatch.setattr(places, "MANY", many)
    with CaptureQueriesContext(connection) as asked:
        places.search_places("c", by=BY, kind=kind)
    statements = [one["sql"] for one in asked if "_placekey" in one["sql"]]
    assert len(statements) >= 3
    for statement in statements:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {statement}")
            plan = " ".join(row[3] for row in cursor.fetchall())
        assert "USING COVERING INDEX place_key_" in plan
        assert "(kind" not in plan
        assert many or "TEMP B-TREE FOR ORDER BY" not in plan  # of one weight it may


@pytest.mark.parametrize("typed", ["", "  ", "，。", "zzzz", "\x00", "长" * 500, "'; drop table"])
def test_what_fits_nothing_finds_nothing(typed: str) -> None:
    assert places.search_places(typed, by=BY) == []


def test_a_kind_alone() -> None:
    found = places.search_places("长", by=BY, kind="road")
    assert {one.kind for one in found} == {"road"}
    assert found[0].name == "长通路"


def test_a_region_that_is_gone_is_no_place() -> None:
    assert places.search_places("永长社区", by=BY)
    Region.objects.filter(code="220102005001").update(is_current=False)
    assert read_names(by=BY)["dropped"] == 1
    assert not places.search_places("永长社区", by=BY)
    assert read_names(by=BY) == {"written": 0, "dropped": 0}


def test_who_may_not_read_finds_nothing() -> None:
    nobody = Actor("nobody", "Nobody", ())
    with pytest.raises(ProblemError, match="ACC-403"):
        places.search_places("长", by=nobody)


def thing(name: str) -> registry.Draft:
    """A thing of the registry at a place."""
    attributes: dict[str, Any] = {
        "name": {"type": "Property", "value": name},
        "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [125.33, 43.89]}},
    }
    return registry.Draft(registry.Entity("urn:ngsi-ld:Well:1", ["Well"], None, attributes))


def happened(code: str) -> Event:
    """The event of a thing."""
    now = datetime(2025, 1, 1, tzinfo=UTC)
    return Event("1", "beichen", "registry.object.changed", code, now, None)


def test_things_are_places_and_follow_what_happens_to_them() -> None:
    outcome, _ = registry.write_object(thing("文化广场泵站"), by=BY)
    code = Object.objects.get().code
    assert read_objects(by=BY) == 1
    (found,) = places.search_places("whgc", by=BY)
    assert (found.ref, found.longitude) == (f"object:{code}", 125.33)
    registry.write_object(thing("北湖泵站"), by=BY)
    follow(happened(code))
    assert not places.search_places("文化广场", by=BY)
    assert [one.name for one in places.search_places("北湖", by=BY)] == ["北湖泵站"]
    registry.remove_objects(["urn:ngsi-ld:Well:1"], by=BY)
    follow(happened(code))
    assert not places.search_places("北湖", by=BY)
    assert outcome
