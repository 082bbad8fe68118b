"""`demo-adjustments.yaml` of a city: invented proposals that show the way of an adjustment.

Adjustments are decided by people, not by a package: the file is installed only where the setting `demo`
is on.
"""

from __future__ import annotations

from typing import Any

from beichen.kernel.actor import Actor
from beichen.kernel.changes import Changes
from beichen.kernel.scene.section import Package, PackageKind, Section
from beichen.plan.adjustments.demonstration import install_demo, schema
from beichen.plan.models import Plan
from beichen.settings import settings

PLAN, DEMO = "plan/plan.yaml", "demo-adjustments.yaml"


class AdjustmentsSection(Section):
    """The proposals that show the room at work."""

    key = "plan-adjustments"
    kind = PackageKind.CITY
    files = (DEMO,)
    order = 86

    def schema(self) -> dict[str, Any]:
        """What `demo-adjustments.yaml` says."""
        return schema()

    def install(self, package: Package, *, by: Actor) -> Changes:
        """With the setting `demo`, show the proposals once."""
        changes, document = Changes(), package.document(DEMO)
        if document is not None and package.document(PLAN) is not None and settings().demo:
            plan = Plan.objects.select_related("region").get(key=package.value(PLAN)["plan"])
            changes.added += install_demo(plan, document, by=by)
        return changes

    def kept(self, package: Package) -> list[str]:
        """Adjustments outlive the package."""
        return ["adjustments and versions stay in plan_adjustments"]


SECTIONS: tuple[Section, ...] = (AdjustmentsSection(),)
