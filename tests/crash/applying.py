"""A process that sends drafts of applications, and kills itself at a named point between submit and receipt.

`python -m tests.crash.applying build | bring | send FILE [POINT | @MOMENT] | verify`. ``bring`` uploads the
file that each draft lacks. FILE takes down each receipt before the next draft is sent: what the applicants
know when the house dies. ``verify`` fails when a file, a seal or what was sent is not what it was.
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
from beichen.fronts.services.applicant.models import Draft, Submission, Upload
from beichen.fronts.services.items import service as items
from beichen.fronts.services.tests import applicants
from beichen.kernel.access import service as access
from beichen.kernel.audit import service as audit
from beichen.kernel.files import service as files
from beichen.platforms.ledger import service as ledger
from tests.crash.applying_points import COUNT
from tests.crash.driver import after, nth
from tests.crash.moments import watched

POINTS: dict[str, Callable[[], None]] = {
    "the affair started, not committed": lambda: after(items, "apply", nth(3)),
    "sealed, the draft still there": lambda: after(ledger, "seal", nth(3)),
    "everything written, not committed": lambda: after(sending, "_send", nth(3)),
    "committed, no receipt": lambda: after(sys.modules[__name__], "_sent", nth(3)),
}


def build() -> None:
    """A town, an applicant, and their drafts, each without the file that it needs."""
    applicants.build()
    _person, by, _browser = applicants.citizen()
    for _number in range(COUNT):
        applicants.draft(by, with_drawing=False)


def bring(field: str = "material.drawing") -> None:
    """Upload to each draft what it lacks; an upload that was not answered is made again."""
    for draft in Draft.objects.order_by("id"):
        if not Upload.objects.filter(draft=draft).exists():
            by = access.actor_again(draft.owner)
            assert by is not None
            service.bring(draft, field, applicants.picture(), by=by)


def verify() -> None:
    """Every seal holds for what is kept, every file is what it was."""
    while ledger.integrate():
        pass
    problems = [*ledger.verify().problems, *audit.verify().problems, *files.verify()]
    sys.stderr.writelines(f"{problem}\n" for problem in problems)
    sys.exit(1 if problems else 0)


def _sent(code: str, by: Any) -> Submission:
    """One draft, as a page sends it."""
    return service.send(code, applicants.signed(by), by=by)[0]


def send(file: str) -> None:
    """Every draft that was ever begun, each answered before the next; who was not answered sends it again."""
    codes = [*Draft.objects.order_by("id").values_list("code", flat=True)]
    codes = [*Submission.objects.order_by("id").values_list("draft", flat=True), *codes]
    owner = (Draft.objects.first() or Submission.objects.get(draft=codes[0])).owner
    by = access.actor_again(owner)
    with open(file, "a", encoding="utf-8") as receipts:  # noqa: PTH123 - kept open over all
        for code in codes:
            sent = sys.modules[__name__]._sent(code, by)
            receipts.write(f"{code} {sent.code} {sent.secret}\n")
            receipts.flush()


def main(words: list[str]) -> None:
    """Do what is asked, and die on the way where a point is named."""
    known: dict[str, Callable[..., None]] = {"build": build, "bring": bring, "send": send, "verify": verify}
    with watched(words) as (name, *more):
        if more and more[-1] in POINTS:
            POINTS[more.pop()]()
        known[name](*more)


if __name__ == "__main__":
    sys.modules["tests.crash.applying"] = sys.modules["__main__"]
    main(sys.argv[1:])
