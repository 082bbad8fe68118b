"""What can be wrong with a process that a scene declares, and with what is done to an affair.

1xx: a scene's files. 3xx: an affair. 53x: objections to notices. 6xx: its door for programs.
"""

from __future__ import annotations

from beichen.problem import Problem, ProblemError, Where, code, said, shorten

NOT_XML = code("SRV-101", "A file cannot be read as XML, or holds what it must not.")
NOT_BPMN = code("SRV-102", "A file is not the BPMN or DMN that can be run.")
NOT_RUN = code("SRV-103", "A diagram uses an element that is not run here.")
NOT_DECLARED = code("SRV-104", "A diagram and its declaration do not name the same things.")
BAD_EXPRESSION = code("SRV-105", "An expression cannot be read, or names what is not declared.")
TOO_MUCH = code("SRV-106", "A process is larger than one may be.")
TAKEN = code("SRV-107", "Another scene declares this process already.", status=409)
NO_DOOR = code("SRV-108", "A step calls a door that no room has registered.")
OVERLAP = code("SRV-109", "Two rules of a table hold at once that says that one at most does.")
BAD_FORM = code("SRV-116", "A form names what it does not have, or says what cannot be judged.")
NO_FORM = code("SRV-118", "There is no such form.", status=404)
FORM_TAKEN = code("SRV-117", "Another scene declares this form already.", status=409)

NO_AFFAIR = code("SRV-301", "There is no such affair.", status=404)
NOT_NOW = code("SRV-302", "The affair does not stand where this can be done.", status=409)
CHANGED = code("SRV-303", "The affair was changed meanwhile.", status=409)
NO_PROCESS = code("SRV-304", "There is no such process.", status=422)
BAD_VALUE = code("SRV-305", "A value is not one of those allowed.", status=422)
NO_TASK = code("SRV-306", "There is no such step that waits.", status=404)
STUCK = code("SRV-307", "The process cannot go on from here.", status=422)
NO_BODY = code("SRV-308", "No body takes this step.", status=422)
UNANSWERED = code("SRV-310", "An objection to the public notice is not answered yet.", status=409)

NO_NOTICE = code("SRV-531", "There is no such public notice, or its time is over.", status=404)
NO_OBJECTION = code("SRV-532", "There is no such objection.", status=404)
UNNAMED = code("SRV-533", "Whoever objected left no way to be reached.", status=409)

LONGEST = 2000


def not_now(message: str, hint: str = "") -> ProblemError:
    """An act that the affair's standing does not allow."""
    return ProblemError(Problem(NOT_NOW, shorten(message), hint=hint))


def bad(field: str, message: str, hint: str = "") -> ProblemError:
    """A value that is not allowed."""
    return ProblemError(Problem(BAD_VALUE, shorten(message), Where(field=field), hint))


def stuck(message: str, hint: str = "") -> ProblemError:
    """A process that cannot go on: an expression fails, or it grows beyond its bounds."""
    return ProblemError(Problem(STUCK, shorten(message), hint=shorten(hint, 200)))


def stated(field: str, text: str) -> str:
    """``text`` without blanks around it. Raises ProblemError SRV-305 when it is empty or too long."""
    found = text.strip()
    if not found:
        raise bad(field, said("nothing is said here"))
    if len(found) > LONGEST:
        raise bad(field, said("longer than {limit} characters", limit=LONGEST))
    return found
