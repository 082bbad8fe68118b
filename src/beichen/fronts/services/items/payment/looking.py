"""Whether fees can be paid: no gateway, one that is unsafe, away, or of another secret."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from beichen.fronts.services.items.finding import read_item
from beichen.fronts.services.items.models import ServiceItem
from beichen.fronts.services.items.payment.gateway import gateway
from beichen.problem import Level, Problem, ProblemError
from beichen.settings import settings

NOBODYS = "BEICHEN-DOCTOR"
"""An order that no house has: asking for it changes nothing at a gateway."""


def look() -> Iterator[Problem]:
    """What keeps fees from being paid (SRV-411, SRV-412, SRV-417), for `beichen doctor`.

    Without a gateway it is a warning, and only where an item that is offered has a fee.
    """
    is_warning = not settings().payment_url
    if is_warning and not any(read_item(row).fee for row in ServiceItem.objects.filter(is_offered=True)):
        return
    try:
        gateway().query(NOBODYS)
    except ProblemError as error:
        for problem in error.problems:
            yield replace(problem, level=Level.WARNING) if is_warning else problem
