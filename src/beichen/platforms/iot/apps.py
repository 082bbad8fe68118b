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
        """Let the warehouse know the tables, the registry the readings; show the list of devices."""
        from beichen.platforms.iot import tables
        from beichen.platforms.iot.histories import Readings
        from beichen.platforms.iot.rights import READ
        from beichen.registry.service import add_history_provider
        from beichen.web.links import add_to_navigation

        self.tables = (tables.READINGS, tables.REFUSED)
        self.readings = Readings()
        add_history_provider("readings", self.readings)
        add_to_navigation(_("Devices"), "platforms_iot:devices", order=115, permission=READ)
        add_to_navigation(_("Rules"), "platforms_iot:rules", order=116, permission=READ)
