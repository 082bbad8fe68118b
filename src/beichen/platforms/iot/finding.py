"""Finding devices, for whoever may see them or change them."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from beichen.kernel.access.service import require, visible
from beichen.kernel.actor import Actor
from beichen.platforms.iot import codes
from beichen.platforms.iot.models import Device
from beichen.platforms.iot.rights import READ, WRITE
from beichen.problem import Problem, ProblemError, Where, said, shorten

CHUNK = 1_000


def devices(*, by: Actor) -> QuerySet[Device]:
    """The devices that ``by`` may see, with what a list shows of them."""
    rows = Device.objects.select_related("thing__type", "group", "region", "body")
    return visible(by, READ, rows)


def demo_things(keys: Iterable[int]) -> set[int]:
    """Those of things, by the keys of their rows, that a device of the demonstration measures."""
    wanted, found = list(keys), set[int]()
    for start in range(0, len(wanted), CHUNK):
        rows = Device.objects.filter(thing__in=wanted[start : start + CHUNK], is_demo=True)
        found.update(rows.values_list("thing", flat=True))
    return found


def find_device(code: str, *, by: Actor) -> Device:
    """A device that ``by`` may see. Raises ProblemError IOT-101."""
    row = devices(by=by).filter(code=code).first()
    if row is None:
        raise no_device(code)
    return row


def writable(code: str, *, by: Actor, action: str = WRITE) -> Device:
    """A device, locked, for a change. Raises ProblemError IOT-101 for one that is not seen, ACC-403."""
    seen = visible(by, READ, Device.objects.all()) if not by.is_system else Device.objects.all()
    rows = Device.objects.select_for_update(of=("self",)).select_related("thing__type", "region", "body")
    row = rows.filter(code=code).filter(Q(pk__in=seen.values("pk"))).first()
    if row is None:
        raise no_device(code)
    require(by, action, row)
    return row


def no_device(code: str) -> ProblemError:
    """What is said of a code that nobody has, or that is hidden from the asker."""
    message = shorten(said("there is no device with the code {code!r}", code=code))
    return ProblemError(Problem(codes.NO_DEVICE, message, Where(field="device")))
