"""The room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class EventsConfig(AppConfig):
    """Reports, cases, their clocks and streams."""

    name = "beichen.hubs.events"
    label = "hubs_events"
    verbose_name = "Event hub"
