"""Finding duties: those of a plan, of a body, of a year; one by its number; the bodies that answer."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from beichen.kernel.access.service import decide
from beichen.kernel.actor import Actor
from beichen.kernel.org.models import Body
from beichen.plan.duties import codes
from beichen.plan.duties.models import Duty, Milestone
from beichen.plan.duties.rights import REPORT
from beichen.plan.models import Plan
from beichen.problem import Problem, ProblemError, Where, nearest, said, shorten


def duties_of(plan: Plan, *, body: Body | None = None, year: int | None = None) -> QuerySet[Duty]:
    """A plan's duties in the order of the text, with their bodies: two queries however many.

    With ``body`` those that it leads or supports; with ``year`` those whose deadline or a milestone lies
    in it. Duties whose facts vanished are left out.
    """
    bodies = Prefetch("supporting", Body.objects.order_by("path"))
    rows = Duty.objects.select_related("lead", "suggestion").prefetch_related(bodies)
    rows = rows.filter(plan=plan, vanished_at=None).order_by("start", "pk")
    if body is not None:
        supported = Duty.supporting.through.objects.filter(duty=OuterRef("pk"), body=body)
        rows = rows.filter(Q(lead=body) | Exists(supported))
    if year is not None:
        due = Milestone.objects.filter(duty=OuterRef("pk"), due__year=year)
        rows = rows.filter(Q(deadline__year=year) | Exists(due))
    return rows


def duty_by_number(plan: Plan, number: int) -> Duty:
    """A duty of the plan, also one that vanished. Raises ProblemError PLN-301."""
    rows = Duty.objects.select_related("plan__region", "plan__text", "lead__region", "region", "suggestion")
    duty = rows.prefetch_related("supporting").filter(plan=plan, pk=number).first()
    if duty is None:
        raise ProblemError(Problem(codes.NO_DUTY, said("the plan has no duty {number}", number=number)))
    return duty


def duties_by_number(plan: Plan, numbers: Iterable[int]) -> list[Duty]:
    """Some duties of the plan, in the order of the text. Raises ProblemError PLN-301 for others."""
    wanted = set(numbers)
    rows = list(Duty.objects.select_related("lead").filter(plan=plan, pk__in=wanted).order_by("start"))
    if missing := wanted - {duty.pk for duty in rows}:
        raise ProblemError(
            *(Problem(codes.NO_DUTY, said("the plan has no duty {one}", one=one)) for one in sorted(missing))
        )
    for duty in rows:
        duty.plan = plan
    return rows


def body_by_key(key: str) -> Body:
    """One of the city's bodies. Raises ProblemError PLN-302."""
    body = Body.objects.select_related("region").filter(key=key).first()
    if body is None:
        known = Body.objects.filter(is_current=True).values_list("key", flat=True)
        message = shorten(said("the city has no body {key}", key=key))
        raise ProblemError(Problem(codes.NO_BODY, message, Where(field="body"), nearest(key, known)))
    return body


def own_bodies(by: Actor) -> list[Body]:
    """The bodies for which ``by`` reports, by the body of each post; none for those without such a post."""
    paths = {scope.body_path for scope in by.scopes if scope.body_path}
    rows = Body.objects.select_related("region").filter(path__in=paths, is_current=True).order_by("path")
    return [body for body in rows if decide(by, REPORT, Duty(lead=body, region=body.region))]
