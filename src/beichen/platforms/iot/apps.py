"""The room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class IotConfig(AppConfig):
    """Devices, their credentials, readings and commands."""

    name = "beichen.platforms.iot"
    label = "platforms_iot"
    verbose_name = "Devices"

    def ready(self) -> None:
        """Let the warehouse know the room's tables."""
        from beichen.platforms.iot import tables

        self.tables = (tables.READINGS, tables.REFUSED)
