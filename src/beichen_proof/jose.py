"""As much of JOSE as credentials need: compact JWS (RFC 7515) with ES256 or Ed25519, keys as JWK (RFC
7517)."""

from __future__ import annotations

import base64
import binascii
import json
import re
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from beichen_proof.refusal import Reason, RefusedError

_BASE64URL = re.compile(r"[A-Za-z0-9_-]*\Z")
ALGORITHMS = {"EC": "ES256", "OKP": "EdDSA"}


def encoded(content: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """What base64url without padding means. Raises RefusedError."""
    if not _BASE64URL.match(text):
        raise RefusedError(Reason.MALFORMED, f"{text[:20]!r} is no base64url")
    try:
        content = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error:
        raise RefusedError(Reason.MALFORMED, f"{text[:20]!r} is no base64url") from None
    if encoded(content) != text:
        raise RefusedError(Reason.MALFORMED, "base64url that does not end as it must")
    return content


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a member stands twice")
    return found


def json_of(content: bytes | str) -> Any:
    """JSON in which no member stands twice. Raises RefusedError."""
    try:
        return json.loads(content, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise RefusedError(Reason.MALFORMED, "what should be JSON is none") from None


def object_of(content: bytes | str) -> dict[str, Any]:
    """A JSON object. Raises RefusedError."""
    found = json_of(content)
    if not isinstance(found, dict):
        raise RefusedError(Reason.MALFORMED, "what should be a JSON object is none")
    return found


def is_signed_by(jwk: dict[str, Any], message: bytes, signature: bytes) -> bool:
    """Whether the key has signed the message. Raises RefusedError for a key that is none."""
    try:
        if jwk.get("kty") == "EC" and jwk.get("crv") == "P-256" and len(signature) == 64:
            x, y = (int.from_bytes(decoded(jwk[name]), "big") for name in ("x", "y"))
            key = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
            r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
            key.verify(utils.encode_dss_signature(r, s), message, ec.ECDSA(hashes.SHA256()))
            return True
        if jwk.get("kty") == "OKP" and jwk.get("crv") == "Ed25519":
            Ed25519PublicKey.from_public_bytes(decoded(jwk["x"])).verify(signature, message)
            return True
    except InvalidSignature:
        return False
    except (KeyError, TypeError, ValueError):
        raise RefusedError(Reason.MALFORMED, "a key of the issuer cannot be read") from None
    return False


def opened(token: str, keys: list[dict[str, Any]], types: tuple[str, ...]) -> dict[str, Any]:
    """The payload of a JWS of one of these types that one of the keys signed. Raises RefusedError.

    The key says the algorithm, never the token.
    """
    parts = token.split(".")
    if len(parts) != 3:
        raise RefusedError(Reason.MALFORMED, "no signed token: three parts with dots between")
    head, body = object_of(decoded(parts[0])), object_of(decoded(parts[1]))
    if head.get("typ") not in types or "crit" in head:
        raise RefusedError(Reason.MALFORMED, f"a token of another type: {str(head.get('typ'))[:30]}")
    named = [key for key in keys if "kid" not in head or key.get("kid") == head["kid"]]
    if not named:
        raise RefusedError(Reason.UNKNOWN_ISSUER, "the issuer has no key of this name")
    message, signature = f"{parts[0]}.{parts[1]}".encode(), decoded(parts[2])
    for key in named:
        if ALGORITHMS.get(str(key.get("kty"))) == head.get("alg") and is_signed_by(key, message, signature):
            return body
    raise RefusedError(Reason.FORGED, "the signature does not fit")
