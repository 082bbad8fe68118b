"""The room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class YearsConfig(AppConfig):
    """What each year must bring, drafted, adopted, compared."""

    name = "beichen.plan.years"
    label = "plan_years"
    verbose_name = "Years of the plan"

    def ready(self) -> None:
        """Give the room its place in the second row of the navigation."""
        from beichen.web.links import add_to_navigation

        add_to_navigation(_("Years"), "plan_years:index", order=70, under="plan:outline")
