"""Status lists (IETF Token Status List): two bits a certificate, signed, the same for everybody who asks.

Whoever checks a certificate fetches the whole list, so that nobody learns which one was checked; places are
random, so that neighbours tell nothing of each other.
"""

from __future__ import annotations

import secrets
import zlib
from datetime import datetime, timedelta

import orjson
from django.utils import timezone
from jwcrypto.jws import JWS

from beichen.platforms.ledger.certificates import issuers
from beichen.platforms.ledger.codes import NO_LIST
from beichen.platforms.ledger.models import Certificate, CertificateState, StatusList
from beichen.platforms.ledger.models.certificates import LIST_SIZE
from beichen.problem import Problem, ProblemError, said
from beichen_proof.credential import INVALID, STATUS_TYPE, SUSPENDED
from beichen_proof.jose import encoded

BITS = 2
FULL = LIST_SIZE * 3 // 4
HOLDS = timedelta(hours=12)
FRESH_SECONDS = 300
_BITS_OF = {CertificateState.SUSPENDED.value: SUSPENDED, CertificateState.REVOKED.value: INVALID}


def take_place() -> tuple[StatusList, int]:
    """A random free place in a list, in the caller's transaction."""
    row = StatusList.objects.select_for_update().order_by("-number").first()
    if row is None or row.taken >= FULL:
        row = StatusList.objects.create(number=row.number + 1 if row else 1)
    place = secrets.randbelow(LIST_SIZE)
    while Certificate.objects.filter(status_list=row, place=place).exists():
        place = secrets.randbelow(LIST_SIZE)
    row.taken += 1
    row.save(update_fields=["taken"])
    return row, place


def address_of(row: StatusList) -> str:
    """Where the list stands."""
    return f"{issuers.issuer_address()}/certificates/status/{row.number}"


def status_token(number: int, now: datetime | None = None) -> str:
    """The signed list. Raises ProblemError LED-406, LED-202."""
    row = StatusList.objects.filter(number=number).first()
    if row is None:
        raise ProblemError(Problem(NO_LIST, said("there is no status list {number}", number=number)))
    moment = now or timezone.now()
    content = bytearray(LIST_SIZE * BITS // 8)
    other = Certificate.objects.filter(status_list=row).exclude(state=CertificateState.VALID)
    for place, state in other.values_list("place", "state").iterator(chunk_size=2000):
        byte, shift = divmod(place * BITS, 8)
        content[byte] |= _BITS_OF[state] << shift
    payload = {
        "sub": address_of(row),
        "iss": issuers.issuer_address(),
        "iat": int(moment.timestamp()),
        "exp": int((moment + HOLDS).timestamp()),
        "ttl": FRESH_SECONDS,
        "status_list": {"bits": BITS, "lst": encoded(zlib.compress(bytes(content), 9))},
    }
    return signed(payload, STATUS_TYPE)


def signed(payload: dict[str, object], kind: str) -> str:
    """A compact JWS of the issuer's key."""
    key = issuers.active_key()
    token = JWS(orjson.dumps(payload))
    head = orjson.dumps({"alg": "ES256", "typ": kind, "kid": key.kid}).decode()
    token.add_signature(issuers.private_of(key), alg="ES256", protected=head)
    return str(token.serialize(compact=True))
