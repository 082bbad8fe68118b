"""How much of what was planted in invented plans the check finds, and how much it finds besides.

Four invented plans stand under two outlines: that of the invented Yunze, and the real one of Changchun,
whose 164 targets and 309 projects are what a check must not stumble over. ``plans/planted.csv`` lists every
disagreement by category and by the outline's own words (or the plan's, for a body that nobody knows).
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import pytest

from beichen.kernel.actor import system
from beichen.kernel.org.models import Region
from beichen.kernel.org.service import RegionFacts, load_regions
from beichen.plan.catalogue.finding import Finding
from beichen.plan.catalogue.reading import covers_of
from beichen.plan.catalogue.service import check, statements_of
from beichen.plan.models import Plan, PlanKind
from beichen.plan.service import PlanFacts, PlanPlace, import_facts, name_of, read_plan

pytestmark = pytest.mark.django_db
BY = system("test")
HERE = Path(__file__).parent / "plans"
CHANGCHUN = Path(__file__).resolve().parents[3] / "cities/changchun/plan/source.txt"
CITIES = {"yunze": (HERE / "yunze-outline.txt", "云泽市"), "changchun": (CHANGCHUN, "长春市")}
# plan → (city, kind, region, what it covers)
PLANS = {
    "qinghe-outline": ("yunze", PlanKind.DEVELOPMENT, "青禾区", ""),
    "yunze-water": ("yunze", PlanKind.SPECIAL, "云泽市", "2.2"),
    "beichen-district": ("changchun", PlanKind.DEVELOPMENT, "北辰区", ""),
    "agriculture": ("changchun", PlanKind.SPECIAL, "长春市", "7.2.2, 7.2.4, #19"),
}
BODIES = frozenset(("统计局", "水务局", "农业农村局", "发展和改革局"))
PRECISION, RECALL = 0.9, 0.9


@cache
def _read(path: Path) -> PlanFacts:
    return read_plan(path)


def _outline(city: str) -> Plan:
    """A city's outline with its districts."""
    path, name = CITIES[city]
    code = {"yunze": "9901", "changchun": "9902"}[city]
    districts = {region for of, _kind, region, _covers in PLANS.values() if of == city and region != name}
    rows = [RegionFacts(f"{code}00", name, "city")]
    rows += [
        RegionFacts(f"{code}0{n}", region, "county", f"{code}00") for n, region in enumerate(districts, 2)
    ]
    load_regions(rows, by=BY)
    import_facts(_read(path), city, by=BY, region=Region.objects.get(name=name))
    return Plan.objects.get(key=city)


def _found(name: str) -> list[Finding]:
    city, kind, region, covers = PLANS[name]
    outline = _outline(city)
    place = PlanPlace(kind, outline)
    import_facts(
        _read(HERE / f"{name}.txt"), name, by=BY, region=Region.objects.get(name=region), place=place
    )
    plan = Plan.objects.get(key=name)
    return check(
        statements_of(outline), statements_of(plan, outline), covers=covers_of(covers), bodies=BODIES
    )


def _planted() -> set[tuple[str, str, str]]:
    with (HERE / "planted.csv").open(encoding="utf-8", newline="") as file:
        return {(row["plan"], row["category"], name_of(row["subject"]).plain) for row in csv.DictReader(file)}


def test_what_was_planted_is_found_and_little_else() -> None:
    planted = _planted()
    found = {
        (name, str(item.category), name_of(item.subject).plain) for name in PLANS for item in _found(name)
    }
    assert len(planted) == 39
    missed, besides = sorted(planted - found), sorted(found - planted)
    assert len(planted & found) / len(planted) >= RECALL, missed
    assert len(planted & found) / len(found) >= PRECISION, besides


def test_an_outline_agrees_with_itself() -> None:
    outline = statements_of(_outline("changchun"))
    assert check(outline, outline) == []


def test_both_quotes_have_their_places() -> None:
    for item in _found("agriculture"):
        for side in (item.ours, item.theirs):
            if side is not None:
                assert side.location
                assert side.words
