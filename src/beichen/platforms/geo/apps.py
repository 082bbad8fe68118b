"""The room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class GeoConfig(AppConfig):
    """Map layers."""

    name = "beichen.platforms.geo"
    label = "platforms_geo"
    verbose_name = "Geography"
