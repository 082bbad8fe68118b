"""The room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class ServicesConfig(AppConfig):
    """Items and processes of government services, their affairs, what waits for whom."""

    name = "beichen.fronts.services"
    label = "fronts_services"
    verbose_name = "Government services"

    def ready(self) -> None:
        """Open the room's own door, keep the table of affairs fresh for figures, put the pages in reach."""
        from beichen.fronts.services.coded import find_coded_affair, offer_affair
        from beichen.fronts.services.doors import register_door
        from beichen.fronts.services.facts import record_all
        from beichen.fronts.services.items.navigation import put_in_reach
        from beichen.fronts.services.items.reaching import register
        from beichen.fronts.services.telling import notify
        from beichen.hubs.data.service import feed_table
        from beichen.registry.service import register_coded, register_offer

        register_coded("affair", find_coded_affair)
        register_offer("affair", offer_affair)
        register_door("notify", notify)
        feed_table("affairs", record_all)
        put_in_reach()
        register()
