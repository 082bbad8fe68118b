"""What the events of this room are called: the steps of a case."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from beichen.kernel.bus.service import name_event_types

name_event_types(
    {
        "events.case.opened": _("A case was opened"),
        "events.case.joined": _("A report joined a case"),
        "events.case.classified": _("A case was classified"),
        "events.case.graded": _("A case's grade was changed"),
        "events.case.accepted": _("A case was accepted"),
        "events.case.refused": _("A case was refused"),
        "events.case.appealed": _("A refusal was appealed"),
        "events.case.dispatched": _("A case was dispatched"),
        "events.case.transferred": _("A case was transferred"),
        "events.case.returned": _("A case was returned"),
        "events.case.escalated": _("A case was escalated"),
        "events.case.waiting": _("A case is waiting"),
        "events.case.resumed": _("A case goes on"),
        "events.case.extended": _("A case got more time"),
        "events.case.task-added": _("A task was given"),
        "events.case.task-done": _("A task is done"),
        "events.case.step-done": _("A step is done"),
        "events.case.evidence-added": _("Evidence was added"),
        "events.case.cost-added": _("A cost was stated"),
        "events.case.handled": _("A case was handled"),
        "events.case.verified": _("A result was verified"),
        "events.case.answered": _("A reporter was answered"),
        "events.case.rated": _("A case was rated"),
        "events.case.reopened": _("A case was reopened"),
        "events.case.closed": _("A case was closed"),
        "events.case.supervised": _("A case is supervised"),
        "events.case.note-answered": _("A supervision note was answered"),
        "events.case.warned": _("A case's time runs out"),
        "events.case.commented": _("A remark was made"),
    }
)
