"""A city's projects: the places that the plan's text states, and invented figures to show the register with.

``plan-projects.yaml`` holds what was read from the boxes by hand, each with its quote.
``demo-investment.yaml`` is installed only where the setting `demo` is on; what it touches is marked.
"""

from __future__ import annotations

from typing import Any

from beichen.kernel.actor import Actor
from beichen.kernel.changes import Changes
from beichen.kernel.org.models import Region
from beichen.kernel.scene import codes
from beichen.kernel.scene.section import Package, PackageKind, Section
from beichen.kernel.scene.sections import regions
from beichen.kernel.scene.vocabulary import REGION, mapping_of, record
from beichen.plan.investment.demonstration import SCHEMA, install_demonstration
from beichen.plan.investment.service import change_project, investments, register_projects
from beichen.plan.models import Plan
from beichen.problem import Problem, nearest, said
from beichen.settings import settings

PLAN, PLACES, DEMO = "plan/plan.yaml", "plan-projects.yaml", "demo-investment.yaml"
_FACT = {
    "type": "string",
    "pattern": r"^[0-9a-f]{16}(-\d+)?$",
    "x-form": "the key of a project in plan/projects.json",
}


def _plan(package: Package) -> Plan | None:
    if package.document(PLAN) is None:
        return None
    return Plan.objects.select_related("region").get(key=package.value(PLAN)["plan"])


class PlacesSection(Section):
    """Registers the projects of the plan's boxes, with the places that the text states."""

    key = "plan-projects"
    kind = PackageKind.CITY
    files = (PLACES,)
    order = 83
    reads = (regions.FILE,)

    def schema(self) -> dict[str, Any]:
        """Region and quote by the project's key."""
        place = record({"region": REGION, "quote": {"type": "string", "minLength": 2, "maxLength": 300}})
        return mapping_of(place, keys=_FACT)

    def check(self, package: Package) -> list[Problem]:
        """Each region is one of the city's."""
        document, known = package.document(PLACES), regions.region_codes(package)
        if document is None:
            return []
        return [
            Problem(
                codes.NO_REFERENCE,
                said("no region {region!r}", region=place["region"]),
                document.position((key, "region")),
                nearest(place["region"], known),
            )
            for key, place in document.value.items()
            if place["region"] not in known
        ]

    def install(self, package: Package, *, by: Actor) -> Changes:
        """Register every project; give a place to those that have none."""
        plan = _plan(package)
        if plan is None:
            return Changes()
        changes = register_projects(plan, by=by)
        places = package.value(PLACES)
        codes_ = {place["region"] for place in places.values()}
        by_code = {region.code: region for region in Region.objects.filter(code__in=codes_)}
        for row in investments(plan).filter(key__in=list(places), region=None):
            place = places[row.key]
            values = {"region": by_code[place["region"]], "quote": place["quote"]}
            change_project(row, values, by=by, reason="as the plan's text states")
            changes.changed.append(f"{row.key}/region")
        return changes

    def kept(self, package: Package) -> list[str]:
        """The register outlives the package."""
        return ["the projects stay in plan_investment.investment"]


class DemonstrationSection(Section):
    """Invented stages and amounts for some projects, to show the register with."""

    key = "demo-investment"
    kind = PackageKind.CITY
    files = (DEMO,)
    order = 84

    def schema(self) -> dict[str, Any]:
        """What is said of each project, by its key."""
        return SCHEMA

    def install(self, package: Package, *, by: Actor) -> Changes:
        """Fill projects that nobody has reported on; never touches real reports."""
        plan = _plan(package)
        if plan is None or package.document(DEMO) is None or not settings().demo:
            return Changes()
        return install_demonstration(plan, package.value(DEMO), by=by)

    def kept(self, package: Package) -> list[str]:
        """What was shown stays, marked."""
        return ["demonstrated projects stay in plan_investment.investment, marked"]


SECTIONS: tuple[Section, ...] = (PlacesSection(), DemonstrationSection())
