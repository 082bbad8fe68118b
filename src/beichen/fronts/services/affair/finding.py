"""Finding affairs and steps: locked or not, within what the actor may see, as the actor saw them."""

from __future__ import annotations

from django.db.models import QuerySet

from beichen.fronts.services.affair.version import HEAVY
from beichen.fronts.services.models import Affair, AffairBody, AffairEvent, Task
from beichen.fronts.services.permissions import READ
from beichen.fronts.services.problems import CHANGED, NO_AFFAIR, NO_TASK, not_now
from beichen.fronts.services.words import CLOSED, Status
from beichen.kernel.access import service as access
from beichen.kernel.actor import Actor
from beichen.kernel.statements import Prepared, slot
from beichen.problem import Problem, ProblemError, Where, said, shorten

_LOCKED = Prepared(
    lambda: (
        Affair.objects.select_for_update(of=("self",))
        .select_related("definition", "region")
        .defer(*(f"definition__{name}" for name in HEAVY))
        .filter(code=slot(Affair, "code"))
        .order_by()
    )
)


def find_affair(code: str, *, by: Actor) -> Affair:
    """The affair of this code, when the actor may see it. Raises ProblemError SRV-301: hidden, or none."""
    rows = Affair.objects.select_related("definition", "region").defer("state", "before")
    return _seen(rows.filter(code=code).first(), code, by=by)


def lock(code: str) -> Affair | None:
    """The affair of this code, locked until the transaction ends, without what is heavy of its version."""
    return _LOCKED.first(code=code)


def locked_affair(code: str, *, by: Actor, expected: int | None = None) -> Affair:
    """The same, locked, when the actor may see it. Raises ProblemError SRV-301, SRV-303."""
    row = lock(code)
    if row is None or not _is_at_step(row, by):
        row = _seen(row, code, by=by)
    if expected is not None and expected != row.version:
        last = AffairEvent.objects.filter(affair=row).order_by("-number").first()
        message = said("{who} changed the affair meanwhile", who=last.by_name if last else "–")
        hint = said("look at it again, then decide (version {version})", version=row.version)
        raise ProblemError(Problem(CHANGED, shorten(message), Where(field="version"), hint))
    return row


def _seen(row: Affair | None, code: str, *, by: Actor) -> Affair:
    """What the actor does not see is not there: the answer must not tell that it is."""
    if row is not None and (by.is_system or _bodies(row, by).exists()):
        return row
    raise ProblemError(Problem(NO_AFFAIR, shorten(said("there is no affair {code!r}", code=code[:30]))))


def _is_at_step(row: Affair, by: Actor) -> bool:
    """Whether a body with a step of this locked affair lets the actor see it: each of those takes part.

    Others that take part are asked for by :func:`_seen`. What an act reads anyway answers nearly all.
    """
    if by.is_system:
        return True
    bodies = {task.body_id: task.body for task in row.steps}.values()
    return any(access.decide(by, READ, AffairBody(affair=row, body=body)) for body in bodies)


def _bodies(row: Affair, by: Actor) -> QuerySet[AffairBody]:
    return access.visible(by, READ, AffairBody.objects.filter(affair=row))


def find_task(affair: Affair, number: int) -> Task:
    """A step of a locked affair that waits. Raises ProblemError SRV-306."""
    row = next((one for one in affair.steps if one.number == number), None)
    if row is None:
        message = said("{code} has no step {number}", code=affair.code, number=number)
        raise ProblemError(Problem(NO_TASK, shorten(message), Where(field="task")))
    if not row.is_open:
        raise not_now(said("this step does not wait any more"), said("look at the affair again"))
    return row


def check_open(affair: Affair) -> None:
    """Raises ProblemError SRV-302 for an affair that is closed."""
    if affair.status in CLOSED:
        found = Status(affair.status).label
        raise not_now(said("the affair is {found}", found=found))


def check_running(affair: Affair) -> None:
    """Raises ProblemError SRV-302 for an affair that is closed or suspended."""
    check_open(affair)
    if affair.status == Status.SUSPENDED:
        raise not_now(said("the affair is suspended"), said("let it go on first"))
