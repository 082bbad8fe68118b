"""The codes of what this room refuses; each has its heading in `docs/problems.md`."""

from __future__ import annotations

from beichen.problem import Problem, ProblemError, Where, code, shorten

NO_ENTITY = code("STA-101", "There is no such entity.", status=404)
BAD_ADDRESS = code("STA-102", "An address names no collection, entity or property.", status=404)
BAD_OPTION = code("STA-103", "An option of a query cannot be read.", status=400)
BAD_FILTER = code("STA-104", "A $filter cannot be read.", status=400)
BAD_TYPES = code("STA-105", "A $filter compares what cannot be compared.", status=400)
TOO_WIDE = code("STA-106", "A query reaches further than is read at once.", status=400)
BAD_BODY = code("STA-107", "An entity cannot be kept like this.", status=400)
NOT_OURS = code("STA-108", "The entity is kept by the registry or by a device.", status=409)
FIXED = code("STA-109", "An observation is not changed and not removed.", status=405)
REFUSED = code("STA-110", "A reading does not fit what its series measures.", status=422)
NO_ENTRY = code("STA-111", "A write needs a client's key or a device's credential.", status=401)
BAD_METHOD = code("STA-112", "The method is not answered here.", status=405)


def no_entity(name: str) -> ProblemError:
    """What is said of an id that nobody has, or that is hidden from the asker."""
    return ProblemError(Problem(NO_ENTITY, shorten(f"there is no {name}")))


def bad_option(name: str, message: str, hint: str = "") -> ProblemError:
    """An option that cannot be read."""
    return ProblemError(Problem(BAD_OPTION, shorten(message), Where(field=name), hint))


def bad_body(message: str, pointer: str = "", hint: str = "") -> Problem:
    """A mistake in a body, at a JSON pointer."""
    return Problem(BAD_BODY, shorten(message), Where(pointer=pointer), hint)
