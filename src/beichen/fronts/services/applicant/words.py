"""The words of applicants' pages: steps, kinds of contact, grades and reasons of a rating."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy as pgettext


class Step(models.TextChoices):
    """The steps of an application, in their order."""

    WHO = "who", pgettext("application", "Who applies")
    FORM = "form", pgettext("application", "Form")
    MATERIALS = "materials", pgettext("application", "Materials")
    CHECK = "check", pgettext("application", "Check and send")


class Reading(models.TextChoices):
    """How the reading of a picture stands."""

    NONE = "none", pgettext("reading", "Not read")
    WAITING = "waiting", pgettext("reading", "Is being read")
    DONE = "done", pgettext("reading", "Was read")
    FAILED = "failed", pgettext("reading", "Could not be read")


class Contact(models.TextChoices):
    """By which kind of contact the applicant met the office."""

    ONLINE = "online", pgettext("contact", "Online")
    WINDOW = "window", pgettext("contact", "At the window")
    PHONE = "phone", pgettext("contact", "By telephone")


class Grade(models.IntegerChoices):
    """The five grades of the national rating (好差评)."""

    VERY_GOOD = 5, pgettext("rating", "Very satisfied")
    GOOD = 4, pgettext("rating", "Satisfied")
    FAIR = 3, pgettext("rating", "Fairly satisfied")
    BAD = 2, pgettext("rating", "Not satisfied")
    VERY_BAD = 1, pgettext("rating", "Very dissatisfied")


BAD_GRADES = (Grade.BAD, Grade.VERY_BAD)
REASONS: Mapping[str, Promise] = {
    "fast": pgettext("rating", "Fast"),
    "clear": pgettext("rating", "Clearly explained"),
    "friendly": pgettext("rating", "Friendly"),
    "once": pgettext("rating", "Done at once"),
    "slow": pgettext("rating", "Slow"),
    "unclear": pgettext("rating", "Not clearly explained"),
    "unfriendly": pgettext("rating", "Unfriendly"),
    "twice": pgettext("rating", "Had to come or send several times"),
    "asked-again": pgettext("rating", "Asked for what the city already has"),
}
