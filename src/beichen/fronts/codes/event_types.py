"""What the events of this room are called."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from beichen.kernel.bus.service import name_event_types

name_event_types(
    {
        "codes.grant.granted": _("An entitlement was granted"),
        "codes.return.decided": _("What a gate took was given back, or not"),
        "codes.grant.changed": _("An entitlement was suspended, resumed or revoked"),
    }
)
