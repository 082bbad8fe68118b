"""What the events of this room are called: reports and the congress."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from beichen.kernel.bus.service import name_event_types

name_event_types(
    {
        "plan.document.>": _("A report on the plan moved on"),
        "plan.document.published": _("A report on the plan was published"),
        "plan.congress.>": _("The congress's oversight moved on"),
    }
)
