"""Readers' gates: programs with a key of their own, at a place, for some purposes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from beichen.fronts.codes.bodies import body_of, with_body
from beichen.fronts.codes.models import Entitlement, Gate, Reader
from beichen.fronts.codes.permissions import EDIT_GATES, GATE, READ_GATES, SCAN
from beichen.fronts.codes.problems import BAD_GATE, HAS_KEY, NO_GATE, NO_READER, wrong
from beichen.kernel.access import service as access
from beichen.kernel.access.models import Client
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.scene.vocabulary import KEBAB
from beichen.kernel.statements import Prepared, slot
from beichen.problem import Problem, ProblemError, said, shorten

ROLE = "gate"
_GATES = Prepared(lambda: Gate.objects.select_related("reader").filter(key=slot(Gate, "key"), is_open=True))


@dataclass(frozen=True, slots=True)
class GateFacts:
    """A gate as it is entered: ``reader`` is a key, ``entitlements`` are keys that the reader may read."""

    key: str
    name: str
    reader: str
    place: str
    entitlements: tuple[str, ...]
    takes: bool = False


def readers(*, by: Actor) -> QuerySet[Reader]:
    """The readers for which the actor may read codes by hand."""
    return access.visible(by, SCAN, with_body(Reader.objects.filter(is_current=True)))


def read_by(reader: Reader) -> list[Entitlement]:
    """The entitlements that a reader may read."""
    rows = Entitlement.objects.filter(is_current=True)
    return [row for row in rows if reader.key in row.readers]


def gates(*, by: Actor) -> QuerySet[Gate]:
    """The gates of the actor's bodies. Raises ProblemError ACC-403."""
    access.require(by, READ_GATES)
    return access.visible(by, READ_GATES, Gate.objects.select_related("reader__body"))


@transaction.atomic
def enter_gate(facts: GateFacts, *, by: Actor, rotate: bool = False) -> tuple[Gate, str]:
    """Enter a gate, or one again under its key; its client's key comes back, and is shown only once.

    A gate that is open gets a new key with ``rotate`` alone: the old one opens nothing from then on.

    Raises ProblemError ACC-403, COD-201, COD-305 while the reader's body is not there, COD-203 with each
    mistake, COD-206 for one that is open, without ``rotate``.
    """
    reader = Reader.objects.select_related("body__region").filter(key=facts.reader, is_current=True).first()
    if reader is None:
        raise wrong(NO_READER, "reader", said("no reader has this key"))
    access.require(by, EDIT_GATES)
    body = body_of(reader)
    access.require(by, EDIT_GATES, reader)
    _refuse(facts, reader)
    values = {
        "name": facts.name.strip(),
        "reader": reader,
        "place": facts.place.strip(),
        "entitlements": list(facts.entitlements),
        "takes": facts.takes,
        "is_open": True,
        "entered_at": timezone.now(),
        "entered_by": by.key[:120],
    }
    before = Gate.objects.select_for_update(of=("self",)).filter(key=facts.key, is_open=True).first()
    if before is not None and not rotate:
        hint = said("say rotate: its key opens nothing from then on")
        message = said("{name} is open; a new key stops the one that it has", name=before.name)
        raise wrong(HAS_KEY, "key", shorten(message), hint)
    row, _is_new = Gate.objects.update_or_create(key=facts.key, defaults=values)
    secret = access.create_client(facts.key, row.name, ROLE, by=by, body=body, region=body.region)
    detail = {"reader": reader.key, "entitlements": row.entitlements, "rotated": before is not None}
    audit.record(by, EDIT_GATES, f"fronts_codes.gate:{row.key}", detail=detail)
    return row, secret


def _refuse(facts: GateFacts, reader: Reader) -> None:
    problems: list[ProblemError] = []
    if not re.match(KEBAB, facts.key) or len(facts.key) > 60:
        problems.append(wrong(BAD_GATE, "key", said("lower-case words with hyphens, such as library-door-1")))
    known = Gate.objects.filter(key=facts.key).select_related("reader").first()
    if known is not None and known.reader_id != reader.pk:
        problems.append(wrong(BAD_GATE, "key", said("another reader has a gate of this key")))
    if known is None and Client.objects.filter(key=facts.key).exists():
        problems.append(wrong(BAD_GATE, "key", said("another program has this key")))
    for name, text in (("name", facts.name), ("place", facts.place)):
        if not 0 < len(text.strip()) <= 100 or "\0" in text:
            problems.append(wrong(BAD_GATE, name, said("1 to 100 characters")))
    may = {row.key for row in read_by(reader)}
    for key in facts.entitlements:
        if key not in may:
            message = shorten(said("{reader} does not read {key}", reader=reader.key, key=key[:40]))
            problems.append(wrong(BAD_GATE, "entitlements", message))
    if not facts.entitlements:
        problems.append(wrong(BAD_GATE, "entitlements", said("name at least one")))
    if problems:
        raise ProblemError(*(problem for error in problems for problem in error.problems))


@transaction.atomic
def close_gate(key: str, *, by: Actor) -> Gate:
    """Close a gate; its key opens nothing from then on. Raises ProblemError ACC-403, COD-202."""
    row = Gate.objects.select_for_update(of=("self",)).select_related("reader__body").filter(key=key).first()
    if row is None or not row.is_open:
        raise ProblemError(Problem(NO_GATE, said("no open gate has this key")))
    access.require(by, EDIT_GATES, row)
    Gate.objects.filter(pk=row.pk).update(is_open=False)
    access.close_client(key, by=by)
    row.is_open = False
    audit.record(by, EDIT_GATES, f"fronts_codes.gate:{key}", detail={"closed": True})
    return row


def gate_of(by: Actor) -> Gate:
    """The gate that a client is. Raises ProblemError ACC-403, COD-202."""
    access.require(by, GATE)
    row = _GATES.first(key=by.key.removeprefix("client:")) if by.key.startswith("client:") else None
    if row is None:
        raise ProblemError(Problem(NO_GATE, said("no open gate has this key")))
    return row


def entitlements_of(keys: Sequence[str]) -> dict[str, Entitlement]:
    """Entitlements by key."""
    return {row.key: row for row in Entitlement.objects.filter(key__in=keys)}
