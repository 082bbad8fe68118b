"""The room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class WarehouseConfig(AppConfig):
    """The city's tables."""

    name = "beichen.platforms.warehouse"
    label = "platforms_warehouse"
    verbose_name = "Tables"
