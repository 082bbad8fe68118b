"""The room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class DataConfig(AppConfig):
    """Indicators and their values."""

    name = "beichen.hubs.data"
    label = "hubs_data"
    verbose_name = "Data"
