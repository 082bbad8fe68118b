"""What is kept of people in the rooms below, as `/my/data` says it: account, reports, messages, certificates.

Each has its purpose and legal basis (Personal Information Protection Law, PIPL), and how long it stays.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from beichen.hubs.events import service as events
from beichen.hubs.events.models import Report
from beichen.kernel.access.models import Account, AccountContact, IdentityCheck, Representation
from beichen.kernel.access.service import Holding, register_holding
from beichen.kernel.actor import PUBLIC, Actor
from beichen.kernel.org.models import Person
from beichen.platforms.comms.models import Delivery
from beichen.platforms.ledger.models import Certificate

MOST = 10_000


def register() -> None:
    """Tell the register of holdings; done once, when the room is ready."""
    for holding in (_account(), _acting(), _reports(), _messages(), _certificates()):
        register_holding(holding)


def _account() -> Holding:
    def export(person: str) -> dict[str, Any]:
        row = Person.objects.filter(code=person).first()
        account = Account.objects.filter(person__code=person).first()
        if row is None:
            return {}
        return {
            "code": row.code,
            "name": row.name,
            "phone": row.phone,
            "email": row.email,
            "username": account.username if account else "",
            "since": account.date_joined if account else None,
            "addresses": list(
                AccountContact.objects.filter(account=account).values("kind", "address", "confirmed_at")
            ),
            "checks": list(
                IdentityCheck.objects.filter(person=row).values("level", "evidence", "name", "checked_at")
            ),
        }

    return Holding(
        "account",
        _("Account and identity"),
        _("To sign in and to be recognised (PIPL, article 13: with your consent)"),
        _("As long as the account is used"),
        lambda person: Person.objects.filter(code=person).count(),
        export,
        stays=_("Close it yourself below, once no affair is open."),
        order=10,
    )


def _acting() -> Holding:
    names = ("subject_code", "subject_name", "kind", "affairs", "since", "until", "granted_at", "revoked_at")

    def rows(person: str) -> Any:
        mine = Representation.objects.filter(representative__code=person)
        return mine | Representation.objects.filter(subject_code=person)

    return Holding(
        "representation",
        _("Acting for others"),
        _("To prove who acted for whom (Civil Code, articles 161 to 175)"),
        _("For good: acts rest on it"),
        lambda person: rows(person).count(),
        lambda person: list(rows(person).values(*names)[:MOST]),
        stays=_("It can be ended, not erased: what was done under it must stay valid."),
        order=20,
    )


def _reports() -> Holding:
    def export(person: str) -> list[dict[str, Any]]:
        rows = Report.objects.filter(reporter__person__code=person).select_related("reporter", "case")
        return [
            {
                "report": row.code,
                "received_at": row.received_at,
                "text": row.text,
                "answers": row.answers,
                "address": row.address,
                "rating": row.rating,
                "opinion": row.opinion,
                "name": row.reporter.name if row.reporter else "",
                "phone": row.reporter.phone if row.reporter else "",
                "email": row.reporter.email if row.reporter else "",
            }
            for row in rows[:MOST]
        ]

    def erase(person: str, by: Actor) -> int:
        rows = list(Report.objects.filter(reporter__person__code=person).select_related("case")[:MOST])
        visitor = Actor(PUBLIC.key, PUBLIC.name, PUBLIC.scopes, address=by.address)
        for row in rows:
            events.erase(row, with_words=not row.case.is_open, by=visitor)
        return len(rows)

    return Holding(
        "reports",
        _("What you reported"),
        _("To handle what you reported and to answer you (PIPL, article 13: duties of the city)"),
        _("Your name until you erase it; the case itself stays"),
        lambda person: Report.objects.filter(reporter__person__code=person).count(),
        export,
        erase,
        stays=_("What you wrote in open cases stays until they are closed; that there was a case stays."),
        order=30,
    )


def _messages() -> Holding:
    def rows(person: str) -> Any:
        return Delivery.objects.filter(person__code=person)

    def export(person: str) -> list[dict[str, Any]]:
        return [
            {
                "at": row.created_at,
                "channel": row.channel,
                "subject": row.message.subject_zh,
                "text": row.message.text_zh,
                "read_at": row.read_at,
            }
            for row in rows(person).select_related("message").order_by("-id")[:MOST]
        ]

    return Holding(
        "messages",
        _("Messages to you"),
        _("To tell you what concerns you, and to prove that you were told"),
        _("Addresses for half a year, then without them"),
        lambda person: rows(person).count(),
        export,
        stays=_("That you were told starts deadlines: it stays with the affair."),
        order=40,
    )


def _certificates() -> Holding:
    def export(person: str) -> list[dict[str, Any]]:
        rows = Certificate.objects.filter(holder__code=person).select_related("kind", "issuer")
        return [
            {
                "number": row.code,
                "kind": row.kind.key,
                "issuer": row.issuer.name,
                "claims": row.claims,
                "issued_at": row.issued_at,
                "until": row.until,
                "state": row.state,
                "text": row.text,
            }
            for row in rows[:MOST]
        ]

    return Holding(
        "certificates",
        _("Certificates"),
        _("Issued by a body to you (the law of each certificate)"),
        _("As long as the law of the certificate says"),
        lambda person: Certificate.objects.filter(holder__code=person).count(),
        export,
        stays=_("Its issuer keeps what it issued; ask the body to revoke it."),
        order=50,
    )
