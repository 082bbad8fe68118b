"""The window (综合窗口): an application received with its papers one by one, or what is missing told at once.

Either everything that is required is there and the affair starts, with a receipt; or nothing starts, and the
applicant gets in writing all that is missing, once (一次性告知). Collecting a result is a receipt too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from beichen.fronts.services.affair import acting
from beichen.fronts.services.affair.finding import find_affair
from beichen.fronts.services.declaration import read_process
from beichen.fronts.services.items.applying import (
    Given,
    apply,
    may_take_in,
    missing_of,
    read_materials,
)
from beichen.fronts.services.items.checking import check_conditions
from beichen.fronts.services.items.facts import record_again
from beichen.fronts.services.items.finding import item as find_item
from beichen.fronts.services.items.finding import read_item
from beichen.fronts.services.items.models import Application, Receipt, ServiceItem
from beichen.fronts.services.items.problems import MISSING, NO_ITEM, none
from beichen.fronts.services.items.words import Channel, ReceiptKind
from beichen.fronts.services.models import Affair
from beichen.fronts.services.permissions import START
from beichen.fronts.services.problems import not_now
from beichen.fronts.services.words import Status
from beichen.hubs.events.service import dated_code
from beichen.kernel.access import service as access
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.org.models import Body, Person, Region
from beichen.kernel.org.service import actor_of
from beichen.problem import Problem, ProblemError, Where, said, shorten


@transaction.atomic
def receive(
    item_key: str,
    data: Mapping[str, Any],
    subject: str,
    region: Region,
    materials: Iterable[Given],
    *,
    by: Actor,
    agent: str = "",
    answers: Mapping[str, Any] | None = None,
    delivery: str = "",
    key: str = "",
    now: datetime | None = None,
) -> Receipt:
    """Receive an application: its affair with a receipt, or in writing what is missing.

    ``agent`` is the code of a person who comes for the subject: the authority must stand on record. Raises
    ProblemError ACC-302, ACC-403, SRV-401, SRV-402, and what starting an affair refuses.
    """
    moment, row = now or timezone.now(), find_item(item_key)
    item = read_item(row)
    process = read_process(acting.newest(row.process).declared)
    if not may_take_in(process, region, by=by):
        access.require(by, START, Affair(region=region))
    if agent:
        _check_agent(acting.subject_code(agent), acting.subject_code(subject), row.key)
    given = tuple(materials)
    told = {name: value for name, value in (answers or {}).items() if name in item.ask}
    values = {**check_conditions(item, told).values, **data}
    kept = read_materials(item, given, values, is_complete=False)
    if missing_of(item, kept, values):
        return _written(ReceiptKind.TOLD, row, subject, agent, kept, region, by=by, now=moment)
    affair = apply(
        item_key,
        data,
        subject,
        region,
        by=by,
        key=key,
        materials=given,
        answers=answers,
        channel=Channel.WINDOW,
        agent=agent,
        delivery=delivery,
        now=moment,
    )
    known = Receipt.objects.filter(affair=affair, kind=ReceiptKind.RECEIVED).first()
    if known is not None:
        return known
    return _written(
        ReceiptKind.RECEIVED, row, affair.subject, agent, kept, region, by=by, now=moment, affair=affair
    )


def _check_agent(agent: str, subject: str, item: str) -> None:
    """Raises ProblemError ACC-302 when the person may not act for the subject in this."""
    person = Person.objects.filter(code=agent[:16]).first()
    if person is None:
        message = said("there is no person {code!r}", code=agent[:20])
        raise ProblemError(Problem(MISSING, shorten(message), Where(field="agent")))
    access.subject_for(actor_of(person), subject, item)


def _written(
    kind: ReceiptKind,
    row: ServiceItem,
    subject: str,
    agent: str,
    materials: Mapping[str, Any],
    region: Region,
    *,
    by: Actor,
    now: datetime,
    affair: Affair | None = None,
    note: str = "",
) -> Receipt:
    found = Receipt.objects.create(
        code=dated_code(now),
        kind=kind,
        item=row,
        affair=affair,
        subject=acting.subject_code(subject),
        agent=agent[:40],
        materials=materials,
        note=note,
        body=_own_body(by) or Body.objects.filter(key=row.body).first(),
        region=region,
        by=by.key[:100],
        by_name=by.name[:100],
        at=now,
        is_demo=affair.is_demo if affair else by.is_simulator,
    )
    detail = {"kind": str(kind), "item": row.key, "affair": affair.code if affair else ""}
    resource = f"fronts_services.receipt:{found.code}"
    audit.record(by, "services.receipt.write", resource, detail=detail, subject=found.subject)
    return found


def _own_body(by: Actor) -> Body | None:
    """The body of the post by which the actor takes applications in."""
    paths = [area.body_path for area in access.areas(by, START) if area.body_path] if not by.is_system else []
    return Body.objects.filter(path=paths[0]).first() if paths else None


@transaction.atomic
def collect(affair_code: str, note: str, *, by: Actor, now: datetime | None = None) -> Receipt:
    """The applicant collects the result at the window. Raises ACC-403, SRV-301, SRV-302, SRV-401."""
    moment = now or timezone.now()
    affair = find_affair(affair_code, by=by)
    access.require(by, START, affair)
    if affair.status != Status.DONE:
        raise not_now(said("the affair is not concluded yet"))
    rows = Application.objects.select_for_update(of=("self",)).select_related("item")
    application = rows.filter(affair=affair).first()
    if application is None:
        raise none(NO_ITEM, said("the affair {code} is of no item", code=affair.code), affair.code)
    if application.collected_at is not None:
        raise not_now(said("the result was collected already"))
    application.collected_at, application.visits = moment, application.visits + 1
    application.save(update_fields=["collected_at", "visits"])
    record_again(affair)
    return _written(
        ReceiptKind.COLLECTED,
        application.item,
        affair.subject,
        "",
        {},
        affair.region,
        by=by,
        now=moment,
        affair=affair,
        note=note.strip()[:2000],
    )


def find_receipt(code: str, *, by: Actor) -> Receipt:
    """A receipt, for clerks within its scope and for whom it was written. Raises ProblemError SRV-401."""
    rows = Receipt.objects.select_related("item", "affair__definition", "affair__region", "body", "region")
    row = rows.filter(code=code.strip().upper()[:20]).first()
    if row is not None:
        own = any(one.code == row.subject for one in access.subjects_of(by))
        if own or by.is_system or access.decide(by, START, row):
            return row
    raise none(NO_ITEM, said("there is no receipt {code!r}", code=code[:30]), code)


def receipts(by: Actor) -> QuerySet[Receipt]:
    """The receipts that were written within the actor's right to take applications in, the newest first."""
    rows = access.visible(by, START, Receipt.objects.all())
    return rows.select_related("item", "affair", "body", "region").order_by("-at", "-id")
