"""What Beichen asks of a payment gateway (支付网关): create, query, notify with signature, refund.

A city's own payment platform (非税收缴、聚合支付) is put behind this interface by a small adapter that speaks
the protocol of :mod:`.http`. Amounts are fen. No gateway here always says yes: without one, nothing is paid.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from beichen.fronts.services.items.problems import NO_GATEWAY
from beichen.problem import Problem, ProblemError, said
from beichen.settings import settings


class Paid(StrEnum):
    """How an order stands at the gateway."""

    WAITING = "waiting"
    PAID = "paid"
    CLOSED = "closed"
    REFUNDING = "refunding"
    REFUNDED = "refunded"


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be paid: our number, for what, until when, where the payer comes back to."""

    code: str
    amount: int
    about: str
    expires_at: datetime
    back: str


@dataclass(frozen=True, slots=True)
class Opened:
    """An order that the gateway took: where people pay, and the gateway's own number."""

    url: str
    reference: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How an order stands: by a query, or by a notice whose signature was seen to be the gateway's."""

    code: str
    state: Paid
    amount: int
    reference: str = ""
    paid_at: datetime | None = None


class PaymentGateway(Protocol):
    """Each call may be repeated: the same order is one order, the same refund one refund.

    They raise ProblemError SRV-412 when the gateway does not answer or answers nonsense.
    """

    def create(self, order: Order) -> Opened:
        """Open an order; the same code again gives the same order."""
        ...

    def query(self, code: str) -> Standing | None:
        """How an order stands; None for one that the gateway does not know."""
        ...

    def read_notice(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Standing:
        """A notice of the gateway. Raises ProblemError SRV-414 for one that is forged, or of another time."""
        ...

    def refund(self, code: str, amount: int, reason: str) -> Standing:
        """Give an order's amount back, once."""
        ...


def gateway() -> PaymentGateway:
    """The gateway that the settings name. Raises ProblemError SRV-411 when there is none."""
    from beichen.fronts.services.items.payment.http import HttpGateway

    chosen = settings()
    if not chosen.payment_url:
        hint = said("the operator sets BEICHEN_PAYMENT_URL")
        raise ProblemError(Problem(NO_GATEWAY, said("payments cannot be made here yet"), hint=hint))
    return HttpGateway(chosen.payment_url, chosen.payment_secret)
