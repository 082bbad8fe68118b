"""What the events of this room are called: adjustments of the plan."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from beichen.kernel.bus.service import name_event_types

name_event_types(
    {
        "plan.adjustment.moved": _("An adjustment of the plan moved on"),
    }
)
