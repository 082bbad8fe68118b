"""The codes that a person shows: one for each half minute, good for a minute, made for one reader and
purpose.

A phone fetches those of the next minutes at once and goes on showing them without a network. Windows begin at
the same seconds for everybody, so that the time in a code tells two readers nothing either.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

import cbor2
from django.db import transaction
from django.utils import timezone

from beichen.fronts.codes.bodies import body_of
from beichen.fronts.codes.holding import Standing, held_by
from beichen.fronts.codes.keys import active_key, secret_of, signer
from beichen.fronts.codes.models import Entitlement, Holder, KeyUse, Reader
from beichen.fronts.codes.problems import NO_CARD, NO_READER
from beichen.fronts.codes.pseudonyms import pseudonym_of
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.org.models import Person
from beichen.problem import Problem, ProblemError, said
from beichen_proof import code as proof

STEP_SECONDS = 30
AHEAD = 10
"""Codes that are fetched at once: five minutes, and half a minute that the last one is still good."""
NONCE_BYTES = 8


@dataclass(frozen=True, slots=True)
class Made:
    """A code, with the seconds since 1970 between which it is shown and until which it is good."""

    text: str
    shown_from: int
    shown_until: int
    until: int


def _claims(pseudonym: bytes, reader: Reader, entitlement: Entitlement, since: int, issued: int) -> bytes:
    claims = {
        proof.SUBJECT: pseudonym,
        proof.AUDIENCE: reader.key,
        proof.EXPIRES: since + proof.LIFETIME,
        proof.NOT_BEFORE: since,
        proof.ISSUED: issued,
        proof.NONCE: secrets.token_bytes(NONCE_BYTES),
        proof.PURPOSE: entitlement.key,
    }
    return bytes(cbor2.dumps(claims, canonical=True))


def make_codes(
    person: Person,
    entitlement: Entitlement,
    reader: Reader,
    *,
    now: datetime | None = None,
    count: int = AHEAD,
) -> list[Made]:
    """The codes of the next minutes for an entitlement that holds.

    Raises ProblemError COD-201 for a reader of another one, COD-304 when it does not hold, COD-305 while the
    reader's body is not there, COD-102.
    """
    moment = now or timezone.now()
    if reader.key not in entitlement.readers or not reader.is_current:
        raise ProblemError(Problem(NO_READER, said("this reader does not read it")))
    body_of(reader)
    held = held_by(person, entitlement, moment)
    if held.standing not in {Standing.GRANTED, Standing.NOT_NOW}:
        raise ProblemError(Problem(NO_CARD, said("it does not hold: {why}", why=held.standing.value)))
    with transaction.atomic():
        key, pseudonym = active_key(KeyUse.PERSON), pseudonym_of(person, reader)
    private, name = signer(secret_of(key)), bytes.fromhex(key.name)
    start = int(moment.timestamp()) // STEP_SECONDS * STEP_SECONDS
    made = []
    for since in range(start, start + count * STEP_SECONDS, STEP_SECONDS):
        claims = _claims(pseudonym, reader, entitlement, since, start)
        text = proof.assembled(name, claims, private.sign(proof.signed_part(name, claims)))
        made.append(Made(text, since, since + STEP_SECONDS, since + proof.LIFETIME))
    return made


@transaction.atomic
def withdraw_codes(person: Person, *, by: Actor, now: datetime | None = None) -> None:
    """No code of the person that was made until now counts any more, wherever it was fetched: a lost phone.

    Codes count again that are made from the next half minute on.
    """
    moment = now or timezone.now()
    Holder.objects.update_or_create(person=person, defaults={"withdrawn_at": moment})
    audit.record(by, "codes.person.withdraw", "fronts_codes.holder", subject=person.code)
