"""The room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class AtlasConfig(AppConfig):
    """The one map."""

    name = "beichen.platforms.geo.atlas"
    label = "platforms_geo_atlas"
    verbose_name = "Atlas"
