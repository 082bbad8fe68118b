"""The room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class SensorThingsConfig(AppConfig):
    """Things, their places and series of readings, as SensorThings clients see and keep them."""

    name = "beichen.platforms.iot.sensorthings"
    label = "platforms_iot_sensorthings"
    verbose_name = "SensorThings"
