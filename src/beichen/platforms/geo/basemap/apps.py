"""The room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class BaseMapConfig(AppConfig):
    """The base map."""

    name = "beichen.platforms.geo.basemap"
    label = "platforms_geo_basemap"
    verbose_name = "Base map"
