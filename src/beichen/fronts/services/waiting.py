"""What waits at a desk of the city: steps and objections at one's own bodies, refunds for a decision."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from beichen.fronts.services.items.payment.refunding import to_decide
from beichen.fronts.services.objection.reading import to_answer
from beichen.fronts.services.permissions import HANDLE, READ, RECONCILE
from beichen.fronts.services.queries import tasks_for
from beichen.kernel.access import service as access
from beichen.kernel.actor import Actor
from beichen.kernel.org.models import Body
from beichen.web.waiting import MOST, Waiting


def steps_waiting(by: Actor) -> Waiting | None:
    """Steps at bodies where the actor holds a post; who only looks on is told nothing."""
    if not access.decide(by, READ) or not access.decide(by, HANDLE):
        return None
    paths = {scope.body_path for scope in by.scopes if scope.body_path}
    own = list(Body.objects.filter(path__in=paths, is_current=True).order_by().values_list("pk", flat=True))
    count = tasks_for(by).filter(body__in=own).order_by()[: MOST + 1].count() if own else 0
    return Waiting(_("Steps of applications"), reverse("services:desk"), count)


def objections_waiting(by: Actor) -> Waiting | None:
    """Objections to public notices at bodies where the actor holds a post; nothing for who only looks on."""
    if not access.decide(by, READ) or not access.decide(by, HANDLE):
        return None
    paths = {scope.body_path for scope in by.scopes if scope.body_path}
    own = Body.objects.filter(path__in=paths, is_current=True).order_by()
    count = to_answer(by).filter(body__in=own).order_by()[: MOST + 1].count() if paths else 0
    return Waiting(_("Objections to answer"), f"{reverse('services:objections')}?ruling=waiting", count)


def refunds_waiting(by: Actor) -> Waiting | None:
    """Refunds of which an officer has to say whether they are made; nothing for who may not."""
    if not access.decide(by, RECONCILE):
        return None
    count = to_decide(by).order_by()[: MOST + 1].count()
    return Waiting(_("Refunds of fees"), f"{reverse('services:payments')}?state=asked", count)
