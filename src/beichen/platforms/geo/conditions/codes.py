"""What can be wrong with a condition."""

from __future__ import annotations

from beichen.problem import Problem, ProblemError, Where, code, shorten

UNREADABLE = code("GEO-601", "The filter cannot be read as CQL2.")
TOO_MUCH = code("GEO-602", "The filter is longer, deeper or costlier than is answered.")
NO_PROPERTY = code("GEO-603", "The filter names a property that the collection does not have.")
UNFIT = code("GEO-604", "An operand of the filter does not fit its operator.")


def refused(number: str, message: str, where: Where, hint: str = "") -> ProblemError:
    """A problem with one place, ready to be raised."""
    return ProblemError(Problem(number, shorten(message), where, hint))
