"""The room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    """Reports, oversight, public edition."""

    name = "beichen.plan.reports"
    label = "plan_reports"
    verbose_name = "Plan reports"

    def ready(self) -> None:
        """Give the room its place in the navigation."""
        from beichen.web.links import add_to_navigation

        add_to_navigation(_("Reports"), "plan_reports:index", order=130, under="plan:outline")
