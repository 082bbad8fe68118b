"""What the events of this room are called: the plan by years."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from beichen.kernel.bus.service import name_event_types

name_event_types(
    {
        "plan.nature.chosen": _("The nature of a target was chosen"),
        "plan.year.drafted": _("A year's plan was drafted"),
        "plan.year.discarded": _("A draft of a year's plan was discarded"),
        "plan.year.adopted": _("A year's plan was adopted"),
    }
)
