"""What the events of this room are called: objects."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from beichen.kernel.bus.service import name_event_types

name_event_types(
    {
        "registry.object.created": _("An object was added"),
        "registry.object.changed": _("An object changed"),
        "registry.object.removed": _("An object was removed"),
        "registry.subscription.created": _("A subscription was made"),
        "registry.subscription.changed": _("A subscription changed"),
        "registry.subscription.removed": _("A subscription was removed"),
        "registry.history.changed": _("A history was written"),
        "registry.history.removed": _("A history was removed"),
    }
)
