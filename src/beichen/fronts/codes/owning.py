"""What the citizen's door shows of this room: a card of what one holds, and what is kept of a person."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from beichen.fronts.codes.forgetting import forget
from beichen.fronts.codes.holding import card_of
from beichen.fronts.codes.models import Grant, Return, ReturnState, Scan
from beichen.fronts.codes.wording import called
from beichen.kernel.access.service import Holding, Subject
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.org.models import Person
from beichen.web.cards import Card

AFFAIR = "codes"
MOST_LINES = 4
FRESH = timedelta(hours=1)
"""Scans of the last hour stay: they are what refuses a code that is shown again."""


def subject_person(subject: Subject) -> Person | None:
    """Whose card it is: the person's own, or a child's whom they stand for; a firm has none."""
    if subject.kind != "person" or not subject.covers(AFFAIR):
        return None
    return Person.objects.filter(code=subject.code).first()


def card(_request: HttpRequest, subject: Subject) -> Card | None:
    """The residents' card of a person."""
    person = subject_person(subject)
    if person is None:
        return None
    held = [one for one in card_of(person, timezone.now()) if one.is_good]
    names = tuple(called(one.entitlement) for one in held[:MOST_LINES])
    return Card(_("Residents' card"), reverse("codes:mine"), len(held), names)


def _rows(code: str) -> tuple[Any, Any, Any]:
    scans = Scan.objects.filter(person__code=code).select_related("reader", "entitlement")
    grants = Grant.objects.filter(person__code=code).select_related("entitlement")
    return scans, grants, Return.objects.filter(person__code=code).select_related("reader", "entitlement")


def _count(code: str) -> int:
    return sum(int(rows.count()) for rows in _rows(code))


def _export(code: str) -> dict[str, Any]:
    scans, grants, asked = _rows(code)
    return {
        "scans": [
            {
                "at": row.at.isoformat(),
                "reader": row.reader.key,
                "place": row.place,
                "entitlement": row.entitlement.key if row.entitlement else "",
                "answer": row.answer,
            }
            for row in scans
        ],
        "entitlements": [
            {
                "entitlement": row.entitlement.key,
                "state": row.state,
                "since": row.since.isoformat(),
                "until": row.until.isoformat() if row.until else None,
                "reason": row.reason,
            }
            for row in grants
        ],
        "returns": [
            {
                "reference": row.reference,
                "reader": row.reader.key,
                "entitlement": row.entitlement.key,
                "taken_at": row.taken_at.isoformat() if row.taken_at else None,
                "state": row.state,
                "wish": row.wish,
                "reason": row.reason,
            }
            for row in asked
        ],
    }


def _erase(code: str, by: Actor) -> int:
    number = forget(Scan.objects.filter(person__code=code, at__lt=timezone.now() - FRESH))
    Return.objects.filter(person__code=code).exclude(state=ReturnState.GIVEN).delete()
    Return.objects.filter(person__code=code).update(
        wish="", place="", taken_at=None
    )  # what was given back stays counted
    if number:
        audit.record(by, "codes.scan.erase", "fronts_codes.scan", detail={"count": number}, subject=code)
    return number


HOLDING = Holding(
    key="codes",
    title=gettext_lazy("Residents' card and who read your codes"),
    why=gettext_lazy("To open what you are entitled to, and to show you who read your codes"),
    how_long=gettext_lazy(
        "Scans as long as the setting says, thirty days by default; entitlements with their reason"
    ),
    count=_count,
    export=_export,
    erase=_erase,
    order=60,
)
