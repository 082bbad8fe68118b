"""Rating an affair (好差评): once for each kind of contact; a bad one becomes a case to be answered."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils import timezone

from beichen.fronts.services.affair.stream import happened
from beichen.fronts.services.applicant.models import Rating
from beichen.fronts.services.applicant.problems import RATED
from beichen.fronts.services.applicant.words import BAD_GRADES, REASONS, Contact, Grade
from beichen.fronts.services.models import Affair
from beichen.fronts.services.problems import bad
from beichen.hubs.events.pages import Channel
from beichen.hubs.events.service import ReportDraft, receive
from beichen.kernel.actor import PUBLIC, Actor
from beichen.problem import Problem, ProblemError, nearest, said

LONGEST = 1000
KIND = "hotline.government-complaint"
"""The kind of event under which a city declares complaints about services; without it the case has none."""


def rate(affair: Affair, contact: str, grade: int, reasons: Sequence[str], text: str, *, by: Actor) -> Rating:
    """Keep a rating of an affair that its caller found for the rater; the bodies that handle it are told.

    Raises ProblemError SRV-305 for what is no grade, reason or contact, SRV-522 for a second one.
    """
    _check(contact, grade, reasons, text)
    try:
        with transaction.atomic():
            row = Rating.objects.create(
                affair=affair,
                contact=contact,
                grade=grade,
                reasons=list(dict.fromkeys(reasons)),
                text=text.strip(),
                by=by.key,
                at=timezone.now(),
            )
            if grade in BAD_GRADES:
                row.case = _complain(affair, row, by=by)
                row.save(update_fields=["case"])
            _tell(affair, row, by=by)
            return row
    except IntegrityError:
        raise ProblemError(Problem(RATED, said("this kind of contact was rated already"))) from None


def _check(contact: str, grade: int, reasons: Sequence[str], text: str) -> None:
    if contact not in Contact.values:
        raise bad("contact", said("this is not one of the choices"), nearest(contact[:20], Contact.values))
    if grade not in Grade.values:
        raise bad("grade", said("this is not one of the choices"))
    for reason in reasons:
        if reason not in REASONS:
            message = said("this is not one of the choices")
            raise bad("reasons", message, nearest(reason[:20], REASONS))
    if len(text) > LONGEST or "\x00" in text:
        raise bad("text", said("longer than {limit} characters", limit=LONGEST))


def _tell(affair: Affair, row: Rating, *, by: Actor) -> None:
    """Let the trail and the bus say it, without the words: those are read where the affair is handled."""
    locked = Affair.objects.select_for_update(of=("self",)).select_related("definition", "region")
    found = locked.get(pk=affair.pk)
    data = {"grade": row.grade, "contact": row.contact, "reasons": row.reasons, "case": row.case}
    happened(found, "rated", data, by=by, now=row.at)
    found.save(update_fields=["version"])


def _complain(affair: Affair, row: Rating, *, by: Actor) -> str:
    """A case of the event hub, whose body must answer it. Gives its code."""
    words = "、".join(str(REASONS[reason]) for reason in row.reasons)
    said_so = " ".join(filter(None, [words, row.text])) or str(Grade(row.grade).label)
    sender = Actor(PUBLIC.key, PUBLIC.name, PUBLIC.scopes, address=by.address)
    draft = ReportDraft(
        channel=Channel.WEB,
        text=f"{affair.definition.name} {affair.code}: {said_so}",
        key=f"rating:{affair.code}:{row.contact}",
        kind=_kind(),
        region=affair.region.code,
        is_demo=affair.is_demo,
    )
    return receive(draft, by=sender).case.code


def _kind() -> str:
    from beichen.hubs.events.service import all_kinds

    return KIND if all_kinds().filter(key=KIND).exists() else ""
