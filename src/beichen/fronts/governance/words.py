"""What commands and fields are called, in both languages."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

LABELS = {
    "classify": _("Classify"),
    "regrade": _("Change the grade"),
    "accept": _("Accept the case"),
    "refuse": _("Refuse the case"),
    "merge": _("Join to another case"),
    "dispatch": _("Dispatch the case"),
    "transfer": _("Pass on"),
    "return": _("Give back to the centre"),
    "escalate": _("Call in a body above"),
    "wait": _("Stop the clock"),
    "resume": _("Let the clock go on"),
    "extend": _("Give more time"),
    "add-task": _("Give a task"),
    "finish-task": _("Finish a task"),
    "finish-step": _("Tick off a step"),
    "add-evidence": _("Add evidence"),
    "add-cost": _("State a cost"),
    "handle": _("Report the result"),
    "verify": _("Verify the result"),
    "answer": _("Answer the reporters"),
    "reopen": _("Handle again"),
    "close": _("Close the case"),
    "supervise": _("Supervise"),
    "answer-note": _("Answer a supervision note"),
    "comment": _("Add a remark"),
}

MAIN = ("accept", "dispatch", "handle", "verify", "answer", "close", "answer-note", "resume")
"""What carries a case on: shown open and first."""

DANGEROUS = frozenset({"refuse", "return", "merge"})
