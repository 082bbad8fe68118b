"""What the events of this room are called."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from beichen.kernel.bus.service import name_event_types

name_event_types(
    {
        "iot.device.registered": _("A device was registered"),
        "iot.device.changed": _("A device was changed"),
        "iot.device.state-changed": _("A device was taken into or out of use"),
        "iot.device.credential-issued": _("A device got a credential"),
        "iot.device.credential-revoked": _("A device's credential was revoked"),
        "iot.device.claim-issued": _("A device may fetch its token"),
        "iot.device.claimed": _("A device fetched its token"),
        "iot.device.came-online": _("A device came online"),
        "iot.device.went-offline": _("A device went offline"),
        "iot.rule.cleared": _("What a rule raised is over"),
        "iot.rule.failed": _("A rule could not be evaluated and was switched off"),
        "iot.rule.switched-on": _("A rule was switched on"),
        "iot.rule.switched-off": _("A rule was switched off"),
        "iot.timetable.followed": _("A group's timetable was set, switched or changed"),
        "iot.timetable.told": _("A group was told a command by its timetable"),
        "iot.update.offered": _("An update of firmware was offered to a group"),
        "iot.command.sent": _("A command was sent to a device"),
        "iot.command.settled": _("A command to a device was done, failed or timed out"),
    }
)
