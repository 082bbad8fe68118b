"""The room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class BusConfig(AppConfig):
    """Events, subscribers and dead letters."""

    name = "beichen.kernel.bus"
    label = "kernel_bus"
    verbose_name = "Bus"
