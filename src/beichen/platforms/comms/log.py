"""Who was told what when: the deliveries that somebody may read of, and the one address that they may see."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Min, QuerySet

from beichen.kernel.access.service import disclose, require, visible
from beichen.kernel.actor import Actor
from beichen.platforms.comms import channels
from beichen.platforms.comms.codes import NO_MESSAGE
from beichen.platforms.comms.models import Delivery
from beichen.platforms.comms.rights import READ_ADDRESS, READ_LOG
from beichen.platforms.comms.words import State
from beichen.problem import Problem, ProblemError, said


def deliveries_for(by: Actor) -> QuerySet[Delivery]:
    """The deliveries that ``by`` may read of, the newest first. Raises ProblemError ACC-403."""
    require(by, READ_LOG)
    return visible(by, READ_LOG, Delivery.objects.select_related("message")).order_by("-id")


def delivery_for(by: Actor, number: str) -> Delivery:
    """One delivery. Raises ProblemError ACC-403, COM-111."""
    require(by, READ_LOG)
    found = Delivery.objects.select_related("message__region").filter(number=number).first()
    if found is None:
        raise ProblemError(Problem(NO_MESSAGE, said("there is no delivery {number}", number=number[:32])))
    require(by, READ_LOG, found)
    return found


def disclosed_address(row: Delivery, purpose: str, *, by: Actor) -> str:
    """The address that a delivery went to; the look is on record, and the address's owner sees it.

    Empty where the clearance does not reach personal data. Raises ProblemError ACC-403.
    """
    found = disclose(by, READ_ADDRESS, row, ["address"], subject=row.data_subject, purpose=purpose)
    return str(found.get("address", ""))


def status() -> dict[str, Any]:
    """How sending is: channels, deliveries by channel and state, and since when the oldest waits."""
    rows = Delivery.objects.order_by().values_list("channel", "state").annotate(Count("id"))
    counts: dict[str, dict[str, int]] = {}
    for name, state, number in rows:
        counts.setdefault(name, {})[state] = number
    oldest = Delivery.objects.filter(state__in=(State.QUEUED, State.SENDING)).aggregate(Min("created_at"))
    waits = oldest["created_at__min"]
    return {
        "channels": sorted(channels.set_up()),
        "deliveries": counts,
        "oldest_waiting": waits.isoformat() if waits else None,
    }
