"""What the events of this room are called."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from beichen.kernel.bus.service import name_event_types

name_event_types(
    {
        "warehouse.tables.declared": _("Tables were declared"),
        "warehouse.table.loaded": _("Rows came into a table"),
        "warehouse.check.failed": _("A check of a table failed"),
    }
)
