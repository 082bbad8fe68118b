"""The room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class IotConfig(AppConfig):
    """Devices, their credentials, readings and commands."""

    name = "beichen.platforms.iot"
    label = "platforms_iot"
    verbose_name = "Devices"
