"""Whose a certificate is that a clerk issues: a person by their code, or a firm by its own (GB 32100)."""

from __future__ import annotations

from stdnum.cn import uscc
from stdnum.exceptions import ValidationError

from beichen.kernel.actor import Actor
from beichen.kernel.org.models import Person
from beichen.platforms.ledger.codes import BAD_CLAIM
from beichen.problem import Problem, ProblemError, Where, said
from beichen.registry import service as registry
from beichen.registry.models import Kind


def holder_of(typed: str, *, by: Actor) -> tuple[Person | None, str]:
    """The person, or the firm's code; neither where nothing was typed.

    A firm is an organisation of the registry, or has a credit code that checks. Raises ProblemError LED-403.
    """
    code = typed.strip()
    if not code:
        return None, ""
    person = Person.objects.filter(code=code).first()
    if person is not None:
        return person, ""
    if _is_firm(code.upper(), by):
        return None, code.upper()
    raise ProblemError(Problem(BAD_CLAIM, said("nobody has this code"), Where(field="holder")))


def _is_firm(code: str, by: Actor) -> bool:
    try:
        return bool(registry.object_by_code(code, by=by).type.kind == Kind.ORGANISATION)
    except ProblemError:
        pass
    try:
        return uscc.validate(code) == code
    except ValidationError:
        return False
