"""The room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EventsConfig(AppConfig):
    """Reports, cases, their clocks and streams."""

    name = "beichen.hubs.events"
    label = "hubs_events"
    verbose_name = "Event hub"

    def ready(self) -> None:
        """Name the kinds by which figures are counted, and keep the table of cases fresh for them."""
        from beichen.hubs.data.service import feed_table, name_members
        from beichen.hubs.events.facts import record_all
        from beichen.hubs.events.queries import heard_names, kind_names
        from beichen.kernel.bus.service import name_event_types_by

        feed_table("cases", record_all)
        name_event_types_by(heard_names)
        name_members("event", _("Kind of event"), kind_names)
