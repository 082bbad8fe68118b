"""This room's cards of `/my`: reports, certificates, messages, who acts for whom, one's data."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from beichen.fronts.citizen.my.pages import certificate_name
from beichen.hubs.events.service import reports_of
from beichen.kernel.access.models import Representation
from beichen.kernel.access.service import Subject, acting, person_code
from beichen.kernel.org.models import Person
from beichen.platforms.comms import service as comms
from beichen.platforms.comms.pages import language
from beichen.platforms.ledger import service as ledger
from beichen.web.cards import Card, register_card

SHOWN = 3


def register() -> None:
    """Put them into the register; done once, when the room is ready."""
    register_card("cases", 20, _cases)
    register_card("certificates", 40, _certificates)
    register_card("messages", 50, _messages)
    register_card("representation", 80, _representation)
    register_card("data", 90, _data)


def _own(request: HttpRequest, subject: Subject) -> str:
    """The code of who is signed in, when they act for themselves: these things are never a firm's."""
    return person_code(acting(request)) if subject.representation is None else ""


def _cases(request: HttpRequest, subject: Subject) -> Card | None:
    own = _own(request, subject)
    if not own:
        return None
    rows = reports_of(own).order_by("-received_at")
    lines = tuple(
        f"{timezone.localtime(row.received_at):%Y-%m-%d} {row.kind.label if row.kind else row.code}"
        for row in rows[:SHOWN]
    )
    return Card(_("My reports"), reverse("citizen:my-cases"), rows.count(), lines)


def _certificates(_request: HttpRequest, subject: Subject) -> Card | None:
    rows = ledger.own_certificates(subject)
    lines = tuple(certificate_name(row.kind) for row in rows.order_by("-issued_at")[:SHOWN])
    title = _("My certificates") if subject.representation is None else _("Certificates")
    return Card(title, reverse("platforms_ledger:own-certificates"), rows.count(), lines)


def _messages(request: HttpRequest, subject: Subject) -> Card | None:
    person = Person.objects.filter(code=_own(request, subject)).first()
    if person is None:
        return None
    rows = comms.inbox_of(person).select_related("message").order_by("-id")
    lines = tuple(row.message.subject(language()) for row in rows[:SHOWN])
    return Card(_("My messages"), reverse("citizen:my-messages"), comms.unread_count(person), lines)


def _representation(request: HttpRequest, _subject: Subject) -> Card:
    own = person_code(acting(request))
    count = Representation.objects.filter(subject_code=own, revoked_at=None).count()
    line = _("Firms' staff and agents, parents for children")
    return Card(_("Acting for others"), reverse("citizen:representation"), count or None, (line,))


def _data(_request: HttpRequest, _subject: Subject) -> Card:
    line = _("Who saw it, a copy of it, erase it")
    return Card(_("My data"), reverse("citizen:my-data"), None, (line,))
