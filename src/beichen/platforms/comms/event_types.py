"""What the events of this room are called."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from beichen.kernel.bus.service import name_event_types

name_event_types(
    {
        "comms.message.sent": _("A message was sent"),
        "comms.message.read": _("Messages were read"),
        "comms.delivery.delivered": _("A message reached its receiver"),
        "comms.delivery.failed": _("A message did not reach its receiver"),
        "comms.roster.gap": _("Nobody was on duty for a message"),
        "comms.roster.changed": _("A roster was changed"),
        "comms.group.changed": _("A group was changed"),
        "comms.contact.changed": _("Somebody changed how messages reach them"),
        "comms.quiet.changed": _("The city's quiet hours were changed"),
        "comms.package.loaded": _("Message templates, groups and rosters were loaded"),
    }
)
