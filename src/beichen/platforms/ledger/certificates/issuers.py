"""The keys with which certificates are signed: P-256, one at a time, replaced at will.

Public keys stay on `/.well-known/jwt-vc-issuer` for ever: what a key signed stays good when it signs no more.
A key that was stolen is another matter: what it signed is revoked, certificate by certificate.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import orjson
from django.db import transaction
from django.utils import timezone
from jwcrypto.common import JWException
from jwcrypto.jwk import JWK

from beichen.kernel.access import service as access
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.bus import service as bus
from beichen.platforms.ledger import keys
from beichen.platforms.ledger.codes import NO_KEY
from beichen.platforms.ledger.models import IssuerKey
from beichen.platforms.ledger.rights import ROTATE
from beichen.problem import Problem, ProblemError, Where, said
from beichen.settings import settings


def issuer_address() -> str:
    """Who signs, as certificates say it."""
    return settings().public


def _file(kid: str) -> str:
    return f"issuer-{kid}.jwk"


def _make() -> IssuerKey:
    """A new key; the private one is on the disk before anybody learns of it."""
    kid = f"{timezone.now():%Y%m%d}-{secrets.token_hex(4)}"
    private = JWK.generate(kty="EC", crv="P-256", kid=kid, alg="ES256", use="sig")
    keys.kept_or_made(_file(kid), lambda: str(private.export_private()))
    public = orjson.loads(private.export_public())
    return IssuerKey.objects.create(kid=kid, jwk=public, since=timezone.now())


@transaction.atomic
def active_key() -> IssuerKey:
    """The key that signs now; the first is made when it is first needed."""
    row = IssuerKey.objects.filter(until=None).order_by("-id").first()
    return row if row is not None else _make()


@lru_cache(maxsize=8)
def _read(folder: str, kid: str) -> JWK:
    try:
        return JWK.from_json(keys.kept(_file(kid)))
    except (JWException, TypeError):
        raise _unusable(_file(kid), said("the key {name} cannot be read", name=_file(kid))) from None


def _unusable(name: str, message: str) -> ProblemError:
    hint = said("restore it into BEICHEN_LEDGER_KEYS from a backup")
    return ProblemError(Problem(NO_KEY, message, Where(field=name), hint))


def look() -> Iterator[Problem]:
    """Whether the key that signs certificates is here and is the published one, for `beichen doctor`."""
    for row in IssuerKey.objects.filter(until=None):
        try:
            private = _read(str(keys.folder()), row.kid)
            if orjson.loads(private.export_public()) != row.jwk:
                message = said("the key {name} is another one than the house knows", name=_file(row.kid))
                raise _unusable(_file(row.kid), message)
        except ProblemError as error:
            yield from error.problems


def private_of(row: IssuerKey) -> JWK:
    """The private side. Raises ProblemError LED-202 when its file is gone or holds no key."""
    return _read(str(keys.folder()), row.kid)


@transaction.atomic
def rotate_issuer_key(*, by: Actor) -> IssuerKey:
    """Sign with a new key from now on. Raises ProblemError ACC-403."""
    access.require(by, ROTATE)
    row = _make()
    IssuerKey.objects.filter(until=None).exclude(pk=row.pk).update(until=row.since)
    audit.record(by, ROTATE, f"platforms_ledger.issuerkey:{row.kid}")
    bus.publish("ledger.key.rotated", row.kid, {"kid": row.kid}, by=by)
    return row


def metadata() -> dict[str, Any]:
    """What `/.well-known/jwt-vc-issuer` says (draft-ietf-oauth-sd-jwt-vc, 5)."""
    rows = IssuerKey.objects.order_by("id").values_list("jwk", flat=True)
    return {"issuer": issuer_address(), "jwks": {"keys": list(rows)}}


def trusted() -> dict[str, list[dict[str, Any]]]:
    """Whose certificates are believed here: the house's own."""
    return {issuer_address(): metadata()["jwks"]["keys"]}
