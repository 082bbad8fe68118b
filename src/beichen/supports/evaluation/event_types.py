"""What the events of this room are called: evaluations."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from beichen.kernel.bus.service import name_event_types

name_event_types(
    {
        "evaluation.scheme.adopted": _("A scheme of evaluation was adopted"),
        "evaluation.round.opened": _("An evaluation was opened"),
        "evaluation.round.advanced": _("An evaluation moved on"),
        "evaluation.round.extended": _("The days of an evaluation were put off"),
        "evaluation.appeal.filed": _("An appeal was filed"),
        "evaluation.appeal.decided": _("An appeal was decided"),
    }
)
