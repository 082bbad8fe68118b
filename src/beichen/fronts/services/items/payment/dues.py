"""Whether something is to be paid for an affair now."""

from __future__ import annotations

from beichen.fronts.services.items.models import Application, Payment
from beichen.fronts.services.items.words import ACTIVE_PAYMENTS, PaymentState
from beichen.fronts.services.models import Affair
from beichen.fronts.services.words import CLOSED


def is_due(affair: Affair) -> bool:
    """Whether its fee is open: a payment that waits, or none that counts while the affair runs."""
    active = Payment.objects.filter(affair=affair, state__in=ACTIVE_PAYMENTS).first()
    if active is not None:
        return active.state == PaymentState.DUE
    return affair.status not in CLOSED and Application.objects.filter(affair=affair, fee__gt=0).exists()
