"""`/api/plan/public`: the public edition of the current plan as open data (L1), the same for everybody."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router

from beichen.kernel.access.service import acting, require
from beichen.plan.reports.public import as_open_data, public_edition
from beichen.plan.reports.rights import NO_PLAN
from beichen.plan.service import READ, current_plan
from beichen.problem import Problem, ProblemError, said

router = Router(tags=["plan"])


@router.get("/public", summary="The plan's progress as open data")
def read_public(request: HttpRequest) -> dict[str, Any]:
    """Indicators with status, reasoning, values and sources; projects; published reports; the licence."""
    plan = current_plan()
    if plan is None:
        raise ProblemError(Problem(NO_PLAN, said("no plan is imported yet")))
    require(acting(request), READ, plan)
    return as_open_data(public_edition(plan))
