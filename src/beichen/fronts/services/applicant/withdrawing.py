"""A bundle taken back as one: everything of it that is not decided yet, in one act.

What is decided stands: an applicant cannot take back what a body has decided. It says who could.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from beichen.fronts.services.affair import taking_back
from beichen.fronts.services.applicant.own import as_applicant, own_run
from beichen.fronts.services.items import bundling
from beichen.fronts.services.items.finding import read_item
from beichen.fronts.services.items.models import BundlePart, BundleRun
from beichen.fronts.services.items.telling import tell_answer
from beichen.fronts.services.items.words import PartState
from beichen.fronts.services.models import Affair
from beichen.fronts.services.problems import not_now, stated
from beichen.fronts.services.words import CLOSED
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.org.models import Body
from beichen.problem import said


@dataclass(frozen=True, slots=True)
class Standing:
    """A part that stands when everything is withdrawn: since when, and the body that decided, which alone
    can take its decision back; None where no body had to say anything.
    """

    part: BundlePart
    since: datetime | None
    body: Body | None


def standing_parts(parts: list[BundlePart]) -> list[Standing]:
    """The parts that may not be withdrawn any more."""
    return [
        Standing(one, one.affair.closed_at, taking_back.decider_of(one.affair))
        for one in parts
        if one.affair is not None and one.affair.closed_at is not None and one.state == PartState.DONE
    ]


@transaction.atomic
def withdraw_all(code: str, reason: str, *, by: Actor, now: datetime | None = None) -> BundleRun:
    """Take back all of one's own bundle that is not decided yet; what waited does not start any more.

    Raises ProblemError SRV-409, SRV-305, ACC-301; SRV-302 when nothing of it runs any more.
    """
    found, why, moment = own_run(code, by=by), stated("reason", reason), now or timezone.now()
    run = (
        BundleRun.objects.select_for_update(of=("self",)).select_related("bundle", "region").get(pk=found.pk)
    )
    if run.closed_at is not None:
        raise not_now(said("nothing of this application runs any more"))
    locked = Affair.objects.select_for_update(of=("self",)).filter(bundle_part__run=run)
    affairs = {row.pk: row for row in locked.select_related("definition").order_by("pk")}
    for part in bundling.parts_of(run):
        if part.state in (PartState.RUNNING, PartState.WAITING):
            affair = affairs[part.affair_id] if part.affair_id is not None else None
            part.state, part.reason = _taken_back(part, affair, why, by=by, now=moment)
            part.save(update_fields=["state", "reason"])
    states = list(run.parts.values_list("state", flat=True))
    run.withdrawn_at = run.closed_at = moment
    run.is_good = all(state in bundling.GOOD for state in states)
    run.save(update_fields=["withdrawn_at", "closed_at", "is_good"])
    audit.record(
        by,
        "services.bundle.withdraw",
        f"fronts_services.bundlerun:{run.code}",
        detail={"withdrawn": states.count(PartState.WITHDRAWN)},
        reason=why[:200],
        subject=run.subject,
    )
    bundling.tell(run, "closed", {"outcome": "withdrawn"}, by=by)
    tell_answer(run, by=by)
    return run


def _taken_back(
    part: BundlePart, affair: Affair | None, why: str, *, by: Actor, now: datetime
) -> tuple[PartState, str]:
    if affair is None:
        return PartState.WITHDRAWN, ""
    if affair.status in CLOSED:  # it ended just now, and its bundle has not heard of it yet
        return bundling.ending_of(affair, read_item(part.item))
    taking_back.withdraw(affair.code, why, by=as_applicant(by), now=now)
    return PartState.WITHDRAWN, ""
