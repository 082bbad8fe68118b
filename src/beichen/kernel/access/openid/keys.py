"""The keys with which the provider signs (RS256): made at need, rotated by command, published as JWKS.

The private part is encrypted by Fernet with a key derived (HKDF) from ``BEICHEN_SECRET_KEY``: a copy of the
database alone signs nothing. Whoever changes the secret rotates: ``beichen access keys rotate``. An old key
stays published as long as what it signed is looked at.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import orjson
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, RSAKey

from beichen.kernel.access.openid.codes import NO_KEY
from beichen.kernel.access.openid.models import SigningKey
from beichen.kernel.actor import Actor, system
from beichen.kernel.audit import service as audit
from beichen.problem import Problem, ProblemError, said
from beichen.settings import settings

ALGORITHM = "RS256"
BITS = 2048
KEEP_OLD = timedelta(days=2)  # longer than a session, in which an ID token may be shown again as a hint
_KEPT_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class _Kept:
    until: float
    secret: str
    key: RSAKey


_kept: list[_Kept] = []


def _cipher() -> Fernet:
    secret = settings().secret_key.encode()
    derived = HKDF(SHA256(), 32, salt=None, info=b"beichen.access.openid.keys").derive(secret)
    return Fernet(base64.urlsafe_b64encode(derived))


def _new_key() -> RSAKey:
    return RSAKey.generate_key(BITS, parameters={"use": "sig", "alg": ALGORITHM}, auto_kid=True)


@transaction.atomic
def rotate(*, by: Actor) -> SigningKey:
    """Sign with a new key from now on; the old ones stay published for :data:`KEEP_OLD`."""
    key = _new_key()
    now = timezone.now()
    SigningKey.objects.filter(until=None).update(until=now + KEEP_OLD)
    SigningKey.objects.filter(until__lt=now).delete()
    private = _cipher().encrypt(orjson.dumps(key.as_dict(private=True))).decode()
    row = SigningKey.objects.create(kid=str(key.kid), public=key.as_dict(private=False), private=private)
    audit.record(by, "access.key.rotate", f"kernel_access.signingkey:{key.kid}")
    transaction.on_commit(forget_keys)
    forget_keys()
    return row


def forget_keys() -> None:
    """Drop the kept key; called by whoever makes another."""
    _kept.clear()


def _signing() -> RSAKey:
    """The key that signs, read again after some seconds: another process may have rotated."""
    secret = settings().secret_key
    for kept in _kept:
        if time.monotonic() < kept.until and kept.secret == secret:
            return kept.key
    row = SigningKey.objects.filter(until=None).first() or rotate(by=system("access"))
    try:
        key = RSAKey.import_key(orjson.loads(_cipher().decrypt(row.private.encode())))
    except (InvalidToken, ValueError):
        message = said("the key {kid} was encrypted with another secret", kid=row.kid[:16])
        hint = said("beichen access keys rotate, or restore BEICHEN_SECRET_KEY")
        raise ProblemError(Problem(NO_KEY, message, hint=hint)) from None
    _kept[:] = [_Kept(time.monotonic() + _KEPT_SECONDS, secret, key)]
    return key


def look() -> Iterator[Problem]:
    """Whether the key that signs can be read, for `beichen doctor`; makes none."""
    if SigningKey.objects.filter(until=None).exists():
        try:
            _signing()
        except ProblemError as error:
            yield from error.problems


def sign(claims: dict[str, Any], *, typ: str = "JWT") -> str:
    """A JWT over ``claims``. Raises ProblemError ACC-501."""
    key = _signing()
    return jwt.encode({"alg": ALGORITHM, "kid": key.kid, "typ": typ}, claims, key, algorithms=[ALGORITHM])


def published() -> dict[str, Any]:
    """The public keys (RFC 7517): the one that signs, and old ones whose signatures are still met."""
    _signing()
    rows = SigningKey.objects.filter(Q(until=None) | Q(until__gte=timezone.now()))
    return {"keys": [row.public for row in rows]}


def read(token: str) -> dict[str, Any] | None:
    """The claims of a JWT that this provider signed, whether or not its time is over; None for another."""
    if len(token) > 10_000:
        return None
    try:
        found = jwt.decode(token, KeySet.import_key_set(published()), algorithms=[ALGORITHM])  # type: ignore[arg-type]
    except (JoseError, ValueError, TypeError, KeyError):
        return None
    return dict(found.claims)
