"""A process that sends drafts of bundles and follows their parts, and kills itself at a named point.

`python -m tests.crash.bundles build | send FILE [POINT | @MOMENT] | decide | follow [POINT] | finish |
verify`. A draft starts two affairs at once; a third waits for both, and the bundle has one answer. ``decide``
grants whatever waits at a body; ``follow`` hears of each end that no bundle has noted yet, as the worker
does that takes events up again; ``finish`` does both until nothing waits.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beichen.house.django")
django.setup()

from beichen.fronts.services.applicant import sending, service
from beichen.fronts.services.items import bundling
from beichen.fronts.services.items.models import BundlePart
from beichen.fronts.services.models import Affair
from beichen.fronts.services.subscribers import BUNDLES
from beichen.fronts.services.tests import stall, town
from beichen.fronts.services.tests.applicants import citizen
from beichen.fronts.services.tests.town import words
from beichen.kernel.access import service as access
from beichen.kernel.org.models import Region
from beichen.platforms.ledger import service as ledger
from tests.crash import applying
from tests.crash.bundles_points import COUNT
from tests.crash.driver import after, nth
from tests.crash.moments import watched

BUNDLE: dict[str, Any] = {
    "name": words("开办企业一件事", "Starting a firm"),
    "promised": "3d",
    "items": {"licence": {}, "seal": {}, "tax": {"after": ["licence", "seal"]}},
}
POINTS: dict[str, Callable[[], None]] = {
    "one part started, not the other": lambda: after(bundling, "apply", nth(3)),
    "every part started, not committed": lambda: after(bundling, "_begin", nth(2)),
    "sealed, the draft still there": lambda: after(ledger, "seal", nth(2)),
    "everything written, not committed": lambda: after(sending, "_send", nth(2)),
    "committed, no receipt": lambda: after(applying, "_sent", nth(2)),
    # Of a bundle whose first two parts have ended the second end lets the third start.
    "an end noted, the next part not started": lambda: after(bundling, "ending_of", nth(4)),
    "the next part started, not committed": lambda: after(bundling, "_start", nth(2)),
    "the answer given, not committed": lambda: after(bundling, "tell_answer", nth(2)),
    "followed and committed": lambda: after(bundling, "follow", nth(4)),
}


def build() -> None:
    """A town, an applicant, and their drafts of a bundle, each with the paper that it needs."""
    stall.build()
    stall.declare(
        {"permit": stall.PERMIT, "licence": stall.LICENCE, "seal": stall.SEAL, "tax": stall.TAX},
        bundles={"firm": BUNDLE},
    )
    _person, by, _browser = citizen()
    region = Region.objects.get(code=town.CITY)
    for _number in range(COUNT):
        found = service.begin("firm", access.subjects_of(by)[0], region, {}, by=by)
        service.keep(found.code, {"number": ["3"]}, by=by)
    applying.bring("material.articles")


def decide() -> None:
    """Each affair that waits for a body is granted, all but the bundles' answers."""
    for affair in list(Affair.objects.filter(tasks__closed_at=None).order_by("id")):
        town.do(affair, "look", "granted", now=None)


def follow() -> None:
    """What the subscriber does with each end that is not noted yet."""
    ended = BundlePart.objects.filter(state="running", affair__closed_at__isnull=False)
    for code in list(ended.order_by("id").values_list("affair__code", flat=True)):
        bundling.follow(code, by=BUNDLES)


def finish() -> None:
    """Whatever ended is heard of, whatever waits is granted, as far as there is something."""
    for _round in BUNDLE["items"]:
        follow()
        decide()


def main(words: list[str]) -> None:
    """Do what is asked, and die on the way where a point is named."""
    known: dict[str, Callable[..., None]] = {
        "build": build,
        "send": applying.send,
        "decide": decide,
        "follow": follow,
        "finish": finish,
        "verify": applying.verify,
    }
    with watched(words) as (name, *more):
        if more and more[-1] in POINTS:
            POINTS[more.pop()]()
        known[name](*more)


if __name__ == "__main__":
    main(sys.argv[1:])
