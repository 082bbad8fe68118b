"""A process that lives lives of affairs: applied for, looked at, paid for, timed out, signed, certified.

`python -m tests.crash.lives build | live [FILE] [@MOMENT] | report FILE`. ``live`` does whatever is not done
yet, in any state that a killed one left, and takes down in FILE what was acknowledged. ``report`` writes what
there is in the end without what differs from one house to the next (codes, secrets, moments).
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TextIO

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beichen.house.django")
django.setup()

from django.utils import timezone  # Django first

from beichen.fronts.services import service
from beichen.fronts.services.items.models import Payment
from beichen.fronts.services.items.payment import paying
from beichen.fronts.services.items.payment.gateway import gateway
from beichen.fronts.services.items.payment.http import HEADER, signature
from beichen.fronts.services.models import Affair, AffairEvent
from beichen.fronts.services.tests import mint, town
from beichen.kernel.audit import service as audit
from beichen.kernel.audit.models import AuditRecord
from beichen.kernel.bus.models import OutboxEvent
from beichen.kernel.files import service as files
from beichen.platforms.ledger import service as ledger
from beichen.platforms.ledger.models import Certificate, Entry
from beichen.settings import settings
from tests.crash.moments import watched

COUNT = 6
DIFFERS = ("payment", "certificate")
"""Data of an affair that are codes."""


def build() -> None:
    """A town with a process that has timers, and one that is paid for and ends in a certificate."""
    mint.build()


def live(file: str = os.devnull) -> None:
    """Everything, one thing after the other; what is done already is not done again."""
    with open(file, "a", encoding="utf-8") as acknowledged:  # noqa: PTH123 - kept open over all
        _apply(acknowledged)
    _complete("check", "accept")
    _complete("look", "")
    _pay()
    _notices()
    service.tick(town.MONDAY + timedelta(days=10))
    _complete("sign", "")
    service.tick(town.MONDAY + timedelta(days=10))
    while ledger.integrate():
        pass


def _apply(acknowledged: TextIO) -> None:
    for number in range(COUNT):
        for key, apply in (("permit", town.apply), ("trade", mint.apply)):
            affair = apply(key=f"{key}-{number}")
            acknowledged.write(f"{key}-{number} {affair.code}\n")
            acknowledged.flush()


def _complete(step: str, outcome: str) -> None:
    """Complete this step wherever it waits."""
    waiting = Affair.objects.filter(tasks__step=step, tasks__closed_at=None).order_by("id")
    for affair in list(waiting):
        town.do(affair, step, outcome)


def _pay() -> None:
    """Every applicant opens the page of payment; the gateway's till is paid at once."""
    for affair in Affair.objects.filter(definition__key="trade").order_by("id"):
        paying.order(affair.code, by=town.SETUP)


def _notices() -> None:
    """The gateway tells of every payment each time, and the house asks for what it heard nothing of."""
    for row in Payment.objects.order_by("id"):
        found = gateway().query(row.code)
        assert found is not None
        told = {"code": row.code, "state": found.state, "amount": found.amount, "reference": found.reference}
        body = json.dumps(told).encode()
        paying.take_notice({HEADER: signature(settings().payment_secret, int(time.time()), body)}, body)
    paying.follow_payments(timezone.now() + timedelta(minutes=5))


def report(file: str) -> None:
    """What there is, as JSON; two houses with the same report hold the same."""
    numbers = {row.pk: str(row.key) for row in Affair.objects.all()}
    found: dict[str, Any] = {
        "affairs": {str(row.key): _affair(row) for row in Affair.objects.all()},
        "payments": sorted(
            f"{numbers[row.affair_id]} {row.state} {row.amount} {row.told_at is not None}"
            for row in Payment.objects.all()
        ),
        "certificates": sorted(
            f"{row.kind.key} {row.claims} {row.state}" for row in Certificate.objects.all()
        ),
        "sealed": _counted(Entry.objects.values_list("kind", flat=True)),
        "in the log": Entry.objects.exclude(position=None).count(),
        "events": _counted(OutboxEvent.objects.values_list("type", flat=True)),
        "audit": _counted(AuditRecord.objects.values_list("action", flat=True)),
        "problems": [
            str(one) for one in (*ledger.verify().problems, *audit.verify().problems, *files.verify())
        ],
    }
    with open(file, "w", encoding="utf-8") as report_file:  # noqa: PTH123 - as above
        json.dump(found, report_file, ensure_ascii=False, indent=1, sort_keys=True)


def _counted(values: Any) -> dict[str, int]:
    return dict(Counter(str(one) for one in values))


def _affair(row: Affair) -> dict[str, Any]:
    return {
        "standing": [row.status, row.outcome, row.version],
        "data": {name: value for name, value in row.data.items() if name not in DIFFERS},
        "trail": [_event(one) for one in AffairEvent.objects.filter(affair=row).order_by("number")],
        "steps": [
            [one.number, one.step, one.body.key, one.standing, one.outcome]
            for one in row.tasks.order_by("number")
        ],
        "timers": sorted([one.step, one.is_fired] for one in row.timers.all()),
    }


def _event(one: AffairEvent) -> list[Any]:
    data = {**one.data}
    if "values" in data:
        data["values"] = {name: value for name, value in data["values"].items() if name not in DIFFERS}
    return [one.number, one.name, one.step, data]


def main(words: list[str]) -> None:
    """Do what is asked, and die on the way where a moment is named."""
    known: dict[str, Callable[..., None]] = {"build": build, "live": live, "report": report}
    with watched(words) as (name, *more):
        known[name](*more)


if __name__ == "__main__":
    main(sys.argv[1:])
