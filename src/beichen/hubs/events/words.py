"""The closed vocabularies of the room, with what people read of them."""

from __future__ import annotations

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _


class Stage(TextChoices):
    """Where a case stands on its way 受理 → 分发 → 处置 → 核查 → 反馈 → 评价."""

    ACCEPT = "accept", _("To accept")
    DISPATCH = "dispatch", _("To dispatch")
    HANDLE = "handle", _("To handle")
    VERIFY = "verify", _("To verify")
    ANSWER = "answer", _("To answer")
    RATE = "rate", _("To be rated")
    CLOSED = "closed", _("Case closed")


class Outcome(TextChoices):
    """How a case ended."""

    RESOLVED = "resolved", _("Resolved")
    REFUSED = "refused", _("Refused")
    MERGED = "merged", _("Joined to another case")


class Grade(IntegerChoices):
    """How grave a case is, I (特别重大) to IV (一般)."""

    I = 1, _("I · most grave")  # noqa: E741 - the standard's own numeral
    II = 2, _("II · grave")
    III = 3, _("III · considerable")
    IV = 4, _("IV · ordinary")


class Part(TextChoices):
    """What a body does in a case."""

    CENTRE = "centre", _("Centre")
    LEAD = "lead", _("Lead desk")
    SUPPORT = "support", _("Support")
    SUPERVISOR = "supervisor", _("Supervisor")
    PAST = "past", _("No longer")


class Channel(TextChoices):
    """By which side a report came in."""

    WEB = "web", _("Citizen page")
    OPEN311 = "open311", _("Open311")
    HOTLINE = "hotline", _("Hotline")
    PATROL = "patrol", _("Grid patrol")
    DEVICE = "device", _("Device or program")
    FILE = "file", _("From a file")


NEEDS = {
    "photo": _("photograph of the result"),
    "measures": _("measures that were taken"),
    "cause": _("statement of the cause"),
    "decision": _("copy of the decision"),
}
"""What people read of the evidence that kinds usually need; any other is read as its key."""


def need_label(key: str) -> str:
    """What a kind needs, in the reader's language."""
    return str(NEEDS.get(key, key))


OTHER_PARTS = (Part.CENTRE, Part.LEAD, Part.SUPPORT, Part.SUPERVISOR)
"""The parts that still act."""

OPEN_STAGES = tuple(stage for stage in Stage if stage is not Stage.CLOSED)
"""The stages in their order, without the last."""
