"""The card of `/my`: how many of a subject's affairs are open, and the newest of them."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from beichen.fronts.services.applicant.own import own_affairs
from beichen.fronts.services.words import CLOSED, Status
from beichen.kernel.access.service import Subject
from beichen.web.cards import Card

NEWEST, COUNTED = 3, 99


def affairs_card(_request: HttpRequest, subject: Subject) -> Card | None:
    """The affairs that run; two questions to the database, both by an index."""
    rows = own_affairs(subject).exclude(status__in=CLOSED)
    newest = rows[:NEWEST]
    lines = tuple(f"{row.heading} · {Status(row.status).label}" for row in newest)
    return Card(_("My affairs"), reverse("services:own-affairs"), rows[:COUNTED].count(), lines)
