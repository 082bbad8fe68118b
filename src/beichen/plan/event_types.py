"""What the events of this room are called: the plan and its facts."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from beichen.kernel.bus.service import name_event_types

name_event_types(
    {
        "plan.facts.imported": _("A plan was imported"),
        "plan.fact.corrected": _("A fact of the plan was corrected"),
        "plan.facts.amended": _("Facts of the plan were adjusted"),
        "plan.plan.placed": _("A plan changed its place in the system of plans"),
        "plan.measure.loaded": _("What measures the plan was loaded"),
    }
)
