"""The room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogueConfig(AppConfig):
    """The unified planning system."""

    name = "beichen.plan.catalogue"
    label = "plan_catalogue"
    verbose_name = "Catalogue of plans"

    def ready(self) -> None:
        """Give the catalogue its place in the plan's row of the navigation."""
        from beichen.web.links import add_to_navigation

        add_to_navigation(_("Catalogue"), "plan_catalogue:index", order=120, under="plan:outline")
