"""What the events of this room are called: how the plan stands."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from beichen.kernel.bus.service import name_event_types

name_event_types(
    {
        "plan.status.changed": _("The status of an indicator changed"),
        "plan.indicator.warned": _("An indicator was warned of"),
    }
)
