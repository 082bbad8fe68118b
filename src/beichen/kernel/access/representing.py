"""Representation begins and ends: a window records heads and parents, heads of firms allow staff and agents.

Every grant and every end is a record of the audit chain that the people of both sides see. A row is never
changed but to end it, and to forget the name of who closed their account, so that who could act when can be
read years later.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from beichen.kernel.access.decision import decide, require
from beichen.kernel.access.permissions import permission
from beichen.kernel.access.representation import Representation, RepresentationKind, SubjectKind
from beichen.kernel.access.subjects import NOT_FOR, Subject, held_now, person_code, subject_for
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.org.models import Person
from beichen.problem import Problem, ProblemError, Where, code, said

RECORD = permission("access.representation.record", "登记代理关系", "Record who acts for whom")
LAST_HEAD = code("ACC-314", "A firm would be left without anybody who heads it.", status=409)
MALFORMED = code("ACC-303", "The representation cannot be recorded so.", status=422)
MOST_AFFAIRS = 200
GRANTED = (RepresentationKind.STAFF, RepresentationKind.AGENT)  # by the subject itself, without a window
FITS = {
    RepresentationKind.LEGAL: (SubjectKind.FIRM,),
    RepresentationKind.STAFF: (SubjectKind.FIRM,),
    RepresentationKind.AGENT: (SubjectKind.FIRM, SubjectKind.PERSON),
    RepresentationKind.PARENT: (SubjectKind.PERSON,),
}


def record_representation(
    representative: Person,
    subject: Subject,
    kind: RepresentationKind | str,
    *,
    by: Actor,
    until: datetime | None = None,
    evidence: str = "",
    affairs: Sequence[str] = (),
) -> Representation:
    """A clerk records who acts for whom, with the evidence that was shown.

    Raises ProblemError ACC-403, or ACC-303 for what cannot be.
    """
    require(by, RECORD)
    if not evidence.strip():
        raise ProblemError(_malformed("evidence", said("say which paper was shown")))
    return _grant(representative, subject, kind, by=by, until=until, evidence=evidence, affairs=affairs)


def grant_representation(
    representative: Person,
    code: str,
    kind: RepresentationKind | str,
    *,
    by: Actor,
    until: datetime | None = None,
    affairs: Sequence[str] = (),
) -> Representation:
    """The head of the firm with this code lets staff or an agent act for it; a person lets an agent act.

    Raises ProblemError ACC-301 to 303.
    """
    if kind not in GRANTED:
        raise ProblemError(
            _malformed("kind", said("only staff and agents are allowed so; windows do others"))
        )
    allowed = _granting(by, code)
    return _grant(representative, allowed, kind, by=by, until=until, affairs=affairs)


def may_grant(by: Actor, code: str) -> bool:
    """Whether ``by`` is the person of this code, or heads the firm."""
    own = person_code(by)
    heads = held_now().filter(representative__code=own, subject_code=code, kind=RepresentationKind.LEGAL)
    return bool(own) and (own == code or heads.exists())


def _granting(by: Actor, code: str) -> Subject:
    """The subject, when ``by`` may let others act for it: themselves, or the firm that they head."""
    subject = subject_for(by, code)
    if not may_grant(by, code):
        hint = said("its legal representative can; a window records who that is")
        raise ProblemError(Problem(NOT_FOR, said("you cannot let others act for this firm"), hint=hint))
    return subject


@transaction.atomic
def _grant(
    representative: Person,
    subject: Subject,
    kind: RepresentationKind | str,
    *,
    by: Actor,
    until: datetime | None,
    affairs: Sequence[str],
    evidence: str = "",
) -> Representation:
    _refuse_impossible(representative, subject, kind, until, affairs)
    earlier = Representation.objects.filter(
        representative=representative, subject_code=subject.code, kind=kind, revoked_at=None
    )
    _end(earlier.select_for_update(), by)
    row = Representation.objects.create(
        representative=representative,
        subject_code=subject.code,
        subject_name=subject.name[:200],
        subject_kind=subject.kind,
        kind=kind,
        affairs=list(dict.fromkeys(affairs)),
        until=until,
        evidence=evidence.strip()[:200],
        granted_by=by.key,
    )
    detail = {"kind": str(kind), "affairs": row.affairs, "until": until.isoformat() if until else ""}
    _record(by, "access.representation.grant", row, detail)
    return row


def _refuse_impossible(
    representative: Person,
    subject: Subject,
    kind: RepresentationKind | str,
    until: datetime | None,
    affairs: Sequence[str],
) -> None:
    fitting = FITS.get(RepresentationKind(kind)) if kind in RepresentationKind.values else None
    if fitting is None or subject.kind not in fitting:
        raise ProblemError(_malformed("kind", said("parents act for people; heads and staff for firms")))
    if subject.code == representative.code:
        raise ProblemError(_malformed("representative", said("everybody acts for themselves already")))
    if until is not None and until <= timezone.now():
        raise ProblemError(_malformed("until", said("it would have ended already")))
    if len(affairs) > MOST_AFFAIRS:
        raise ProblemError(_malformed("affairs", said("at most {most} affairs are named", most=MOST_AFFAIRS)))


def revoke_representation(number: int, *, by: Actor) -> Representation:
    """End a representation now: by whom it stands for, who heads the firm, the representative, or a clerk.

    Once ended it stays so. Raises ProblemError ACC-302 for one that is none of theirs, or does not exist,
    ACC-314 for who alone heads a firm and is no clerk.
    """
    with transaction.atomic():
        _queue_heads(number)
        row = (
            Representation.objects.select_for_update(of=("self",))
            .select_related("representative")
            .filter(pk=number)
            .first()
        )
        if row is None or not _may_end(by, row):
            hint = said("whom it concerns can end it, or a window")
            raise ProblemError(Problem(NOT_FOR, said("this representation is none of yours"), hint=hint))
        if row.kind == RepresentationKind.LEGAL and not decide(by, RECORD):
            _refuse_last_head(row)
        _end([row], by)
    return row


def other_heads(row: Representation) -> int:
    """How many others head the firm of a legal representative now."""
    heads = held_now().filter(subject_code=row.subject_code, kind=RepresentationKind.LEGAL)
    return heads.exclude(representative=row.representative_id).count()


def _queue_heads(number: int) -> None:
    """Heads of a firm leave one after another: each waits for the one before, and sees who is left."""
    heads = Representation.objects.filter(kind=RepresentationKind.LEGAL)
    firm = heads.filter(pk=number).values_list("subject_code", flat=True).first()
    if firm is not None:
        list(heads.filter(subject_code=firm).select_for_update().order_by("pk").values_list("pk"))


def _refuse_last_head(row: Representation) -> None:
    if row.revoked_at is None and not other_heads(row):
        hint = said("let a window record who heads it from now on, or that the firm is no more; then it ends")
        raise ProblemError(Problem(LAST_HEAD, said("nobody else heads this firm"), hint=hint))


def end_all(person: str, by: Actor) -> None:
    """End everything in which the person acts for another, or another for them."""
    sides = Q(representative__code=person) | Q(subject_code=person)
    _end(list(Representation.objects.select_related("representative").filter(sides, revoked_at=None)), by)


def _may_end(by: Actor, row: Representation) -> bool:
    if row.representative.code == person_code(by) or decide(by, RECORD):
        return True
    # Who heads a firm is recorded by a window, and ended there: two heads do not turn each other out.
    return row.kind in GRANTED and may_grant(by, row.subject_code)


def _end(rows: Iterable[Representation], by: Actor) -> None:
    for row in rows:
        if row.revoked_at is None:
            row.revoked_at, row.revoked_by = timezone.now(), by.key
            row.save(update_fields=["revoked_at", "revoked_by"])
            _record(by, "access.representation.revoke", row, {"kind": row.kind})


def _record(by: Actor, action: str, row: Representation, detail: dict[str, object]) -> None:
    """Both sides see it: the one who acts, and the one acted for when that is a person."""
    sides = [row.representative.code]
    if row.subject_kind == SubjectKind.PERSON:
        sides.append(row.subject_code)
    for side in sides:
        audit.record(
            by,
            action,
            f"kernel_access.representation:{row.subject_code}",
            detail={**detail, "representation": row.pk, "representative": row.representative.code},
            subject=side,
        )


def _malformed(field: str, message: str) -> Problem:
    return Problem(MALFORMED, message, Where(field=field))
