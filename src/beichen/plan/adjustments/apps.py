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
        """Give adjustments their place in the plan's row of the navigation; let old versions be sealed."""
        from beichen.plan.adjustments.versions import SEALED_VERSION
        from beichen.platforms.ledger.service import add_sealed_kind
        from beichen.web.links import add_to_navigation

        add_to_navigation(_("Adjustments"), "plan_adjustments:index", order=110, under="plan:outline")
        add_sealed_kind(SEALED_VERSION)
