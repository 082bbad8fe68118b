"""A process that sends reports, acts on cases or lets clocks speak, and kills itself at a named point.

`python -m tests.crash.reports build | client | send FILE [POINT] | accept [POINT] | tick [POINT]`. FILE takes
down what was acknowledged, a line each, before the next is sent: what a sender knows when the house dies.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beichen.house.django")
django.setup()

from django.db import connection  # Django first

from beichen.hubs.events import acting, service
from beichen.hubs.events.commands import Accept
from beichen.hubs.events.intake import receive
from beichen.hubs.events.models import Case
from beichen.hubs.events.tests import city
from beichen.kernel.access import service as access
from tests.crash.driver import after, die, nth

COUNT = 30

POINTS: dict[str, Callable[[], None]] = {
    "everything written, not committed": lambda: after(receive, "_keep_files", nth(9)),
    "committed, not answered": lambda: after(sys.modules[__name__], "_sent", nth(9)),
    "stream written, not recorded": lambda: after(acting, "append", nth(9)),
    "acted and committed": lambda: after(service, "act", nth(9)),
    "clock spoke, not committed": lambda: after(acting, "_perform", nth(9)),
}


def _sent(number: int) -> Any:
    """One report; the same key each time."""
    return city.report(f"第{number}处路面破损", key=str(number))


def send(file: str) -> None:
    """All reports, each acknowledged before the next."""
    with open(file, "a", encoding="utf-8") as acknowledged:  # noqa: PTH123 - kept open over all
        for number in range(COUNT):
            receipt = sys.modules[__name__]._sent(number)
            acknowledged.write(f"{number} {receipt.report.code} {receipt.case.code}\n")
            acknowledged.flush()


def accept() -> None:
    """Accept whatever waits for it."""
    centre = city.attendant()
    for code in list(Case.objects.filter(stage="accept").order_by("id").values_list("code", flat=True)):
        service.act(code, Accept(), by=centre, now=city.MONDAY)


def main() -> None:
    """Do what the arguments say."""
    word, *more = sys.argv[1:]
    if word in {"build", "client"}:
        city.build()
        if word == "client":
            sys.stdout.write(access.create_client("app", "App", "public", by=city.SETUP))
        return
    point = more[-1] if more and more[-1] in POINTS else ""
    if point:
        POINTS[point]()
    if word == "send":
        send(more[0])
    elif word == "accept":
        accept()
    else:
        service.tick(city.MONDAY + timedelta(minutes=9))
    connection.close()
    if point:
        die()


if __name__ == "__main__":
    sys.modules["tests.crash.reports"] = sys.modules["__main__"]
    main()
