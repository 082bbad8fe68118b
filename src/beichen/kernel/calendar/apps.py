"""The room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class CalendarConfig(AppConfig):
    """Working days, working hours, deadlines."""

    name = "beichen.kernel.calendar"
    label = "kernel_calendar"
    verbose_name = "Calendar"
