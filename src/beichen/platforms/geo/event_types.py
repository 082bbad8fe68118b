"""What the events of this room are called."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from beichen.kernel.bus.service import name_event_types

name_event_types(
    {
        "geo.layers.changed": _("Layers of the map changed"),
        "geo.layer.revised": _("A layer has a new revision"),
    }
)
