"""Applying: the one way from an item to an affair.

Whoever takes applications in (a window, a program) may do so within their scopes; everybody else applies
for a subject for which they may act. The conditions are looked at again on the server, fee and papers are
kept with the affair, and what is required and is not there is told at once, before anything is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from beichen.fronts.services.affair import acting
from beichen.fronts.services.declaration import Process, read_process
from beichen.fronts.services.items.checking import check_conditions, is_required, price
from beichen.fronts.services.items.declaration import Item
from beichen.fronts.services.items.finding import item as find_item
from beichen.fronts.services.items.finding import read_item
from beichen.fronts.services.items.marking import first_look
from beichen.fronts.services.items.models import Application, ServiceItem
from beichen.fronts.services.items.problems import MISSING, not_for
from beichen.fronts.services.items.words import Channel, How
from beichen.fronts.services.models import Affair
from beichen.fronts.services.permissions import START
from beichen.fronts.services.problems import BAD_VALUE, bad
from beichen.kernel.access import service as access
from beichen.kernel.actor import Actor
from beichen.kernel.levels import Level
from beichen.kernel.org.models import Region
from beichen.kernel.scene.durations import duration
from beichen.problem import Problem, ProblemError, Where, nearest, said, shorten

BROUGHT = (How.ORIGINAL, How.COPY, How.UPLOADED)
NOTE, FILE = 500, 60
ASSURANCE = {"low": None, "substantial": "window", "high": "upstream"}
"""What an item asks of an identity, in the words of kernel/access."""


@dataclass(frozen=True, slots=True)
class Given:
    """How a material came in; ``file`` is the code of an upload in kernel/files.

    ``is_seen``: the house itself took it in, as a file or from its own bases. What a clerk says of a paper
    counts; what its applicant says of it does not.
    """

    key: str
    how: How = How.UPLOADED
    file: str = ""
    note: str = ""
    is_seen: bool = False


@transaction.atomic
def apply(
    item_key: str,
    data: Mapping[str, Any],
    subject_code: str,
    region: Region,
    *,
    by: Actor,
    key: str,
    materials: Iterable[Given] = (),
    answers: Mapping[str, Any] | None = None,
    channel: Channel = Channel.ONLINE,
    agent: str = "",
    delivery: str = "",
    now: datetime | None = None,
    is_demo: bool = False,
) -> Affair:
    """Start the affair of an item for a subject; the same key of the same actor gives the first one.

    ``answers`` are those of the guided check: without any, data of the same names stand for them.
    ``materials`` say how papers came in; who takes applications in may name none, when they follow later.
    Raises ProblemError ACC-301, ACC-302, ACC-403, SRV-401 to 403, and what starting an affair refuses.
    """
    row = find_item(item_key)
    item = read_item(row)
    process = read_process(acting.newest(row.process).declared)
    is_clerk = may_take_in(process, region, by=by)
    if not is_clerk:
        require_applicant(item_key, item, subject_code, by=by)
    told = {**{name: data[name] for name in item.ask if name in data}, **(answers or {})}
    values = {**_eligible(item, told), **data}
    given = tuple(materials)
    if not is_clerk:
        check_seen(given)
    kept = read_materials(item, given, values, is_complete=bool(given) or not is_clerk)
    moment = now or timezone.now()
    affair, is_new = acting.start(
        row.process,
        {name: value for name, value in data.items() if name in process.start or name not in item.ask},
        subject_code,
        region,
        by=by,
        key=key,
        now=moment,
        is_demo=is_demo,
        promised=promised_time(item),
        is_own=not is_clerk,
    )
    if is_new:
        _keep(affair, row, item, kept, values, channel=channel, agent=agent, delivery=delivery, now=moment)
    return affair


def check_seen(given: Iterable[Given]) -> None:
    """Raises ProblemError SRV-305 for each paper of which an applicant only says that it is there."""
    told = said("a paper cannot be stated, it must be brought")
    hint = said("apply at {place}", place="/services/apply")
    unseen = [one for one in given if not one.is_seen and one.how != How.MISSING]
    if unseen:
        raise ProblemError(*(Problem(BAD_VALUE, told, Where(field=one.key[:60]), hint) for one in unseen))


def require_applicant(key: str, item: Item, subject: str, *, by: Actor) -> None:
    """Raises ProblemError ACC-301 or ACC-302 for who does not act for the subject in this item, ACC-304
    for one who is not known as well as it asks."""
    access.subject_for(by, subject, key)
    if (least := ASSURANCE[item.assurance]) is not None:
        access.require_assurance(by, least)


def is_known_enough(item: Item, *, by: Actor) -> bool:
    """Whether the actor's identity is as sure as the item asks for when it is applied for."""
    least = ASSURANCE[item.assurance]
    if least is None:
        return True
    try:
        access.require_assurance(by, least)
    except ProblemError:
        return False
    return True


def may_take_in(process: Process, region: Region, *, by: Actor) -> bool:
    """Whether the actor takes applications in for others there."""
    probe = Affair(region=region, level=int(Level[process.level]))
    return by.is_system or bool(access.decide(by, START, probe))


def promised_time(item: Item) -> timedelta | None:
    """The working time that the item promises; None: its process's."""
    return duration(item.promised) if item.promised else None


def _eligible(item: Item, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers, when no condition fails. Raises ProblemError SRV-305, SRV-402."""
    asked = {name: value for name, value in answers.items() if name in item.ask}
    found = check_conditions(item, asked)
    if found.is_eligible is False:
        raise ProblemError(*(not_for(reason.label) for reason in found.reasons))
    return dict(found.values)


def read_materials(
    item: Item, given: Iterable[Given], values: Mapping[str, Any], *, is_complete: bool
) -> dict[str, dict[str, str]]:
    """How each material came in, by its key. Raises ProblemError SRV-305 for one that is not asked,
    SRV-403 for each that is required and missing when ``is_complete``."""
    kept: dict[str, dict[str, str]] = {}
    for one in given:
        if one.key not in item.materials:
            message = said("{name} is no material of this item", name=one.key[:40])
            raise bad("materials", message, nearest(one.key[:60], item.materials))
        if len(one.file) > FILE or len(one.note) > NOTE or "\x00" in one.note + one.file:
            raise bad(one.key, said("longer than {limit} characters", limit=NOTE))
        told = {"how": str(one.how), "file": one.file, "note": one.note}
        kept[one.key] = {name: value for name, value in told.items() if value}
    if is_complete and (absent := missing_of(item, kept, values)):
        raise ProblemError(
            *(
                Problem(
                    MISSING,
                    shorten(said("{name} is missing", name=item.materials[key].name.label)),
                    Where(field=key),
                )
                for key in absent
            )
        )
    return kept


def missing_of(item: Item, kept: Mapping[str, Mapping[str, str]], values: Mapping[str, Any]) -> list[str]:
    """The materials that are required and neither brought nor held by the city."""
    return [
        key
        for key, one in item.materials.items()
        if is_required(one, values) and kept.get(key, {}).get("how", How.MISSING) in ("", How.MISSING)
    ]


def _keep(
    affair: Affair,
    row: ServiceItem,
    item: Item,
    materials: Mapping[str, Mapping[str, str]],
    values: Mapping[str, Any],
    *,
    channel: Channel,
    agent: str,
    delivery: str,
    now: datetime,
) -> Application:
    cost = price(item.fee, values)
    hows = [one["how"] for one in materials.values()]
    allowed = item.result.delivery if item.result else ()
    if delivery and delivery not in allowed:
        raise bad("delivery", said("the result is not delivered like this"), nearest(delivery[:20], allowed))
    return Application.objects.create(
        affair=affair,
        item=row,
        channel=channel,
        agent=agent[:40],
        materials=materials,
        reused=hows.count(How.HELD),
        brought=sum(hows.count(how) for how in BROUGHT),
        visits=1 if channel == Channel.WINDOW else 0,
        fee=cost.amount,
        fee_of=[{"zh": words.zh, "en": words.en} for words in cost.rows],
        delivery=delivery,
        mark_at=first_look(affair, item.marks, now),
    )
