"""The room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MonitoringConfig(AppConfig):
    """Values from files, statuses and their history, forecasts, early warnings."""

    name = "beichen.plan.monitoring"
    label = "plan_monitoring"
    verbose_name = "Monitoring of the plan"

    def ready(self) -> None:
        """Take a place in the navigation, and a panel on the page of an indicator."""
        from beichen.plan.monitoring.views.panel import panel
        from beichen.plan.pages import add_to_indicator
        from beichen.web.links import add_to_navigation

        add_to_navigation(_("Monitoring"), "plan_monitoring:index", order=80, under="plan:outline")
        add_to_indicator("plan_monitoring", panel)
