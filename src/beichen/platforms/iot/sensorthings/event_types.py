"""What the events of this room are called."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from beichen.kernel.bus.service import name_event_types

name_event_types(
    {
        "sensorthings.entity.created": _("An entity of SensorThings was made"),
        "sensorthings.entity.changed": _("An entity of SensorThings was changed"),
        "sensorthings.entity.removed": _("An entity of SensorThings was removed"),
    }
)
