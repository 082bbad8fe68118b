"""The room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PlanConfig(AppConfig):
    """The plan, its facts, and how they stand."""

    name = "beichen.plan"
    label = "plan"
    verbose_name = "Plan"

    def ready(self) -> None:
        """Give the plan its places in the navigation."""
        from beichen.web.links import add_to_navigation

        add_to_navigation(_("Plan"), "plan:outline", order=20, inside=_("Outline"))
        add_to_navigation(_("Indicators"), "plan:indicators", order=30, under="plan:outline")
        add_to_navigation(_("Targets"), "plan:targets", order=40, under="plan:outline")
        add_to_navigation(_("Projects"), "plan:projects", order=50, under="plan:outline")
