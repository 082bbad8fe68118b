"""Pages of what lies in a box: complete, in order, and read by the spatial index without a sort."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
import shapely
from django.db import connection

from beichen.kernel.actor import system
from beichen.problem import ProblemError
from beichen.registry import service
from beichen.registry.document.context import CORE_ONLY
from beichen.registry.document.expansion import Expander
from beichen.registry.query.geo import parse_geo
from beichen.registry.query.plan import Query
from beichen.registry.query.search import Search

pytestmark = pytest.mark.django_db
BY = system("test")
BOX = [[[125.2, 43.2], [125.8, 43.2], [125.8, 43.8], [125.2, 43.8], [125.2, 43.2]]]
SLANTED = [[[125.5, 43.1], [125.9, 43.5], [125.5, 43.9], [125.1, 43.5], [125.5, 43.1]]]


def place(x: float, y: float) -> dict[str, Any]:
    """A point as a GeoProperty."""
    return {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [x, y]}}


def lies_in_box(document: dict[str, Any]) -> bool:
    """Whether one of the entity's points lies inside :data:`BOX`, its edge apart."""
    found = document["location"]
    points = [one["value"]["coordinates"] for one in (found if isinstance(found, list) else [found])]
    return any(125.2 < x < 125.8 and 43.2 < y < 43.8 for x, y in points)


@pytest.fixture
def lamps() -> list[str]:
    """Ids of those lamps that lie in the box, in the order in which they were written."""
    chance = Random(3)
    spots = [[(125 + chance.random(), 43 + chance.random())] for _ in range(120)]
    spots += [[(125.2, 43.5)], [(125.8, 43.8)], [(125.2000001, 43.5)]]  # two on the edge, one just inside
    spots += [[(125.3, 43.3), (125.4, 43.4)], [(125.0, 43.0), (125.7, 43.7)]]  # two places each
    documents = []
    for number, several in enumerate(spots):
        location = [{**place(*spot), "datasetId": f"urn:place:{at}"} for at, spot in enumerate(several)]
        only = place(*several[0]) if len(several) == 1 else location
        documents.append({"id": f"urn:ngsi-ld:Lamp:{number}", "type": "Lamp", "location": only})
    expanders = [Expander(CORE_ONLY) for _ in documents]
    drafts = [service.Draft(one.entity(item)) for one, item in zip(expanders, documents, strict=True)]
    assert not service.write_objects(drafts, by=BY).errors
    return [str(document["id"]) for document in documents if lies_in_box(document)]


def asked(coordinates: Any = BOX, ids: tuple[str, ...] = ()) -> Search:
    """The lamps within a polygon."""
    geo = parse_geo("within", "Polygon", coordinates)
    return Search(Query(types="Lamp", geo=geo, ids=ids), BY)


def found(search: Search, limit: int, offset: int = 0) -> tuple[list[str], bool]:
    """Ids on a page, and whether more follow."""
    rows, has_more = search.page(limit, offset)
    return [row.document.split('"')[3] for row in rows], has_more


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_pages_of_a_box_are_complete_and_in_order(lamps: list[str], size: int) -> None:
    read: list[str] = []
    has_more = True
    while has_more:
        page, has_more = found(asked(), size, len(read))
        read += page
    assert read == lamps
    assert asked().count() == len(lamps)


def test_a_slanted_polygon_is_no_box(lamps: list[str]) -> None:
    page, _ = found(asked(SLANTED), 1000)
    assert page
    assert set(page) != set(lamps)


def test_ids_narrow_a_box(lamps: list[str]) -> None:
    page, has_more = found(asked(ids=(lamps[2], lamps[0], "urn:ngsi-ld:Lamp:120")), 10)
    assert (page, has_more) == ([lamps[0], lamps[2]], False)


def test_the_index_is_asked_and_nothing_is_sorted_but_keys(lamps: list[str]) -> None:
    plan = asked().plan
    conditions = " AND ".join(plan.conditions)
    statement = " ".join(
        [plan.before, "SELECT o.document FROM", plan.tables, "WHERE", conditions, "ORDER BY o.id"]
    )
    is_sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        if not is_sqlite:
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off")
        cursor.execute(f"{'EXPLAIN QUERY PLAN' if is_sqlite else 'EXPLAIN'} {statement}", plan.parameters)
        steps = "\n".join(str(row) for row in cursor.fetchall())
    assert ("VIRTUAL TABLE INDEX 2:" if is_sqlite else "registry_shape") in steps, steps
    assert "TEMP B-TREE" not in steps, steps
    assert "Sort Key: o.id" not in steps, steps


def test_every_box_of_the_tree_has_a_volume(lamps: list[str]) -> None:
    """An R*Tree whose boxes have none cannot tell a good split from a bad one."""
    flat = {
        "sqlite": "SELECT count(*), total(type_high - type_low <> 0.5) FROM registry_box",
        "postgresql": "SELECT count(*), count(*) FILTER (WHERE shape IS NULL) FROM registry_objectshape",
    }
    with connection.cursor() as cursor:
        cursor.execute(flat[connection.vendor])
        boxes, without = cursor.fetchone()
    assert boxes >= len(lamps) > 0
    assert without == 0


@pytest.mark.parametrize(
    ("ring", "is_frame"),
    [
        ([[0, 0], [2, 0], [2, 1], [0, 1], [0, 0]], True),
        ([[0, 0], [0, 1], [2, 1], [2, 0], [0, 0]], True),
        ([[0, 0], [2, 1], [2, 0], [0, 1], [0, 0]], False),  # crosses itself
        ([[0, 0], [2, 0], [2, 1], [2, 0], [0, 0]], False),  # goes there and back
        ([[0, 0], [2, 0], [0, 0], [2, 0], [0, 0]], False),  # has no area
        ([[0, 0], [2, 0], [3, 1], [0, 1], [0, 0]], False),
        ([[0, 0], [2, 0], [2, 95], [0, 95], [0, 0]], False),  # beyond the pole
        ([[0, 0], [2, 0], [2, True], [0, True], [0, 0]], False),
    ],
)
def test_only_an_upright_box_is_a_frame(ring: list[list[float]], is_frame: bool) -> None:
    try:
        found = parse_geo("within", "Polygon", [ring])
    except ProblemError:
        assert not is_frame
        return
    assert found.is_frame is is_frame
    assert not is_frame or found.geometry.equals(shapely.Polygon(ring))
