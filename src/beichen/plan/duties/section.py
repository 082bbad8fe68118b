"""A city's duties: opened from its plan when the city is loaded; `demo-duties.yaml` shows them at work.

Which body answers for what is decided by people, not by a package. The demo file assigns some duties, reports
on them and writes a supervision note, so that the mechanism can be seen; all of it carries ``is_demo`` and is
installed only where the setting `demo` is on.
"""

from __future__ import annotations

from typing import Any

from beichen.kernel.actor import Actor
from beichen.kernel.changes import Changes
from beichen.kernel.scene.section import Package, PackageKind, Section
from beichen.plan.duties.demo import install_demo, schema
from beichen.plan.duties.service import open_duties
from beichen.plan.models import Plan
from beichen.settings import settings

PLAN, DEMO = "plan/plan.yaml", "demo-duties.yaml"


class DutiesSection(Section):
    """The plan's duties, and the population that shows them."""

    key = "plan-duties"
    kind = PackageKind.CITY
    files = (DEMO,)
    order = 85

    def schema(self) -> dict[str, Any]:
        """What `demo-duties.yaml` says."""
        return schema()

    def install(self, package: Package, *, by: Actor) -> Changes:
        """Open the plan's duties; with the setting `demo`, show them at work once."""
        if package.document(PLAN) is None:
            return Changes()
        plan = Plan.objects.select_related("region").get(key=package.value(PLAN)["plan"])
        changes = open_duties(plan, by=by)
        document = package.document(DEMO)
        if document is not None and settings().demo:
            changes.added += install_demo(plan, document, by=by)
        return changes

    def kept(self, package: Package) -> list[str]:
        """The duties outlive the package."""
        return ["duties, reports and supervision notes stay in plan_duties"]


SECTIONS: tuple[Section, ...] = (DutiesSection(),)
