"""Time stamps (RFC 3161, with RFC 5816): an authority outside signs that it saw a hash, and when.

The authority is believed by its own certificate, which the verifier was given by another way; chains are
not followed. What is checked of a token: that it is about this content, that its signed attributes name
that certificate, that the certificate may stamp times and was good then, and the signature.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from beichen_proof.der import (
    FIRST,
    INTEGER,
    NULL,
    OCTETS,
    OID,
    SEQUENCE,
    SET,
    TIME,
    Value,
    expect,
    members,
    oid,
    only,
    written,
    written_number,
)  # fmt: skip
from beichen_proof.refusal import Reason, RefusedError

SHA256 = oid("2.16.840.1.101.3.4.2.1")
SIGNED_DATA, TST_INFO = oid("1.2.840.113549.1.7.2"), oid("1.2.840.113549.1.9.16.1.4")
CONTENT_TYPE, DIGEST = oid("1.2.840.113549.1.9.3"), oid("1.2.840.113549.1.9.4")
BY_SHA1, BY_SHA2 = oid("1.2.840.113549.1.9.16.2.12"), oid("1.2.840.113549.1.9.16.2.47")
ALGORITHMS: dict[bytes, hashes.HashAlgorithm] = {
    SHA256: hashes.SHA256(),
    oid("2.16.840.1.101.3.4.2.2"): hashes.SHA384(),
    oid("2.16.840.1.101.3.4.2.3"): hashes.SHA512(),
}
GRANTED = (0, 1)


@dataclass(frozen=True, slots=True)
class Stamped:
    """What a token says: when, under which number, by whom."""

    at: datetime
    serial: int
    nonce: int | None
    authority: str


def question(content: bytes, nonce: int) -> bytes:
    """A TimeStampReq about the SHA-256 of a content, which asks for the certificate, too."""
    imprint = written(SEQUENCE, written(SEQUENCE, written(OID, SHA256), written(NULL)), _octets(content))
    return written(SEQUENCE, written_number(1), imprint, written_number(nonce), b"\x01\x01\xff")


def _octets(content: bytes) -> bytes:
    return written(OCTETS, hashlib.sha256(content).digest())


def certificates(pem: bytes) -> list[x509.Certificate]:
    """Those that authorities stamp with. Raises RefusedError."""
    try:
        return x509.load_pem_x509_certificates(pem)
    except ValueError:
        raise RefusedError(Reason.MALFORMED, "no certificates in PEM") from None


def check(answer: bytes, content: bytes, authorities: Sequence[x509.Certificate]) -> Stamped:
    """What a TimeStampResp says of a content. Raises RefusedError: malformed, altered (it is about something
    else), unknown issuer (none of the authorities has signed), forged, expired."""
    status, *token = members(only(answer, SEQUENCE), SEQUENCE, 1)
    if members(status, SEQUENCE, 1)[0].number() not in GRANTED or not token:
        raise RefusedError(Reason.MALFORMED, "the authority has not granted a time stamp")
    kind, wrapped = members(token[0], SEQUENCE, 2)[:2]
    _is(kind, SIGNED_DATA)
    signed = members(only(expect(wrapped, FIRST).content, SEQUENCE), SEQUENCE, 4)
    what, held = members(signed[2], SEQUENCE, 2)[:2]
    _is(what, TST_INFO)
    info = only(expect(held, FIRST).content, OCTETS).content
    signers = expect(signed[-1], SET).inside()
    if len(signers) != 1:
        raise RefusedError(Reason.MALFORMED, "a time stamp has one signature")
    at, serial, nonce = _read(info, content)
    authority = _signed_by(signers[0], info, authorities)
    _may_stamp(authority, at)
    return Stamped(at, serial, nonce, authority.subject.rfc4514_string())


def _is(value: Value, name: bytes) -> None:
    if expect(value, OID).content != name:
        raise RefusedError(Reason.MALFORMED, "no time stamp: another kind of content")


def _read(info: bytes, content: bytes) -> tuple[datetime, int, int | None]:
    """Time, number and nonce of a TSTInfo that is about the content."""
    _version, _policy, imprint, serial, time, *rest = members(only(info, SEQUENCE), SEQUENCE, 5)
    algorithm, digest = members(imprint, SEQUENCE, 2)[:2]
    _is_sha256 = members(algorithm, SEQUENCE, 1)[0].content == SHA256
    if not _is_sha256 or expect(digest, OCTETS).content != hashlib.sha256(content).digest():
        raise RefusedError(Reason.ALTERED, "the time stamp is about something else")
    nonce = next((one.number() for one in rest if one.tag == INTEGER), None)
    return _moment(expect(time, TIME).content), serial.number(), nonce


def _moment(content: bytes) -> datetime:
    text, _, fraction = content.removesuffix(b"Z").partition(b".")
    try:
        moment = datetime.strptime(text.decode("ascii"), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        return moment.replace(microsecond=int((fraction or b"0")[:6].ljust(6, b"0")))
    except ValueError:
        raise RefusedError(Reason.MALFORMED, "no time stamp: its time") from None


def _signed_by(signer: Value, info: bytes, authorities: Sequence[x509.Certificate]) -> x509.Certificate:
    """The authority whose signature this is."""
    parts = members(signer, SEQUENCE, 6)
    algorithm = ALGORITHMS.get(members(parts[2], SEQUENCE, 1)[0].content)
    if algorithm is None:
        raise RefusedError(Reason.MALFORMED, "a time stamp is signed over SHA-256, SHA-384 or SHA-512")
    attributes = expect(parts[3], FIRST)
    found = {
        members(one, SEQUENCE, 2)[0].content: members(members(one, SEQUENCE, 2)[1], SET, 1)[0]
        for one in attributes.inside()
    }
    digest = hashlib.new(algorithm.name, info).digest()
    if (
        CONTENT_TYPE not in found
        or DIGEST not in found
        or found[CONTENT_TYPE].content != TST_INFO
        or found[DIGEST].content != digest
    ):
        raise RefusedError(Reason.FORGED, "what was signed is not what the time stamp says")
    named = [one for one in authorities if _is_named(found, one)]
    if not named:
        raise RefusedError(Reason.UNKNOWN_ISSUER, "none of the authorities that you trust stamped this")
    signature = expect(parts[5], OCTETS).content
    if not _is_sound(named[0], signature, written(SET, attributes.content), algorithm):
        raise RefusedError(Reason.FORGED, "the authority's signature does not fit")
    return named[0]


def _is_named(found: dict[bytes, Value], authority: x509.Certificate) -> bool:
    """Whether the attributes name this certificate, by its SHA-1 (RFC 2634) or another hash (RFC 5035)."""
    for name, algorithm in ((BY_SHA2, "sha256"), (BY_SHA1, "sha1")):
        if name not in found:
            continue
        first = members(members(members(found[name], SEQUENCE, 1)[0], SEQUENCE, 1)[0], SEQUENCE, 1)
        if name == BY_SHA2 and first[0].tag == SEQUENCE:
            known = ALGORITHMS.get(members(first[0], SEQUENCE, 1)[0].content)
            algorithm, first = known.name if known else "sha256", first[1:]
        written_down = first[0].content if first else b""
        encoded = authority.public_bytes(Encoding.DER)
        if written_down == hashlib.new(algorithm, encoded, usedforsecurity=False).digest():
            return True
    return False


def _is_sound(
    authority: x509.Certificate, signature: bytes, content: bytes, algorithm: hashes.HashAlgorithm
) -> bool:
    key = authority.public_key()
    try:
        if isinstance(key, RSAPublicKey):
            key.verify(signature, content, PKCS1v15(), algorithm)
        elif isinstance(key, EllipticCurvePublicKey):
            key.verify(signature, content, ECDSA(algorithm))
        else:
            return False
    except (InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _may_stamp(authority: x509.Certificate, at: datetime) -> None:
    """Raises RefusedError unless it is a certificate for time stamps, and was good at the time."""
    try:
        uses = authority.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        may = ExtendedKeyUsageOID.TIME_STAMPING in uses
    except (x509.ExtensionNotFound, ValueError):
        may = False
    if not may:
        raise RefusedError(Reason.UNKNOWN_ISSUER, "the authority's certificate is not one for time stamps")
    if not authority.not_valid_before_utc <= at <= authority.not_valid_after_utc:
        raise RefusedError(Reason.EXPIRED, "the authority's certificate was not good at that time")
