"""The room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IotConfig(AppConfig):
    """Devices, their credentials, readings and commands."""

    name = "beichen.platforms.iot"
    label = "platforms_iot"
    verbose_name = "Devices"

    def ready(self) -> None:
        """Let the warehouse know the room's tables, and show the list to whoever may see devices."""
        from beichen.platforms.iot import tables
        from beichen.platforms.iot.rights import READ
        from beichen.web.links import add_to_navigation

        self.tables = (tables.READINGS, tables.REFUSED)
        add_to_navigation(_("Devices"), "platforms_iot:devices", order=115, permission=READ)
