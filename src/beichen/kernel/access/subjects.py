"""For whom a person acts: themselves, a firm, a child.

Rights over one's own affairs come from here, not from scopes: whoever keeps rows of a subject asks
:func:`subject_for` with the subject's code. It reads what holds now, so that a revocation works at once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from beichen.kernel.access.representation import Representation, SubjectKind
from beichen.kernel.access.request import acting
from beichen.kernel.actor import Actor
from beichen.problem import Problem, ProblemError, code, said

NOBODY = code("ACC-301", "This needs a person who is signed in.", status=403)
NOT_FOR = code("ACC-302", "The person may not act for this subject.", status=403)
CHOSEN = "access_acting_for"
_PERSON = "person:"


@dataclass(frozen=True)
class Subject:
    """Whom an affair is done for.

    ``representation`` is the row by which the actor stands for it, None for themselves; ``affairs`` limits
    what may be done (empty: everything).
    """

    code: str
    name: str
    kind: Literal["person", "firm"]
    representation: int | None = None
    affairs: tuple[str, ...] = ()

    def covers(self, affair: str) -> bool:
        """Whether the actor may do ``affair`` for the subject."""
        return not self.affairs or affair in self.affairs


def person_code(by: Actor) -> str:
    """The code of the person who acts; empty for a program, a part of Beichen or the public."""
    return by.key.removeprefix(_PERSON) if by.key.startswith(_PERSON) else ""


def held_now(rows: QuerySet[Representation] | None = None) -> QuerySet[Representation]:
    """The representations that hold at this moment."""
    now = timezone.now()
    chosen = Representation.objects.all() if rows is None else rows
    begun = chosen.filter(revoked_at=None, since__lte=now)
    return begun.filter(models.Q(until=None) | models.Q(until__gt=now))


def subjects_of(by: Actor) -> tuple[Subject, ...]:
    """For whom ``by`` may act now: themselves first, then whom they represent; one query. Nobody: none."""
    own = person_code(by)
    if not own:
        return ()
    found: dict[str, Subject] = {own: Subject(own, by.name, "person")}
    for row in held_now().filter(representative__code=own).order_by("subject_name", "id"):
        found[row.subject_code] = _joined(found.get(row.subject_code), _subject(row))
    return tuple(found.values())


def _subject(row: Representation) -> Subject:
    kind: Literal["person", "firm"] = "firm" if row.subject_kind == SubjectKind.FIRM else "person"
    return Subject(row.subject_code, row.subject_name, kind, row.pk, tuple(row.affairs))


def _joined(one: Subject | None, other: Subject) -> Subject:
    """Two representations of the same subject allow what either does."""
    if one is None or not other.affairs:
        return other
    if not one.affairs:
        return one
    return replace(one, affairs=tuple(dict.fromkeys((*one.affairs, *other.affairs))))


def subject_for(by: Actor, code: str, affair: str = "") -> Subject:
    """The subject with this code, when ``by`` may act for it, and in ``affair`` when one is named.

    Without an affair the answer may be limited to some: ask :meth:`Subject.covers` for each row that is
    shown. Raises ProblemError ACC-301 when nobody is signed in, ACC-302 saying who could allow it; whether
    the code exists is not said.
    """
    subjects = subjects_of(by)
    if not subjects:
        raise ProblemError(Problem(NOBODY, said("nobody is signed in"), hint=said("sign in first")))
    found = next((one for one in subjects if one.code == code), None)
    if found is None:
        hint = said("the legal representative allows it at /my/representation; a window records parents")
        raise ProblemError(Problem(NOT_FOR, said("you do not act for this person or firm"), hint=hint))
    if affair and not found.covers(affair):
        hint = said("who gave the allowance can extend it at /my/representation")
        raise ProblemError(Problem(NOT_FOR, said("your allowance does not cover this affair"), hint=hint))
    return found


def chosen_subject(request: HttpRequest) -> Subject:
    """For whom the person acts in this session, themselves unless they chose; asked once a request.

    A choice that no longer holds falls back to themselves. Raises ProblemError ACC-301 when nobody is
    signed in.
    """
    kept = request.__dict__.get(CHOSEN)
    if isinstance(kept, Subject):
        return kept
    by = acting(request)
    subjects = subjects_of(by)
    if not subjects:
        raise ProblemError(Problem(NOBODY, said("nobody is signed in"), hint=said("sign in first")))
    wanted = request.session.get(CHOSEN)
    chosen = next((one for one in subjects if one.code == wanted), subjects[0])
    request.__dict__[CHOSEN] = chosen
    return chosen


def is_subject_chosen(request: HttpRequest) -> bool:
    """Whether this session was told to act for somebody else, which may have ended since; asks nothing."""
    session = getattr(request, "session", None)
    return session is not None and CHOSEN in session


def choose_subject(request: HttpRequest, code: str) -> Subject:
    """Act for the subject with this code from now on in this session. Raises ProblemError ACC-301, 302."""
    chosen = subject_for(acting(request), code)
    if chosen.representation is None:
        request.session.pop(CHOSEN, None)
    else:
        request.session[CHOSEN] = chosen.code
    request.__dict__[CHOSEN] = chosen
    return chosen
