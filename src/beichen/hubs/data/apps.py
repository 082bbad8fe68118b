"""The room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class DataConfig(AppConfig):
    """Indicators and their values."""

    name = "beichen.hubs.data"
    label = "hubs_data"
    verbose_name = "Data"

    def ready(self) -> None:
        """Own the indicators, values, yearly targets and facilities of city packages."""
        from beichen.hubs.data.facilities import FacilitiesSection
        from beichen.hubs.data.section import SECTIONS
        from beichen.kernel.scene.service import register

        for section in (*SECTIONS, FacilitiesSection()):
            register(section)
