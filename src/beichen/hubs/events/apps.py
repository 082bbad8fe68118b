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
        """Name the kinds by which figures are counted, keep the table of cases fresh, let cases be sealed."""
        from beichen.hubs.data.service import feed_table, name_members
        from beichen.hubs.events.facts import record_all
        from beichen.hubs.events.queries import heard_names, kind_names
        from beichen.hubs.events.sealing import SEALED_CASE
        from beichen.kernel.bus.service import name_event_types_by
        from beichen.platforms.ledger.service import add_sealed_kind

        feed_table("cases", record_all)
        name_event_types_by(heard_names)
        name_members("event", _("Kind of event"), kind_names)
        add_sealed_kind(SEALED_CASE)
