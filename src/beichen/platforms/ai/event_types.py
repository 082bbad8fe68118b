"""What the events of this room are called."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from beichen.kernel.bus.service import name_event_types

name_event_types(
    {
        "ai.model.failed": _("A model that had run before failed"),
        "ai.finding.cleared": _("What a model found is over"),
    }
)
