"""What the events of this room are called: the system of plans."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from beichen.kernel.bus.service import name_event_types

name_event_types(
    {
        "plan.catalogue.listed": _("A plan was put on the list"),
        "plan.filing.checked": _("A filed plan was checked"),
        "plan.filing.moved": _("A filed plan moved on"),
        "plan.finding.settled": _("A finding of the check was settled"),
    }
)
