"""The short-lived code that a person shows at a gate: read, and refused with the reason. Offline.

A code is ``BC1:`` and base32 (RFC 4648, without padding, so that a QR code holds it as alphanumerics) of a
COSE_Sign1 (RFC 9052) with Ed25519 over CWT claims (RFC 8392): sub, the pseudonym that one reading party knows
and no other; aud, that party; exp, nbf and iat; cti, a number used once; ``for``, what it may be used for. It
says nothing else of the person.

The envelope has one form, byte for byte: nothing in it is read before the signature has been checked, and a
code that was altered anywhere is refused. Claims are read by cbor2 afterwards.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from beichen_proof.jose import decoded
from beichen_proof.refusal import Reason, RefusedError

PREFIX = "BC1:"
LONGEST = 400
"""Characters of a code; a longer text is not looked at."""
LIFETIME = 60
"""Seconds that a code is good for at most, whatever it says of itself."""
MOST_AHEAD = 600
"""Seconds before its time that a code may have been made, for a phone that loses its network."""
SKEW = 30
"""Seconds that the clocks of a gate and of the city may differ, unless the gate says less."""
KEY_BYTES, SIGNATURE_BYTES = 4, 64
SUBJECT, AUDIENCE, EXPIRES, NOT_BEFORE, ISSUED, NONCE, PURPOSE = 2, 3, 4, 5, 6, 7, "for"
_TEXTS, _NUMBERS, _BYTES = (AUDIENCE, PURPOSE), (EXPIRES, NOT_BEFORE, ISSUED), (SUBJECT, NONCE)
# 18([<<{1: -8, 4: h'KEY'}>>, {}, <<claims>>, signature]): a COSE_Sign1 by EdDSA with the key's name
_HEAD, _AFTER_KEY = bytes.fromhex("d28449a201270444"), bytes.fromhex("a058")
_BEFORE_SIGNATURE = bytes.fromhex("5840")
_PROTECTED = bytes.fromhex("a201270444")

Keys = Mapping[str, Ed25519PublicKey]


@dataclass(frozen=True, slots=True)
class Shown:
    """What a code says. ``pseudonym`` and ``nonce`` in hexadecimal, times in seconds since 1970."""

    pseudonym: str
    party: str
    purpose: str
    since: int
    until: int
    issued: int
    nonce: str
    key: str


def keys_of(document: Any) -> Keys:
    """The keys of a JWK set, by name; those of other kinds are passed over. Raises RefusedError."""
    try:
        named = {str(one["kid"]): one for one in document["keys"]}
        return {
            name: Ed25519PublicKey.from_public_bytes(decoded(one["x"]))
            for name, one in named.items()
            if (one.get("kty"), one.get("crv")) == ("OKP", "Ed25519")
        }
    except (KeyError, TypeError, ValueError):
        raise RefusedError(Reason.MALFORMED, "the keys cannot be read") from None


def signed_part(key: bytes, claims: bytes) -> bytes:
    """What is signed: the Sig_structure of RFC 9052, 4.4."""
    return bytes(cbor2.dumps(["Signature1", _PROTECTED + key, b"", claims]))


def assembled(key: bytes, claims: bytes, signature: bytes) -> str:
    """The code of its parts; ``claims`` are 24 to 255 bytes."""
    content = _HEAD + key + _AFTER_KEY + bytes([len(claims)]) + claims + _BEFORE_SIGNATURE + signature
    return PREFIX + base64.b32encode(content).decode().rstrip("=")


def _content(text: str) -> bytes:
    if len(text) > LONGEST or not text.startswith(PREFIX) or not text.isascii():
        raise RefusedError(Reason.MALFORMED, "no code of a person")
    body = text[len(PREFIX) :]
    try:
        content = base64.b32decode(body + "=" * (-len(body) % 8))
    except (binascii.Error, ValueError):
        raise RefusedError(Reason.MALFORMED, "no base32") from None
    if base64.b32encode(content).decode().rstrip("=") != body:
        raise RefusedError(Reason.MALFORMED, "base32 that does not end as it must")
    return content


def _parts(content: bytes) -> tuple[bytes, bytes, bytes]:
    """Key name, claims and signature of the one form that there is."""
    at = len(_HEAD) + KEY_BYTES
    key, start = content[len(_HEAD) : at], at + len(_AFTER_KEY) + 1
    size = content[start - 1] if len(content) >= start else 0
    end = start + size
    claims, signature = content[start:end], content[end + len(_BEFORE_SIGNATURE) :]
    fixed = (content[: len(_HEAD)], content[at : start - 1], content[end : end + len(_BEFORE_SIGNATURE)])
    if fixed != (_HEAD, _AFTER_KEY, _BEFORE_SIGNATURE) or len(signature) != SIGNATURE_BYTES:
        raise RefusedError(Reason.MALFORMED, "not the form of a code")
    return key, claims, signature


def opened(text: str, keys: Keys) -> Shown:
    """What a code says that one of the keys has signed; its time is not looked at. Raises RefusedError."""
    key, claims, signature = _parts(_content(text))
    public = keys.get(key.hex())
    if public is None:
        raise RefusedError(Reason.UNKNOWN_ISSUER, "signed with a key that is not the city's, or no more")
    try:
        public.verify(signature, signed_part(key, claims))
    except InvalidSignature:
        raise RefusedError(Reason.FORGED, "the signature does not fit") from None
    return _claims(claims, key.hex())


def _claims(content: bytes, key: str) -> Shown:
    try:
        found: Any = cbor2.loads(content)
    except (cbor2.CBORDecodeError, ValueError, RecursionError):
        raise RefusedError(Reason.MALFORMED, "the claims cannot be read") from None
    kinds: dict[Any, type] = {
        **dict.fromkeys(_TEXTS, str),
        **dict.fromkeys(_NUMBERS, int),
        **dict.fromkeys(_BYTES, bytes),
    }
    if not isinstance(found, dict) or any(type(found.get(name)) is not kind for name, kind in kinds.items()):
        raise RefusedError(Reason.MALFORMED, "a claim is missing")
    if not 0 < found[EXPIRES] - found[NOT_BEFORE] <= LIFETIME:
        raise RefusedError(Reason.MALFORMED, f"a code is good for {LIFETIME} seconds at most")
    if not 0 <= found[NOT_BEFORE] - found[ISSUED] <= MOST_AHEAD:
        raise RefusedError(Reason.MALFORMED, f"a code is made {MOST_AHEAD} seconds before its time at most")
    return Shown(
        found[SUBJECT].hex(),
        found[AUDIENCE],
        found[PURPOSE],
        found[NOT_BEFORE],
        found[EXPIRES],
        found[ISSUED],
        found[NONCE].hex(),
        key,
    )


def check(shown: Shown, *, now: float, party: str, purposes: Collection[str], skew: float = SKEW) -> None:
    """Hold what a code says to who reads it, for what, and when. Raises RefusedError."""
    if shown.party != party:
        raise RefusedError(Reason.OTHER_PARTY, "made for another reader")
    if shown.purpose not in purposes:
        raise RefusedError(Reason.OTHER_PURPOSE, "made for another purpose")
    if now < shown.since - skew:
        raise RefusedError(Reason.NOT_YET_VALID, "not valid yet: compare the clocks")
    if now >= shown.until + skew:
        raise RefusedError(Reason.EXPIRED, "expired: ask for a fresh one")


@dataclass(slots=True)
class Gate:
    """A gate without a network: keys, whose gate, for what; it remembers the codes that it has seen.

    ``withdrawn`` are pseudonyms with the second from which on a code must have been made to count.
    """

    keys: Keys
    party: str
    purposes: Collection[str]
    skew: float = SKEW
    withdrawn: dict[str, int] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=dict)

    def read(self, text: str, now: float) -> Shown:
        """What the code says; the same code is refused from then on. Raises RefusedError."""
        shown = opened(text, self.keys)
        check(shown, now=now, party=self.party, purposes=self.purposes, skew=self.skew)
        if shown.issued < self.withdrawn.get(shown.pseudonym, 0):
            raise RefusedError(Reason.REVOKED, "withdrawn")
        if shown.nonce in self.seen:
            raise RefusedError(Reason.REPLAYED, "this code was shown before")
        self.seen = {nonce: until for nonce, until in self.seen.items() if until + self.skew >= now}
        self.seen[shown.nonce] = shown.until
        return shown
