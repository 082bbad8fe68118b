"""The room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OverviewConfig(AppConfig):
    """The overview screen, and the page that says what the house is."""

    name = "beichen.fronts.overview"
    label = "fronts_overview"
    verbose_name = "Overview"

    def ready(self) -> None:
        """Put the screen into the navigation, and what can be found of it into the door's search."""
        from beichen.fronts.overview import door
        from beichen.fronts.overview.offering import offer_object
        from beichen.registry.service import register_offer
        from beichen.web.links import add_to_navigation

        register_offer("*", offer_object)

        add_to_navigation(
            _("Overview"), "overview:screen", order=10, words=("一张图", "the city on one screen")
        )
        door.register()
