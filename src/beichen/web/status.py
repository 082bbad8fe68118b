"""How something stands against its target: five words that every page says and colours alike."""

from __future__ import annotations

from enum import StrEnum

from django.utils.translation import gettext_lazy as _


class Status(StrEnum):
    """From best to worst, and the honest fifth: nothing is known."""

    AHEAD = "ahead"
    ON_COURSE = "on-course"
    BEHIND = "behind"
    MISSED = "missed"
    NO_DATA = "unknown"


LABELS = {
    Status.AHEAD: _("Ahead"),
    Status.ON_COURSE: _("On course"),
    Status.BEHIND: _("Behind"),
    Status.MISSED: _("Missed"),
    Status.NO_DATA: _("No data"),
}

SURENESS = {
    "published": _("Published"),
    "preliminary": _("Preliminary"),
    "computed": _("Computed"),
    "high": _("High"),
    "medium": _("Medium"),
    "low": _("Low"),
}
