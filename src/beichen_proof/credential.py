"""Certificates: SD-JWT VC (RFC 9901, draft-ietf-oauth-sd-jwt-vc) and their status (IETF Token Status List).

Whoever holds a certificate shows some of its fields: each field that may be left out is a disclosure after
the signed token, which holds only its hash. All that is checked here works offline, from the issuer's keys
and the status list as they were last fetched.
"""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass
from typing import Any

from beichen_proof.jose import decoded, encoded, json_of, object_of, opened
from beichen_proof.refusal import Reason, RefusedError

TYPES = ("dc+sd-jwt", "vc+sd-jwt")
STATUS_TYPE = "statuslist+jwt"
LONGEST, MOST_DISCLOSURES, DEEPEST = 64 << 10, 256, 16
LONGEST_LIST = 16 << 20
LEEWAY = 60  # seconds that clocks may differ
VALID, INVALID, SUSPENDED = 0, 1, 2
Keys = dict[str, list[dict[str, Any]]]
"""An issuer's address → its keys as JWK."""


@dataclass(frozen=True, slots=True)
class Credential:
    """What was shown: who issued it, of what type, the fields that were shown, and where its status
    stands."""

    issuer: str
    type: str
    claims: dict[str, Any]
    status_uri: str
    status_index: int


class _Opening:
    """Puts disclosures in the places that the signed token keeps for them; each is used once."""

    def __init__(self, disclosures: list[str]) -> None:
        self._kept: dict[str, list[Any]] = {}
        for text in disclosures:
            content = json_of(decoded(text))
            is_sound = isinstance(content, list) and len(content) in (2, 3) and isinstance(content[0], str)
            digest = encoded(hashlib.sha256(text.encode()).digest())
            if not is_sound or digest in self._kept:
                raise RefusedError(Reason.MALFORMED, "a disclosure is none, or stands twice")
            self._kept[digest] = content
        self._seen: set[str] = set()

    def _take(self, digest: Any, length: int) -> list[Any] | None:
        if not isinstance(digest, str) or digest in self._seen:
            raise RefusedError(Reason.FORGED, "a hash of a disclosure stands twice")
        self._seen.add(digest)
        found = self._kept.get(digest)
        if found is not None and len(found) != length:
            raise RefusedError(Reason.FORGED, "a disclosure of another form")
        return found

    def fill(self, value: Any, depth: int = 0) -> Any:
        """The value with its disclosures."""
        if depth > DEEPEST:
            raise RefusedError(Reason.MALFORMED, "the certificate is nested too deeply")
        if isinstance(value, list):
            return [one for each in value for one in self._element(each, depth)]
        if not isinstance(value, dict):
            return value
        found = {
            name: self.fill(one, depth + 1) for name, one in value.items() if name not in ("_sd", "_sd_alg")
        }
        hidden = value.get("_sd", [])
        if not isinstance(hidden, list) or "..." in value:
            raise RefusedError(Reason.MALFORMED, "hashes of disclosures are no list")
        for digest in hidden:
            disclosure = self._take(digest, 3)
            if disclosure is None:
                continue
            name = disclosure[1]
            if not isinstance(name, str) or name in ("_sd", "...") or name in found:
                raise RefusedError(Reason.FORGED, "a disclosure takes a name that is taken")
            found[name] = self.fill(disclosure[2], depth + 1)
        return found

    def _element(self, value: Any, depth: int) -> list[Any]:
        if isinstance(value, dict) and set(value) == {"..."}:
            disclosure = self._take(value["..."], 2)
            return [] if disclosure is None else [self.fill(disclosure[1], depth + 1)]
        return [self.fill(value, depth + 1)]

    def finish(self) -> None:
        """Raises RefusedError when a disclosure was used nowhere: somebody added it."""
        if set(self._kept) - self._seen:
            raise RefusedError(Reason.FORGED, "a field was added that the issuer has not signed")


def read(text: str, issuers: Keys, now: float) -> Credential:
    """What a certificate says, its signature and times checked, its status not yet.

    Raises RefusedError: malformed, forged, unknown issuer, expired, not yet valid.
    """
    stripped = text.strip()
    token, *disclosures = stripped.split("~")
    if len(stripped) > LONGEST or len(disclosures) > MOST_DISCLOSURES or not disclosures or disclosures[-1]:
        raise RefusedError(
            Reason.MALFORMED, "no certificate: a signed token, disclosures, each with ~ after it"
        )
    issuer = _issuer(token)
    if issuer not in issuers:
        raise RefusedError(Reason.UNKNOWN_ISSUER, f"nobody here knows the issuer {issuer[:80]}")
    payload = opened(token, issuers[issuer], TYPES)
    if payload.get("_sd_alg", "sha-256") != "sha-256":
        raise RefusedError(Reason.MALFORMED, "hashes other than SHA-256")
    opening = _Opening(disclosures[:-1])
    claims: dict[str, Any] = opening.fill(payload)
    opening.finish()
    if any(
        name in claims and name not in payload
        for name in ("iss", "vct", "exp", "nbf", "iat", "status", "cnf")
    ):
        raise RefusedError(Reason.FORGED, "what must be signed openly was disclosed")
    _check_times(claims, now)
    uri, index = _status(claims)
    kind = claims.get("vct")
    if not isinstance(kind, str):
        raise RefusedError(Reason.MALFORMED, "the certificate does not say its kind")
    return Credential(issuer, kind, claims, uri, index)


def _issuer(token: str) -> str:
    parts = token.split(".")
    payload = object_of(decoded(parts[1])) if len(parts) == 3 else {}
    issuer = payload.get("iss")
    if not isinstance(issuer, str):
        raise RefusedError(Reason.MALFORMED, "the certificate does not say its issuer")
    return issuer


def _seconds(claims: dict[str, Any], name: str) -> float | None:
    value = claims.get(name)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise RefusedError(Reason.MALFORMED, f"{name} is no time")
    return value


def _check_times(claims: dict[str, Any], now: float) -> None:
    until, since = _seconds(claims, "exp"), _seconds(claims, "nbf")
    if until is not None and now > until + LEEWAY:
        raise RefusedError(Reason.EXPIRED, "the certificate is no longer valid")
    if since is not None and now < since - LEEWAY:
        raise RefusedError(Reason.NOT_YET_VALID, "the certificate is not valid yet")


def _status(claims: dict[str, Any]) -> tuple[str, int]:
    """(address of the list, place in it); ("", 0) for a certificate without a status."""
    status = claims.get("status")
    if status is None:
        return "", 0
    place = status.get("status_list") if isinstance(status, dict) else None
    uri, index = (place.get("uri"), place.get("idx")) if isinstance(place, dict) else (None, None)
    if not isinstance(uri, str) or isinstance(index, bool) or not isinstance(index, int) or index < 0:
        raise RefusedError(Reason.MALFORMED, "the certificate's status cannot be read")
    return uri, index


def check_status(credential: Credential, token: str, issuers: Keys, now: float) -> None:
    """Raises RefusedError unless the status list, a signed token, says that the certificate is valid."""
    if not credential.status_uri:
        return
    payload = opened(token.strip(), issuers.get(credential.issuer, []), (STATUS_TYPE,))
    if payload.get("sub") != credential.status_uri:
        raise RefusedError(Reason.STATUS_UNKNOWN, "a status list of another address")
    until = _seconds(payload, "exp")
    if until is not None and now > until + LEEWAY:
        raise RefusedError(Reason.STATUS_UNKNOWN, "the status list is out of date")
    value = status_at(payload.get("status_list"), credential.status_index)
    if value == SUSPENDED:
        raise RefusedError(Reason.SUSPENDED, "the certificate is suspended")
    if value != VALID:
        raise RefusedError(Reason.REVOKED, "the certificate was revoked")


def status_at(value: Any, index: int) -> int:
    """The status at a place of a list. Raises RefusedError for a list that is none, or too short."""
    bits, text = (value.get("bits"), value.get("lst")) if isinstance(value, dict) else (None, None)
    if bits not in (1, 2, 4, 8) or not isinstance(text, str):
        raise RefusedError(Reason.MALFORMED, "the status list cannot be read")
    inflating = zlib.decompressobj()
    try:
        content = inflating.decompress(decoded(text), LONGEST_LIST)
    except zlib.error:
        raise RefusedError(Reason.MALFORMED, "the status list cannot be read") from None
    place, shift = divmod(index * bits, 8)
    if place >= len(content):
        raise RefusedError(Reason.STATUS_UNKNOWN, "the status list is too short")
    return int((content[place] >> shift) & ((1 << bits) - 1))
