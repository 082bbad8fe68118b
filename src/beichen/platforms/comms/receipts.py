"""Receipts: what gateways report of deliveries, and what people read in their inbox."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from beichen.kernel.access.service import require
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.bus import service as bus
from beichen.kernel.org.models import Person
from beichen.platforms.comms.channels.push import number_of
from beichen.platforms.comms.codes import BAD_RECEIPT, NO_MESSAGE
from beichen.platforms.comms.marking import ERROR_LENGTH, fail, keep
from beichen.platforms.comms.models import Delivery
from beichen.platforms.comms.rights import WRITE_RECEIPTS
from beichen.platforms.comms.words import ORDER, ChannelName, Reason, State
from beichen.problem import Problem, ProblemError, Where, nearest, said, shorten

REPORTED = (State.DELIVERED, State.READ, State.FAILED)
MOST = 1000


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a delivery: ``id`` is our number or the gateway's, ``state`` one of :data:`REPORTED`."""

    id: str
    state: str
    at: datetime | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class Receipts:
    """How many receipts were taken, and the ids that name no delivery."""

    accepted: int
    unknown: list[str]


def _check(receipts: Sequence[Receipt]) -> None:
    problems = [
        Problem(
            BAD_RECEIPT,
            shorten(said("{state!r} is no state of a receipt", state=one.state)),
            Where(pointer=f"/{number}/state"),
            nearest(one.state, [state.value for state in REPORTED]),
        )
        for number, one in enumerate(receipts)
        if one.state not in REPORTED
    ]
    if len(receipts) > MOST:
        problems.append(Problem(BAD_RECEIPT, said("more than {most} receipts at once", most=MOST)))
    problems += [
        Problem(BAD_RECEIPT, said("a time without an offset"), Where(pointer=f"/{number}/at"))
        for number, one in enumerate(receipts)
        if one.at is not None and one.at.tzinfo is None
    ]
    if problems:
        raise ProblemError(*problems)


@transaction.atomic
def record_receipts(receipts: Sequence[Receipt], *, by: Actor, now: datetime | None = None) -> Receipts:
    """Keep what a gateway reports; a receipt that comes twice or late changes nothing.

    A failure brings the next channel of a message that has one. Raises ProblemError ACC-403, COM-112 for
    every receipt that cannot be read; then none is kept.
    """
    require(by, WRITE_RECEIPTS)
    _check(receipts)
    moment, ids = now or timezone.now(), {one.id for one in receipts if one.id}
    named = Delivery.objects.filter(Q(number__in=ids) | Q(reference__in=ids)).exclude(
        channel=ChannelName.INBOX
    )
    rows = list(named.select_for_update(of=("self",)).select_related("message__region").order_by("pk"))
    by_name = {row.reference: row for row in rows if row.reference} | {row.number: row for row in rows}
    before = {row.pk: row.state for row in rows}
    for one in receipts:
        if one.id in by_name:
            _apply(by_name[one.id], one, one.at or moment)
    changed = [row for row in rows if row.state != before[row.pk]]
    if changed:
        keep(changed, before, by=by, now=moment)
    known = [one for one in receipts if one.id in by_name]
    return Receipts(len(known), sorted({one.id for one in receipts} - set(by_name)))


def _apply(row: Delivery, receipt: Receipt, at: datetime) -> None:
    """Forward only: what was delivered cannot fail, what was read cannot become unread."""
    if receipt.state == State.FAILED:
        if row.state in (State.SENDING, State.SENT):
            fail(row, Reason.BOUNCED, at)
            row.error = shorten(receipt.error, ERROR_LENGTH)
        return
    if row.state not in ORDER or ORDER.index(State(row.state)) >= ORDER.index(State(receipt.state)):
        return
    row.state, row.next_at = State(receipt.state), None
    row.sent_at, row.delivered_at = row.sent_at or at, row.delivered_at or at
    if receipt.state == State.READ:
        row.read_at = at


@transaction.atomic
def record_shown(token: str, state: str, *, by: Actor, now: datetime | None = None) -> bool:
    """Keep that a browser showed a message (``delivered``) or that it was opened (``read``).

    ``token`` came with the message and proves that the browser got it; anything else changes nothing.
    """
    number = number_of(token)
    row = (
        Delivery.objects.select_for_update(of=("self",))
        .select_related("message__region")
        .filter(number=number, channel=ChannelName.PUSH)
        .first()
        if number and state in (State.DELIVERED, State.READ)
        else None
    )
    if row is None:
        return False
    before, moment = {row.pk: row.state}, now or timezone.now()
    _apply(row, Receipt(number, state), moment)
    if row.state != before[row.pk]:
        keep([row], before, by=by, now=moment)
    return True


def inbox_of(person: Person) -> QuerySet[Delivery]:
    """What stands in a person's inbox."""
    return Delivery.objects.filter(person=person, channel=ChannelName.INBOX)


def unread_count(person: Person | int, most: int | None = None) -> int:
    """How many messages a person (or the one with this key) has not read: one indexed query.

    It stops at ``most``, where that is enough to know.
    """
    unread = Delivery.objects.filter(person=person, channel=ChannelName.INBOX, read_at=None).order_by()
    return unread.values("pk")[:most].count() if most is not None else unread.count()


def inbox_message(person: Person, number: int) -> Delivery:
    """A message of a person's own inbox. Raises ProblemError COM-111 for any other."""
    found = inbox_of(person).filter(pk=number).select_related("message").first()
    if found is None:
        message = said("there is no message {number} for you", number=number)
        raise ProblemError(Problem(NO_MESSAGE, message))
    return found


def inbox_of_message(person: Person, code: str) -> Delivery | None:
    """What stands in a person's inbox of the message of this code."""
    return inbox_of(person).select_related("message").filter(message__code=code).first()


@transaction.atomic
def mark_read(
    person: Person, numbers: Sequence[int] | None = None, *, by: Actor, now: datetime | None = None
) -> int:
    """Mark messages of a person's own inbox as read, or all of them; how many were unread.

    Publishes ``comms.message.read`` with the codes of the messages.
    """
    unread = inbox_of(person).filter(read_at=None)
    if numbers is not None:
        unread = unread.filter(pk__in=numbers)
    found = dict(unread.select_for_update(of=("self",)).values_list("pk", "message__code"))
    if not found:
        return 0
    moment = now or timezone.now()
    unread.filter(pk__lte=max(found)).update(state=State.READ, read_at=moment)
    resource = f"kernel_org.person:{person.code}"
    audit.record(by, "comms.message.read", resource, detail={"messages": len(found)}, subject=person.code)
    codes = sorted(found.values())
    bus.publish("comms.message.read", person.code, {"messages": codes[:MOST]}, by=by, level=2)
    return len(found)
