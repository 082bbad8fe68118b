"""The room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WarehouseConfig(AppConfig):
    """The city's tables."""

    name = "beichen.platforms.warehouse"
    label = "platforms_warehouse"
    verbose_name = "Tables"

    def ready(self) -> None:
        """Give whoever may ask tables their way to them."""
        from beichen.platforms.warehouse.rights import READ
        from beichen.web.links import add_to_navigation

        home = "platforms_warehouse:index"
        add_to_navigation(_("Tables"), home, order=105, permission=READ, inside=_("All tables"))
        add_to_navigation(_("Ask in SQL"), "platforms_warehouse:ask", order=106, under=home, permission=READ)
        add_to_navigation(
            _("Kept questions"), "platforms_warehouse:questions", order=107, under=home, permission=READ
        )
