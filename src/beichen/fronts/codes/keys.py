"""The keys that sign codes: one at a time for each use, replaced at will.

Printed codes are signed with a secret (HMAC), which only this house checks; codes of people with Ed25519,
which every gate checks with the public key. Private parts are files that only their owner reads. A key that
was replaced goes on being believed; one that was stolen is refused, and what it signed is printed anew.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.db import transaction
from django.utils import timezone

from beichen.fronts.codes.models import CodeKey, KeyUse, Pseudonym
from beichen.fronts.codes.permissions import ROTATE
from beichen.fronts.codes.problems import BAD_STEP, NO_KEY
from beichen.kernel.access import service as access
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.files import keys
from beichen.kernel.statements import Prepared, slot
from beichen.problem import Problem, ProblemError, Where, said
from beichen.settings import settings
from beichen_proof.jose import decoded, encoded
from beichen_proof.refusal import RefusedError

SECRET_BYTES = 32
MOST_STICKER_KEYS = 255  # the number is one byte of a signature
PAIRWISE = "pseudonyms.key"
_ACTIVE = Prepared(
    lambda: CodeKey.objects.filter(use=slot(CodeKey, "use"), until=None, refused_at=None).order_by("-id")[:1]
)
_NUMBERED = Prepared(
    lambda: CodeKey.objects.filter(use=slot(CodeKey, "use"), number=slot(CodeKey, "number"), refused_at=None)
)
_NAMED = Prepared(lambda: CodeKey.objects.filter(name=slot(CodeKey, "name"), refused_at=None))


@lru_cache(maxsize=64)
def _read(folder: Path, name: str) -> bytes:
    found = decoded(keys.kept_or_made(folder / name, lambda: encoded(secrets.token_bytes(SECRET_BYTES))))
    if len(found) != SECRET_BYTES:  # half a key signs what anybody can sign
        raise OSError(name)
    return found


def _secret(name: str, *, is_new: bool = False) -> bytes:
    """32 bytes out of a file. Raises ProblemError COD-102: a key that is gone or cut is not made again."""
    folder = settings().codes_keys_folder
    try:
        if not is_new and not (folder / name).is_file():
            raise FileNotFoundError(name)
        return _read(folder, name)
    except (OSError, UnicodeDecodeError, RefusedError) as error:
        message = said("the key {name} cannot be read", name=name)
        hint = said("restore it into BEICHEN_CODES_KEYS from a backup")
        raise ProblemError(Problem(NO_KEY, message, Where(field=name), hint)) from error


@transaction.atomic
def _make(use: str) -> CodeKey:
    """A new key; its private part is on the disk before anybody learns of it."""
    number = (
        CodeKey.objects.filter(use=use).order_by("-number").values_list("number", flat=True).first() or 0
    ) + 1
    if use == KeyUse.STICKER and number > MOST_STICKER_KEYS:
        raise ProblemError(Problem(BAD_STEP, said("there is no number left for a key of printed codes")))
    name = secrets.token_hex(4) if use == KeyUse.PERSON else f"sticker-{number}-{secrets.token_hex(3)}"
    secret = _secret(f"{name}.key", is_new=True)
    public = ""
    if use == KeyUse.PERSON:
        public = _public_text(secret)
    return CodeKey.objects.create(use=use, number=number, name=name, public=public, since=timezone.now())


def _public_text(secret: bytes) -> str:
    return encoded(Ed25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw())


def active_key(use: str) -> CodeKey:
    """The key that signs now; the first is made when it is first needed."""
    return _ACTIVE.first(use=use) or _make(use)


def secret_of(row: CodeKey) -> bytes:
    """The private part of a key. Raises ProblemError COD-102 when its file is gone."""
    return _secret(f"{row.name}.key")


def sticker_secret(number: int) -> bytes | None:
    """The secret of a key of printed codes that is believed; None for another. Raises ProblemError
    COD-102."""
    row = _NUMBERED.first(use=KeyUse.STICKER.value, number=number)
    return None if row is None else secret_of(row)


def person_keys(name: str) -> dict[str, Ed25519PublicKey]:
    """The public key of this name, if codes of people that it signed are believed."""
    row = _NAMED.first(name=name)
    return {} if row is None or not row.public else {row.name: _public(row.public)}


@lru_cache(maxsize=64)
def _public(text: str) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(decoded(text))


@lru_cache(maxsize=8)
def signer(secret: bytes) -> Ed25519PrivateKey:
    """The private key of its bytes."""
    return Ed25519PrivateKey.from_private_bytes(secret)


def key_set() -> dict[str, Any]:
    """The public keys by which codes of people are checked, as a JWK set (RFC 7517, 8037)."""
    rows = CodeKey.objects.filter(use=KeyUse.PERSON, refused_at=None).order_by("number")
    if not rows:
        active_key(KeyUse.PERSON)
    return {
        "keys": [
            {"kty": "OKP", "crv": "Ed25519", "kid": row.name, "x": row.public, "use": "sig", "alg": "EdDSA"}
            for row in rows.all()
        ]
    }


def pairwise_secret() -> bytes:
    """What pseudonyms are made with. Another one would make everybody a stranger to every reader."""
    is_there = (settings().codes_keys_folder / PAIRWISE).is_file()
    return _secret(PAIRWISE, is_new=not is_there and not Pseudonym.objects.exists())


def look_at_keys() -> Iterator[Problem]:
    """Whether every key that is believed is here and is the right one, for `beichen doctor`; makes none.

    A key of people that was replaced signs no more: its public part is enough.
    """
    for row in CodeKey.objects.filter(refused_at=None).order_by("use", "number"):
        if row.use == KeyUse.PERSON and row.until is not None:
            continue
        try:
            secret = secret_of(row)
        except ProblemError as error:
            yield from error.problems
            continue
        if row.public and row.public != _public_text(secret):
            message = said("the key {name} is another one than the house knows", name=f"{row.name}.key")
            yield Problem(NO_KEY, message, Where(field=row.name), said("restore it from a backup"))
    if Pseudonym.objects.exists():
        try:
            pairwise_secret()
        except ProblemError as error:
            yield from error.problems


@transaction.atomic
def rotate_key(use: str, *, by: Actor) -> CodeKey:
    """Sign with a new key from now on. Raises ProblemError ACC-403, COD-104."""
    access.require(by, ROTATE)
    row = _make(use)
    CodeKey.objects.filter(use=use, until=None).exclude(pk=row.pk).update(until=row.since)
    audit.record(by, ROTATE, f"fronts_codes.codekey:{row.name}", detail={"use": use})
    return row


@transaction.atomic
def refuse_key(name: str, reason: str, *, by: Actor) -> CodeKey:
    """Believe nothing any more that a stolen key signed. Raises ProblemError ACC-403, COD-104."""
    access.require(by, ROTATE)
    row = CodeKey.objects.select_for_update().filter(name=name, refused_at=None).first()
    if row is None:
        raise ProblemError(Problem(BAD_STEP, said("no key that is believed has this name")))
    moment = timezone.now()
    row.refused_at, row.until = moment, row.until or moment
    row.save(update_fields=["refused_at", "until"])
    audit.record(by, ROTATE, f"fronts_codes.codekey:{name}", detail={"refused": True}, reason=reason[:200])
    return row
