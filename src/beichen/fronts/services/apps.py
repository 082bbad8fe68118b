"""The room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class ServicesConfig(AppConfig):
    """Processes of government services, their affairs, what waits for whom."""

    name = "beichen.fronts.services"
    label = "fronts_services"
    verbose_name = "Government services"

    def ready(self) -> None:
        """Open the room's own door: what a diagram may call everywhere."""
        from beichen.fronts.services.doors import register_door
        from beichen.fronts.services.telling import notify

        register_door("notify", notify)
