"""What the events of this room are called: values and targets of indicators."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from beichen.kernel.bus.service import name_event_types

name_event_types(
    {
        "data.value.recorded": _("Values of indicators were recorded"),
        "data.target.recorded": _("Yearly targets were recorded"),
    }
)
