"""Trees of regions and bodies: written by difference, refused whole, found by their paths."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from beichen.kernel.actor import system
from beichen.kernel.audit.models import AuditRecord
from beichen.kernel.org.models import Body, Region
from beichen.kernel.org.service import (
    NO_REGION,
    BodyFacts,
    RegionFacts,
    load_bodies,
    load_regions,
    region_by_code,
    tree_problems,
)
from beichen.kernel.org.trees import CYCLE, NO_PARENT, TWICE
from beichen.problem import ProblemError

BY = system("test")
CITY = [
    RegionFacts("22", "省", "province"),
    RegionFacts("2201", "市", "city", "22"),
    RegionFacts("220102", "区", "county", "2201"),
    RegionFacts("220103", "县", "county", "2201"),
]


def codes_of(error: pytest.ExceptionInfo[ProblemError]) -> list[tuple[str, str | None]]:
    """The codes that were raised, with the keys they stand at."""
    return [(problem.code, problem.where.field) for problem in error.value.problems]


@pytest.mark.django_db
def test_paths_lead_from_the_root() -> None:
    """In whatever order the rows come."""
    load_regions(reversed(CITY), by=BY)
    assert region_by_code("220102").path == "/22/2201/220102/"


@pytest.mark.django_db
def test_loading_again_writes_nothing() -> None:
    """Two queries look, none writes, no record is made: for thousands of rows as for four."""
    load_regions(CITY, by=BY)
    bodies = [BodyFacts(f"body-{number}", "机构", region="2201") for number in range(30)]
    load_bodies(bodies, by=BY)
    records = AuditRecord.objects.count()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert not load_regions(CITY, by=BY)
        assert not load_bodies(bodies, by=BY)
    assert AuditRecord.objects.count() == records
    assert len([query for query in queries if query["sql"].startswith("SELECT")]) == 3
    assert not [query for query in queries if query["sql"].startswith(("INSERT",))]


@pytest.mark.django_db
def test_a_move_takes_the_subtree_along() -> None:
    """The report names every row whose path changed."""
    load_regions([*CITY, RegionFacts("220102001", "街", "street", "220102")], by=BY)
    moved = [*CITY, RegionFacts("220102001", "街", "street", "220103")]
    changes = load_regions(moved, by=BY)
    assert (changes.changed, changes.unchanged) == (["220102001"], 4)
    assert region_by_code("220102001").path == "/22/2201/220103/220102001/"


@pytest.mark.django_db
def test_what_vanished_stays_marked_and_may_come_back() -> None:
    """Rows are never deleted: cases and people refer to them."""
    load_regions(CITY, by=BY)
    assert load_regions(CITY[:-1], by=BY).removed == ["220103"]
    assert not region_by_code("220103").is_current
    assert not load_regions(CITY[:-1], by=BY).removed
    assert load_regions(CITY, by=BY).changed == ["220103"]


@pytest.mark.django_db
def test_every_mistake_is_raised_before_anything_is_written() -> None:
    """A missing parent, a circle, a key that stands twice, a region that does not exist."""
    wrong: list[Any] = [*CITY, RegionFacts("a", "甲", "street", "x"), RegionFacts("b", "乙", "street", "c")]
    wrong.append(RegionFacts("c", "丙", "street", "b"))
    with pytest.raises(ProblemError) as error:
        load_regions(wrong, by=BY)
    assert codes_of(error) == [(NO_PARENT, "a"), (CYCLE, "b")]
    with pytest.raises(ProblemError) as error:
        load_regions([*CITY, *CITY[:2]], by=BY)
    assert codes_of(error) == [(TWICE, "22"), (TWICE, "2201")]
    with pytest.raises(ProblemError) as error:
        load_bodies([BodyFacts("a", "甲", region="9"), BodyFacts("b", "乙", region="9")], by=BY)
    assert codes_of(error) == [(NO_REGION, "a"), (NO_REGION, "b")]
    assert not Region.objects.exists()
    assert not Body.objects.exists()


@pytest.mark.django_db
def test_an_unknown_region_has_its_code() -> None:
    with pytest.raises(ProblemError) as error:
        region_by_code("000000")
    assert codes_of(error) == [(NO_REGION, None)]


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.none() | st.sampled_from("abcdefghx")))
def test_a_tree_without_problems_leads_to_its_roots(parents: dict[str, str | None]) -> None:
    """No problem if and only if every node reaches a root."""

    def reaches_root(key: str) -> bool:
        for _ in range(len(parents) + 1):
            parent = parents[key]
            if parent is None:
                return True
            if parent not in parents:
                return False
            key = parent
        return False

    problems = tree_problems(parents, "node")
    assert (not problems) == all(reaches_root(key) for key in parents)
    assert len({problem.where.field for problem in problems}) == len(problems)


@pytest.mark.django_db
def test_a_subtree_is_exact_in_case_and_uses_the_index() -> None:
    """`under` finds the node and what is below it, not its neighbours, by the index on paths."""
    load_bodies(
        [
            BodyFacts("water", "水务局"),
            BodyFacts("drains", "排水处", parent="water"),
            BodyFacts("Water", "另一局"),
            BodyFacts("water-2", "二局"),
            BodyFacts("wat_r", "三局"),
        ],
        by=BY,
    )
    rows = Body.objects.filter(path__under="/water/")
    assert sorted(rows.values_list("key", flat=True)) == ["drains", "water"]
    assert sorted(Body.objects.filter(path__under="/wat_r/").values_list("key", flat=True)) == ["wat_r"]
    if connection.vendor == "sqlite":
        assert "USING INDEX" in rows.order_by().explain()


@pytest.mark.django_db
def test_thousands_of_missing_parents_are_told_in_time() -> None:
    """Looking for the nearest key stops after the first twenty."""
    facts = [RegionFacts(str(number), "区", "county", f"x{number}") for number in range(3000)]
    with pytest.raises(ProblemError) as error:
        load_regions(facts, by=BY)
    assert len(error.value.problems) == 3000
