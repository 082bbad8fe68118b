"""Which firm is meant: the registry's organisation, or one that only its credit code names (GB 32100)."""

from __future__ import annotations

from stdnum.cn import uscc
from stdnum.exceptions import ValidationError

from beichen.kernel.access.service import Subject
from beichen.kernel.actor import Actor
from beichen.problem import Problem, ProblemError, Where, code, said
from beichen.registry import service as registry

NO_FIRM = code("CIT-105", "There is no such firm.", status=422)
ORGANISATION = "organisation"


def firm_of(typed: str, name: str, *, by: Actor) -> Subject:
    """The firm of a code. Raises ProblemError CIT-105 for no organisation, a wrong credit code, no name."""
    wanted = typed.strip().upper()
    try:
        found = registry.object_by_code(wanted, by=by)
    except ProblemError:
        return _unregistered(wanted, name)
    if found.type.kind != ORGANISATION:
        raise ProblemError(Problem(NO_FIRM, said("this code is no organisation's"), Where(field="firm")))
    return Subject(wanted, found.name or name.strip() or wanted, "firm")


def _unregistered(wanted: str, name: str) -> Subject:
    try:
        checked = uscc.validate(wanted)
    except ValidationError:
        hint = said("18 characters, as on the business licence")
        raise ProblemError(
            Problem(NO_FIRM, said("this is no credit code"), Where(field="firm"), hint)
        ) from None
    if not name.strip():
        message = said("the registry does not know it: say its name")
        raise ProblemError(Problem(NO_FIRM, message, Where(field="firm_name")))
    return Subject(checked, name.strip(), "firm")
