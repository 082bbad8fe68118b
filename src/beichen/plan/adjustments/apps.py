"""The room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AdjustmentsConfig(AppConfig):
    """Adjustments of a plan and its versions."""

    name = "beichen.plan.adjustments"
    label = "plan_adjustments"
    verbose_name = "Adjustments of the plan"

    def ready(self) -> None:
        """Give adjustments their place in the plan's row of the navigation."""
        from beichen.web.links import add_to_navigation

        add_to_navigation(_("Adjustments"), "plan_adjustments:index", order=110, under="plan:outline")
