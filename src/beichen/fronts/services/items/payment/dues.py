"""Whether something is to be paid for an affair now."""

from __future__ import annotations

from beichen.fronts.services.items.models import Application, Payment
from beichen.fronts.services.items.payment.refunding import ending_of
from beichen.fronts.services.items.words import ACTIVE_PAYMENTS, PaymentState
from beichen.fronts.services.models import Affair
from beichen.fronts.services.words import CLOSED


def is_due(affair: Affair) -> bool:
    """Whether its fee is open: a payment that waits, or none that counts while the affair runs.

    Nothing is once it ended without what was applied for.
    """
    active = Payment.objects.select_related("item").filter(affair=affair, state__in=ACTIVE_PAYMENTS).first()
    if active is not None:
        return active.state == PaymentState.DUE and not ending_of(affair, active.item)
    return affair.status not in CLOSED and Application.objects.filter(affair=affair, fee__gt=0).exists()
