"""The room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AiConfig(AppConfig):
    """Models of scenes."""

    name = "beichen.platforms.ai"
    label = "platforms_ai"
    verbose_name = "Models"

    def ready(self) -> None:
        """Let the warehouse know the table; show the list of models."""
        from beichen.platforms.ai import tables
        from beichen.platforms.ai.rights import READ
        from beichen.web.links import add_to_navigation

        self.tables = (tables.FORECASTS,)
        add_to_navigation(_("Models"), "platforms_ai:models", order=117, permission=READ)
