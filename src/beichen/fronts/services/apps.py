"""The room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ServicesConfig(AppConfig):
    """Processes of government services, their affairs, what waits for whom."""

    name = "beichen.fronts.services"
    label = "fronts_services"
    verbose_name = "Government services"

    def ready(self) -> None:
        """Open the room's own door, keep the table of affairs fresh for figures, put the pages in reach."""
        from beichen.fronts.services.doors import register_door
        from beichen.fronts.services.facts import record_all
        from beichen.fronts.services.permissions import READ, START
        from beichen.fronts.services.telling import notify
        from beichen.hubs.data.service import feed_table
        from beichen.web.links import add_to_navigation

        register_door("notify", notify)
        feed_table("affairs", record_all)
        desk = "services:desk"
        add_to_navigation(_("Services"), desk, order=29, permission=READ, inside=_("To do"))
        add_to_navigation(_("Affairs"), "services:affairs", order=30, under=desk, permission=READ)
        add_to_navigation(
            _("Take an application in"), "services:processes", order=31, under=desk, permission=START
        )
