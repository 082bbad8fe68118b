"""How an objection stands."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy as pgettext


class Ruling(models.TextChoices):
    """What became of an objection (异议处理结果)."""

    WAITING = "waiting", pgettext("objection", "Waits for an answer")
    UPHELD = "upheld", pgettext("objection", "Upheld")
    DISMISSED = "dismissed", pgettext("objection", "Not upheld")
    LAPSED = "lapsed", pgettext("objection", "Lapsed: the application was withdrawn")


ANSWERS = (Ruling.UPHELD, Ruling.DISMISSED)
