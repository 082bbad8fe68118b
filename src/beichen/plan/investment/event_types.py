"""What the events of this room are called: projects and their money."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from beichen.kernel.bus.service import name_event_types

name_event_types(
    {
        "plan.investment.>": _("A project or its money changed"),
        "plan.investment.stage-changed": _("A project changed its stage"),
        "plan.investment.added": _("A project was added"),
        "plan.investment.plan-adopted": _("A year's investment plan was adopted"),
    }
)
