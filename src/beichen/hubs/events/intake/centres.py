"""The centre that receives: the kind's own, else the city's event centre, else its government."""

from __future__ import annotations

from beichen.kernel.org.models import Body
from beichen.kernel.statements import Prepared, slot
from beichen.problem import Problem, ProblemError, code, said

NO_CENTRE = code("EVT-405", "The city has no body that receives events.", status=503)
CENTRE, GOVERNMENT = "event-centre", "government"
"""Kinds of body: what a city package names as its centre, and what stands in for one that names none."""

KINDS = (CENTRE, GOVERNMENT)
_NAMED = Prepared(lambda: Body.objects.filter(key=slot(Body, "key"), is_current=True))
_GENERAL = Prepared(lambda: Body.objects.filter(kind__in=KINDS, is_current=True).order_by("-path"))


def centre_of(key: str) -> Body:
    """The body that accepts, verifies and answers. Raises ProblemError EVT-405."""
    own = _NAMED.first(key=key) if key else None
    if own is not None:
        return own
    found = {body.kind: body for body in _GENERAL.rows()}
    for kind in KINDS:
        if kind in found:
            return found[kind]
    hint = said("name one in bodies.yaml of the city package, of kind {kind}", kind=CENTRE)
    raise ProblemError(Problem(NO_CENTRE, said("no body receives events"), hint=hint))
