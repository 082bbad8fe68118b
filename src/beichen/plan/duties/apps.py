"""The room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DutiesConfig(AppConfig):
    """Duties, milestones, progress reports and supervision notes."""

    name = "beichen.plan.duties"
    label = "plan_duties"
    verbose_name = "Duties"

    def ready(self) -> None:
        """Give the duties their place in the plan's navigation."""
        from beichen.web.links import add_to_navigation

        add_to_navigation(_("Duties"), "plan_duties:index", order=60, under="plan:outline")
