"""A process that files objections to a notice, and kills itself at a named point before their receipt.

`python -m tests.crash.objecting build | file FILE [POINT] | end`. FILE takes down each receipt before the
next objection is sent: what is known when the house dies. ``end`` lets the notice's time run out.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beichen.house.django")
django.setup()

from django.utils import timezone  # Django first

from beichen.fronts.services import service
from beichen.fronts.services.models import Timer
from beichen.fronts.services.objection import filing
from beichen.fronts.services.objection.models import Objection
from beichen.fronts.services.tests import town
from beichen.kernel.actor import PUBLIC
from tests.crash.driver import after, nth
from tests.crash.moments import watched
from tests.crash.objecting_points import COUNT

POINTS: dict[str, Callable[[], None]] = {
    "the objection kept, not committed": lambda: after(filing, "decider", nth(3)),
    "everything written, not committed": lambda: after(filing, "happened", nth(3)),
    "committed, no receipt": lambda: after(sys.modules[__name__], "_filed", nth(3)),
}


def build() -> None:
    """A town, and an affair whose notice runs."""
    town.build()
    affair = town.do(town.apply(), "check", "accept")
    for body in ("fire", "planning"):
        town.do(affair, "review", "approve", body=body)
    town.do(affair, "sign")
    Timer.objects.filter(is_public=True).update(due_at=timezone.now() + timedelta(days=1))


def _filed(number: int) -> Objection:
    """One objection, as a page sends it; the form's key is the same when it is sent again."""
    notice = Timer.objects.get(is_public=True).engine_id
    return filing.file(notice, filing.Draft(f"objection {number}", key=f"web:{number}"), by=PUBLIC)


def file(receipts: str) -> None:
    """All objections, each answered before the next; who was not answered sends it again."""
    with open(receipts, "a", encoding="utf-8") as told:  # noqa: PTH123 - kept open over all
        for number in range(COUNT):
            row = sys.modules[__name__]._filed(number)
            told.write(f"{number} {row.code} {row.secret}\n")
            told.flush()


def end() -> None:
    """The notice's time is over, however often that is found."""
    for _time in range(2):
        service.tick(timezone.now() + timedelta(days=2))


def main(words: list[str]) -> None:
    """Do what is asked, and die on the way where a point is named."""
    known: dict[str, Callable[..., None]] = {"build": build, "file": file, "end": end}
    with watched(words) as (name, *more):
        if more and more[-1] in POINTS:
            POINTS[more.pop()]()
        known[name](*more)


if __name__ == "__main__":
    sys.modules["tests.crash.objecting"] = sys.modules["__main__"]
    main(sys.argv[1:])
