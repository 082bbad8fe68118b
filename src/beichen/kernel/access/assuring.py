"""How sure it is who somebody is: by a paper, by the city's identity provider, by their own word."""

from __future__ import annotations

from django.db import transaction

from beichen.kernel.access.decision import require
from beichen.kernel.access.identity import ORDER, Assurance, IdentityCheck
from beichen.kernel.access.permissions import permission
from beichen.kernel.access.registering import contact_of
from beichen.kernel.access.subjects import NOBODY, person_code
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.org.models import Person
from beichen.problem import Problem, ProblemError, Where, code, said

CHECK = permission("access.identity.check", "核验身份", "Check who somebody is")
NOT_SURE = code("ACC-304", "This needs an identity that is better known.", status=403)
BAD_CHECK = code("ACC-305", "The check of an identity cannot be recorded so.", status=422)
HOW = {
    Assurance.WINDOW: said("show your identity paper at a window, which records it"),
    Assurance.UPSTREAM: said("sign in once through the city's identity provider"),
}


def assurance_of(by: Actor) -> Assurance:
    """The best that is known of the person who acts; one query. Raises ProblemError ACC-301 for nobody."""
    own = person_code(by)
    if not own:
        raise ProblemError(Problem(NOBODY, said("nobody is signed in"), hint=said("sign in first")))
    levels = IdentityCheck.objects.filter(person__code=own).values_list("level", flat=True).distinct()
    return max((Assurance(one) for one in levels), key=ORDER.index, default=Assurance.SELF_STATED)


def is_assured(by: Actor, least: Assurance | str) -> bool:
    """Whether the person who acts is known at least as well as ``least``."""
    return ORDER.index(assurance_of(by)) >= ORDER.index(Assurance(least))


def require_assurance(by: Actor, least: Assurance | str) -> None:
    """Raises ProblemError ACC-304, saying how to raise it; ACC-301 for nobody. The house itself passes."""
    wanted = Assurance(least)
    if by.is_system or is_assured(by, wanted):
        return
    raise ProblemError(Problem(NOT_SURE, said("it is not known well enough who you are"), hint=HOW[wanted]))


@transaction.atomic
def record_identity(
    person: Person, level: Assurance | str, evidence: str, *, by: Actor, name: str = ""
) -> IdentityCheck:
    """Somebody made sure who ``person`` is; ``name`` is what the paper says, where it says another.

    Raises ProblemError ACC-403, or ACC-305 for no level above what people say themselves, no evidence, or for
    one's own identity.
    """
    require(by, CHECK)
    if level not in HOW:
        raise ProblemError(Problem(BAD_CHECK, said("people state this themselves"), Where(field="level")))
    if not evidence.strip():
        raise ProblemError(Problem(BAD_CHECK, said("say which paper was shown"), Where(field="evidence")))
    if person_code(by) == person.code:
        raise ProblemError(Problem(BAD_CHECK, said("nobody checks themselves"), Where(field="person")))
    is_renamed = bool(name.strip()) and name.strip() != person.name
    if is_renamed:
        person.name = name.strip()[:100]
        person.save(update_fields=["name"])
    row = IdentityCheck.objects.create(
        person=person,
        level=level,
        evidence=evidence.strip()[:200],
        name=name.strip()[:100],
        checked_by=by.key,
    )
    audit.record(
        by,
        "access.identity.check",
        f"kernel_org.person:{person.code}",
        detail={"level": str(level), "renamed": is_renamed},
        subject=person.code,
    )
    return row


def find_person(typed: str, *, by: Actor) -> Person | None:
    """The person of a code, or of an address that they confirmed; for a window. Raises ACC-403."""
    require(by, CHECK)
    found = Person.objects.filter(code=typed.strip().upper()[:16]).first()
    if found is None:
        found = Person.objects.filter(account__contacts__address=_address(typed)).first()
    detail = {"is_found": found is not None}
    audit.record(
        by, "access.person.find", "kernel_org.person", detail=detail, subject=found.code if found else ""
    )
    return found


def _address(typed: str) -> str:
    try:
        return contact_of(typed)[1]
    except ProblemError:
        return ""


def look_at_person(person: Person, *, by: Actor) -> None:
    """Keep that a window looked at what is known of a person, for them to see. Raises ACC-403."""
    decision = require(by, CHECK)
    audit.record(by, CHECK, f"kernel_org.person:{person.code}", reason=decision.reason, subject=person.code)
