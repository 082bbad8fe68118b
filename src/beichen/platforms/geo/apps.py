"""The room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class GeoConfig(AppConfig):
    """Map layers."""

    name = "beichen.platforms.geo"
    label = "platforms_geo"
    verbose_name = "Geography"

    def ready(self) -> None:
        """Own the layers of city packages."""
        from beichen.kernel.scene.service import register
        from beichen.platforms.geo.section import LayersSection

        register(LayersSection())
