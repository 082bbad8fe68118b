"""The room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AnalysisConfig(AppConfig):
    """Spatial analysis."""

    name = "beichen.platforms.geo.analysis"
    label = "platforms_geo_analysis"
    verbose_name = "Spatial analysis"

    def ready(self) -> None:
        """Show the page to those who may ask."""
        from beichen.platforms.geo.analysis.rights import RUN
        from beichen.web.links import add_to_navigation

        add_to_navigation(_("Spatial analysis"), "platforms_geo_analysis:analysis", order=118, permission=RUN)
