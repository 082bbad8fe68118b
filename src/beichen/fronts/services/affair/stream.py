"""The trail of an affair: what happened, in its order, kept with the affair and told on the bus."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from beichen.fronts.services.models import Affair, AffairEvent
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.bus import service as bus
from beichen.kernel.org.models import Body
from beichen.kernel.parcel import Parcel
from beichen.kernel.statements import Insertion

PUBLISHED = frozenset({"outcome", "opened", "task", "lane", "message", "to", "items", "objection", "ruling"})
"""Members of events that leave the affair: what anybody wrote stays with who sees it."""
_EVENTS = Insertion(AffairEvent)


def happened(
    affair: Affair,
    name: str,
    data: Mapping[str, Any],
    *,
    by: Actor,
    now: datetime,
    step: str = "",
    body: Body | None = None,
    right: str = "",
    parcel: Parcel | None = None,
) -> None:
    """Let ``name`` have happened: the version grows, an event is kept and published, the act audited.

    Called inside a transaction that has the affair locked and saves it; with its ``parcel``, all is written
    when that is sent.
    """
    affair.version += 1
    written = Parcel() if parcel is None else parcel
    event = AffairEvent(
        affair=affair,
        number=affair.version,
        name=name,
        step=step,
        at=now,
        by=by.key[:100],
        by_name=by.name[:100],
        body=body,
        data=dict(data),
    )
    written.add(_EVENTS, [event])
    told = {key: value for key, value in data.items() if key in PUBLISHED}
    bus.publish_many(
        [
            bus.Draft(
                f"services.affair.{name}",
                affair.code,
                {**told, "number": affair.version, "process": affair.definition.key, "step": step},
                region=affair.region.path,
                level=affair.level,
            )
        ],
        by=by,
        parcel=written,
    )
    if right:
        audit.record(
            by,
            right,
            f"fronts_services.affair:{affair.code}",
            detail={"event": name, "step": step, "version": affair.version},
            subject=affair.subject,
            parcel=written,
        )
    if parcel is None:
        written.send()
