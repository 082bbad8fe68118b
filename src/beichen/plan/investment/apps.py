"""The room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InvestmentConfig(AppConfig):
    """Projects with their stages, money, land and approvals."""

    name = "beichen.plan.investment"
    label = "plan_investment"
    verbose_name = "Projects and investment"

    def ready(self) -> None:
        """Give the room its place in the plan's row of the navigation."""
        from beichen.web.links import add_to_navigation

        add_to_navigation(_("Investment"), "plan_investment:index", order=90, under="plan:outline")
