"""``{town: {east: {kind: urban-management, region: "990102"}}}``: a small town, with these bodies.

A scene runs in any city; its stories run in a town of their own, which is never made where a city is loaded.
Its regions: 990100 the city; 990102 the east with 990102001 (a street) and its community 990102001001; 990103
the west. A government (``government``) and an event centre (``event-centre``) are always there. Regions and
bodies have no open protocol: they come from city packages, so this word calls what those call.
"""

from __future__ import annotations

from typing import Any

from beichen.kernel.org.service import BodyFacts, RegionFacts, city_region, load_bodies, load_regions
from beichen.kernel.scene.document import Document, Path
from beichen.kernel.scene.section import Package
from beichen.kernel.scene.stories.stage import Stage
from beichen.kernel.scene.stories.step import Clause, Step, register_step
from beichen.kernel.scene.vocabulary import KEY, REGION, mapping_of, record
from beichen.problem import Problem

CITY = "990100"
REGIONS = (
    RegionFacts(CITY, "星河市", "city", name_en="Xinghe"),
    RegionFacts("990102", "东区", "county", CITY, "East"),
    RegionFacts("990102001", "东大街街道", "street", "990102", "East Street"),
    RegionFacts("990102001001", "东一社区", "community", "990102001", "East One"),
    RegionFacts("990103", "西区", "county", CITY, "West"),
)
_OWN = (
    BodyFacts("government", "星河市人民政府", "Government", "government", region=CITY),
    BodyFacts("event-centre", "星河市指挥中心", "Event centre", "event-centre", "government", CITY),
)


def _build(stage: Stage, step: dict[str, Any]) -> None:
    """The town, unless it stands already."""
    city = city_region()
    if city is not None and city.code != CITY:
        stage.expect(False, "a town is made only where no city is loaded")
        return
    load_regions(REGIONS, by=stage.by)
    named = [
        BodyFacts(key, key, key, facts["kind"], "government", facts.get("region", CITY))
        for key, facts in step["town"].items()
    ]
    load_bodies([*_OWN, *named], by=stage.by)


def _check(_package: Package, document: Document, path: Path, step: dict[str, Any]) -> list[Problem]:
    known = {facts.code for facts in REGIONS}
    return [
        Problem(
            "ORG-104", f"the town has no region {facts['region']}", document.position((*path, "town", key))
        )
        for key, facts in step["town"].items()
        if facts.get("region", CITY) not in known
    ]


_BODIES = mapping_of(record({"kind": KEY}, {"region": REGION}))
register_step(
    Step(
        "town",
        frozenset({Clause.GIVEN}),
        record({"town": _BODIES}),
        _build,
        "一个只有两区一街的小城，及这些机构（政府与指挥中心总在）",
        "a small town of two districts and a street, with these bodies beside its government and centre",
        _check,
    )
)
