"""The room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DataConfig(AppConfig):
    """Indicators and their values."""

    name = "beichen.hubs.data"
    label = "hubs_data"
    verbose_name = "Data"

    def ready(self) -> None:
        """Put the indicators into the navigation, and offer to make one of a question."""
        from beichen.hubs.data.permissions import READ, WRITE
        from beichen.platforms.warehouse.service import add_use_of_questions
        from beichen.web.links import add_to_navigation

        add_to_navigation(_("City indicators"), "data:indicators", order=25, permission=READ)
        add_use_of_questions("indicator", _("Make it an indicator"), "data:new", WRITE)
