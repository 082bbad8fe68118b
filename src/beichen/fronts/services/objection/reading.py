"""Reading objections: at a body, of an affair, by who filed them; who looked at how they can be reached."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from secrets import compare_digest
from typing import Any

import orjson
from django.db.models import QuerySet
from django.utils import timezone

from beichen.fronts.services.affair.finding import find_affair
from beichen.fronts.services.models import Affair
from beichen.fronts.services.objection.answering import no_objection
from beichen.fronts.services.objection.models import Objection
from beichen.fronts.services.objection.words import Ruling
from beichen.fronts.services.permissions import HANDLE, IDENTIFY, READ
from beichen.fronts.services.problems import UNNAMED, stated
from beichen.kernel.access import service as access
from beichen.kernel.actor import Actor
from beichen.kernel.audit.models import AuditRecord
from beichen.problem import Problem, ProblemError, said

MOST_OBJECTIONS = 50
"""So many stand on an affair's page; the list has all of them."""
CONTACT = ["name", "phone", "email"]


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody looked at how who objected can be reached, for this purpose."""

    at: datetime
    purpose: str


def objections(by: Actor) -> QuerySet[Objection]:
    """The objections that bodies of the actor answer, the newest first."""
    rows = access.visible(by, READ, Objection.objects.all())
    rows = rows.select_related("affair__definition", "body")
    heavy = ("state", "before", "data", "definition__files", "definition__spec")
    return rows.defer(*(f"affair__{name}" for name in heavy)).order_by("-filed_at", "-id")


def to_answer(by: Actor) -> QuerySet[Objection]:
    """Those that wait for a word that the actor may give."""
    return access.visible(by, HANDLE, Objection.objects.filter(ruling=Ruling.WAITING))


def objections_of(affair: Affair) -> QuerySet[Objection]:
    """The objections to an affair that was found for its reader, in their order."""
    return Objection.objects.filter(affair=affair).select_related("body").order_by("id")


def find_objection(code: str, *, by: Actor) -> Objection:
    """The objection of this number, for whose body takes part in its affair.

    Raises ProblemError SRV-532: hidden, or none.
    """
    rows = Objection.objects.select_related("body", "person", "affair__definition", "affair__region")
    row = rows.filter(code=code.strip().upper()[:20]).first()
    try:
        if row is not None and find_affair(row.affair.code, by=by):
            return row
    except ProblemError:
        pass  # what the actor does not see is not there
    raise no_objection(code)


def identify(row: Objection, *, purpose: str, by: Actor) -> dict[str, Any]:
    """Name, telephone and e-mail of who objected, as far as the actor's clearance reaches; on record.

    Raises ProblemError ACC-403, SRV-305 without a purpose, SRV-533 when nothing was left, or it was erased.
    """
    access.require(by, IDENTIFY, row)
    why = stated("purpose", purpose)[:200]
    if not row.has_contact:
        raise ProblemError(Problem(UNNAMED, said("whoever objected left no way to be reached")))
    return access.disclose(by, IDENTIFY, row, CONTACT, subject=row.whose, purpose=why)


def looks(row: Objection) -> list[Look]:
    """Who looked at it, the newest first; for who objected to see."""
    resource = f"{row._meta.label_lower}:{row.pk}"
    found = AuditRecord.objects.filter(subject=row.whose, action=IDENTIFY, resource=resource)
    return [
        Look(datetime.fromisoformat(one.at), str(orjson.loads(one.detail).get("purpose", "")))
        for one in found.order_by("-sequence")[:100]
    ]


def followed_objection(code: str, secret: str) -> Objection | None:
    """The objection of a number and its code; None when there is none."""
    row = _whole().filter(code=code.strip().upper()[:20]).first()
    given = secret.strip().upper()[:20].encode()
    return row if row is not None and compare_digest(row.secret.encode(), given) else None


def own_objections(person: str) -> QuerySet[Objection]:
    """What a person, by code, has objected to with their account, the newest first."""
    return _whole().filter(person__code=person).order_by("-id") if person else _whole().none()


def _whole() -> QuerySet[Objection]:
    return Objection.objects.select_related("affair__definition", "body", "person").defer(
        "affair__state", "affair__before"
    )


def export(row: Objection) -> dict[str, Any]:
    """Everything that is held of who objected, and of what they said (PIPL, article 45)."""
    return {
        "objection": row.code,
        "filed": timezone.localtime(row.filed_at).isoformat(timespec="seconds"),
        "about": row.affair.definition.label,
        "statement": row.statement,
        "interested": row.is_interested,
        **{name: getattr(row, name) for name in CONTACT},
        "ruling": row.ruling,
        "answer": row.answer,
        "looks": [{"at": one.at.isoformat(), "purpose": one.purpose} for one in looks(row)],
    }
