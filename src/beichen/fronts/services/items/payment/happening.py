"""What happens to a payment: on record for whom it is about, and told on the bus."""

from __future__ import annotations

from beichen.fronts.services.items.models import Payment
from beichen.kernel.actor import Actor, system
from beichen.kernel.audit import service as audit
from beichen.kernel.bus import service as bus

PAYMENTS = system("services.payments")


def happened(row: Payment, name: str, *, by: Actor) -> None:
    """Keep it and publish ``services.payment.NAME``, in the caller's transaction."""
    detail = {"amount": row.amount, "affair": row.affair.code}
    resource = f"fronts_services.payment:{row.code}"
    audit.record(
        by,
        f"services.payment.{name}",
        resource,
        detail=detail,
        reason=row.reason[:200],
        subject=row.affair.subject,
    )
    draft = bus.Draft(f"services.payment.{name}", row.code, detail, region=row.region.path, level=row.level)
    bus.publish_many([draft], by=by)
