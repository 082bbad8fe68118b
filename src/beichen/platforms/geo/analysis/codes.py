"""What can be wrong with a question of this room, and the bounds that it keeps."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from beichen.problem import Problem, ProblemError, Where, code, said

BAD_VALUE = code("GEO-641", "A parameter of an analysis does not fit.", status=422)
NO_KIND = code("GEO-642", "There is no analysis of this name.", status=404)
TOO_MUCH = code("GEO-643", "An analysis would take too many features.", status=422)
WRONG_SHAPES = code("GEO-644", "A layer's features are not of the kind that the analysis needs.", status=422)
TOO_LONG = code("GEO-645", "An analysis took too long.", status=422)
UNREACHED = code("GEO-646", "No road lies near a place, or no way leads there.", status=422)
NO_RUN = code("GEO-647", "There is no analysis of this code.", status=404)
TOO_MANY_RUNS = code("GEO-648", "Too many analyses wait already.", status=429)
TOO_WIDE = code("GEO-649", "The places lie too far apart for one analysis.", status=422)

MOST_FEATURES = 200_000  # of a layer
MOST_VERTICES = 3_000_000
MOST_ROWS = 50_000  # of a result
RESULT_BYTES = 32_000_000


def refused(code_: str, message: str, name: str = "", hint: str = "") -> ProblemError:
    """The problem of one parameter."""
    where = Where(field=name) if name else Where()
    return ProblemError(Problem(code_, message, where, hint))


@dataclass(slots=True)
class Patience:
    """How long an analysis may take, and who hears how far it is (from 0 to 1)."""

    seconds: float
    told: Callable[[float], None] = lambda _done: None
    clock: Callable[[], float] = time.monotonic
    begun: float = field(init=False)

    def __post_init__(self) -> None:
        self.begun = self.clock()

    def at(self, done: float) -> None:
        """Say how far it is. Raises ProblemError GEO-645 when the time is over."""
        if self.clock() - self.begun > self.seconds:
            message = said("stopped after {seconds} s", seconds=round(self.seconds))
            raise refused(TOO_LONG, message, hint=said("take fewer features or smaller distances"))
        self.told(min(max(done, 0.0), 1.0))
