"""The room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class OgcConfig(AppConfig):
    """Layers as clients of OGC API read, draw and edit them."""

    name = "beichen.platforms.geo.ogc"
    label = "platforms_geo_ogc"
    verbose_name = "OGC API"
