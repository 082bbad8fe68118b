"""What can be wrong with a report or with a step of a case."""

from __future__ import annotations

from beichen.problem import Problem, ProblemError, Where, code, said, shorten

NOT_NOW = code("EVT-301", "The case does not stand where this can be done.", status=409)
EMPTY = code("EVT-302", "Something that must be said is missing.", status=422)
NO_KIND = code("EVT-303", "There is no such kind of event.", status=422)
NO_BODY = code("EVT-304", "There is no such body.", status=422)
NEEDED = code("EVT-305", "The kind asks for evidence, steps or answers that are missing.", status=422)
NO_PART = code("EVT-306", "The case has no such task, step or note.", status=422)
CHANGED = code("EVT-307", "The case was changed meanwhile.", status=409)
NO_CASE = code("EVT-308", "There is no such case.", status=404)
NO_ROUTE = code("EVT-309", "No row of the routing table fits.", status=422)
BAD_VALUE = code("EVT-310", "A value is not one of those allowed.", status=422)
NOT_ALIKE = code("EVT-311", "These cases cannot be joined.", status=409)
LONGEST = 2000


def not_now(message: str, hint: str = "") -> ProblemError:
    """A step that the case's stage does not allow."""
    return ProblemError(Problem(NOT_NOW, shorten(message), hint=hint))


def bad(field: str, message: str, hint: str = "") -> ProblemError:
    """A value that is not allowed."""
    return ProblemError(Problem(BAD_VALUE, shorten(message), Where(field=field), hint))


def stated(field: str, text: str) -> str:
    """``text`` without blanks around it. Raises ProblemError EVT-302 when empty, EVT-310 over the limit."""
    found = text.strip()
    if not found:
        raise ProblemError(Problem(EMPTY, said("nothing is said here"), Where(field=field)))
    if len(found) > LONGEST:
        raise bad(field, said("longer than {limit} characters", limit=LONGEST))
    return found
