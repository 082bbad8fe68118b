"""What the events of this room are called: who answers for what."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from beichen.kernel.bus.service import name_event_types

name_event_types(
    {
        "plan.duty.opened": _("Duties were drawn from the plan"),
        "plan.duty.assigned": _("Duties were assigned"),
        "plan.round.opened": _("A reporting round was opened"),
        "plan.report.>": _("A progress report moved on"),
        "plan.report.due": _("A progress report is due"),
        "plan.note.>": _("A supervision note moved on"),
        "plan.note.due": _("A supervision note is due"),
    }
)
