"""Credentials of devices (凭据): issued once, kept hashed, checked quickly.

Devices reconnect by the thousand, so a token is checked by one SHA-256: it is random and long. A password,
which a person may have chosen, is kept by Argon2; one that was right is remembered under a key of this
process.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections import OrderedDict
from collections.abc import Sequence

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils import timezone

from beichen.kernel.access.service import require, visible
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.bus import service as bus
from beichen.platforms.iot import codes
from beichen.platforms.iot.finding import writable
from beichen.platforms.iot.models import Credential, Device
from beichen.platforms.iot.registering import device_event, next_stamp, tell
from beichen.platforms.iot.rights import ISSUE
from beichen.platforms.iot.words import SPEAKING, CredentialKind
from beichen.problem import Problem, ProblemError, Where, said, shorten

LEAST_PASSWORD, MOST_SECRET = 12, 200
REMEMBERED = 20_000
_PROCESS_KEY = secrets.token_bytes(32)


def digest(secret: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _add(code: str, kind: CredentialKind, kept: str, hint: str, *, by: Actor) -> Credential:
    device = writable(code, by=by, action=ISSUE)
    row = Credential.objects.create(
        device=device, kind=kind, digest=kept, hint=hint, created_at=timezone.now()
    )
    _told(device, "credential-issued", {"kind": str(kind), "number": row.pk}, by)
    return row


def _told(device: Device, verb: str, detail: dict[str, object], by: Actor) -> None:
    Device.objects.filter(pk=device.pk).update(stamp=next_stamp())
    audit.record(by, f"iot.device.{verb}", f"platforms_iot.device:{device.code}", detail=detail)
    bus.publish_many([device_event(f"iot.device.{verb}", device, detail)], by=by)


@transaction.atomic
def issue_token(code: str, *, by: Actor) -> str:
    """A new token for a device, beside those that it has; shown this once. Raises ProblemError ACC-403,
    IOT-101."""
    token = secrets.token_urlsafe(32)
    _add(code, CredentialKind.TOKEN, digest(token), token[-4:], by=by)
    return token


@transaction.atomic
def issue_tokens(wanted: Sequence[str], *, by: Actor) -> dict[str, str]:
    """A new token for each of many devices by code, beside those that they have; shown this once.

    Raises ProblemError ACC-403, IOT-101 with every code that is no device of ``by``'s; then none gets one.
    """
    require(by, ISSUE)
    rows = list(visible(by, ISSUE, Device.objects.filter(code__in=wanted)).select_related("thing", "region"))
    unknown = sorted(set(wanted) - {row.code for row in rows})
    if unknown:
        named = said("there is no device with the code {code!r}", code=", ".join(unknown[:3]))
        raise ProblemError(Problem(codes.NO_DEVICE, shorten(named), Where(field="devices")))
    tokens = {row.code: secrets.token_urlsafe(32) for row in rows}
    at, kind = timezone.now(), CredentialKind.TOKEN
    kept = [
        Credential(
            device=row, kind=kind, digest=digest(tokens[row.code]), hint=tokens[row.code][-4:], created_at=at
        )
        for row in rows
    ]
    Credential.objects.bulk_create(kept, batch_size=500)
    Device.objects.filter(pk__in=[row.pk for row in rows]).update(stamp=next_stamp())
    tell("credential-issued", rows, by, {"kind": str(kind)})
    return tokens


@transaction.atomic
def set_password(code: str, password: str, *, by: Actor) -> None:
    """A password beside the other credentials. Raises ProblemError ACC-403, IOT-101, IOT-106 for a short
    one."""
    if not LEAST_PASSWORD <= len(password) <= MOST_SECRET:
        message = said("a password has {least} to {most} characters", least=LEAST_PASSWORD, most=MOST_SECRET)
        raise ProblemError(Problem(codes.BAD_SECRET, message, Where(field="password")))
    _add(code, CredentialKind.PASSWORD, make_password(password), "", by=by)


@transaction.atomic
def add_certificate(code: str, pem: str, *, by: Actor) -> str:
    """Let a device come with this X.509 certificate; returns its fingerprint (SHA-256).

    Raises ProblemError ACC-403, IOT-101, IOT-106.
    """
    found = fingerprint(pem)
    if found is None:
        hint = said("-----BEGIN CERTIFICATE-----")
        raise ProblemError(
            Problem(codes.BAD_SECRET, said("this is no certificate in PEM"), Where(field="certificate"), hint)
        )
    _add(code, CredentialKind.CERTIFICATE, found, found[:8], by=by)
    return found


def fingerprint(pem: str) -> str | None:
    """SHA-256 of a certificate; None when ``pem`` is none."""
    try:
        return x509.load_pem_x509_certificate(pem.encode()).fingerprint(SHA256()).hex()
    except ValueError:
        return None


@transaction.atomic
def revoke_credential(code: str, number: int, *, by: Actor) -> None:
    """Let a credential count no more; a device that stands connected is parted from the broker.

    Raises ProblemError ACC-403, IOT-101, IOT-106.
    """
    device = writable(code, by=by, action=ISSUE)
    if not Credential.objects.filter(device=device, pk=number, revoked_at=None).update(
        revoked_at=timezone.now()
    ):
        message = said("the device has no credential of the number {number}", number=number)
        raise ProblemError(Problem(codes.BAD_SECRET, message, Where(field="number")))
    _told(device, "credential-revoked", {"number": number}, by)


@transaction.atomic
def issue_claim(code: str, *, by: Actor) -> str:
    """A claim for a device that will fetch its token by itself, once; a second one takes the first's place.

    Raises ProblemError ACC-403, IOT-101.
    """
    device = writable(code, by=by, action=ISSUE)
    claim = secrets.token_urlsafe(24)
    Device.objects.filter(pk=device.pk).update(claim_digest=digest(claim))
    _told(device, "claim-issued", {}, by)
    return claim


@transaction.atomic
def claim_device(code: str, claim: str, *, by: Actor) -> str:
    """The token of a device that shows its claim; the claim is used up. Raises ProblemError IOT-107.

    ``by`` is whoever asks; the claim is what allows it.
    """
    device = Device.objects.select_for_update().filter(code=code).first()
    is_right = device is not None and hmac.compare_digest(device.claim_digest, digest(claim))
    if device is None or not is_right or device.state not in SPEAKING:
        raise ProblemError(
            Problem(codes.BAD_CLAIM, said("no device waits for this claim"), Where(field="claim"))
        )
    token = secrets.token_urlsafe(32)
    now = timezone.now()
    kept = {"kind": CredentialKind.TOKEN, "digest": digest(token), "hint": token[-4:], "created_at": now}
    Credential.objects.create(device=device, **kept)
    Device.objects.filter(pk=device.pk).update(claim_digest="")
    _told(device, "claimed", {}, by)
    return token


_right: OrderedDict[bytes, None] = OrderedDict()


def _is_password(secret: str, kept: str) -> bool:
    """Whether ``secret`` is the password; a right one is remembered, a wrong one costs Argon2 each time."""
    mark = hmac.digest(_PROCESS_KEY, f"{kept}\0{secret}".encode(), "sha256")
    if mark in _right:
        return True
    if not check_password(secret, kept):
        return False
    _right[mark] = None
    while len(_right) > REMEMBERED:
        _right.popitem(last=False)
    return True


def admits(code: str, secret: str = "", certificate: str = "") -> bool:
    """Whether the device of this code may speak, and ``secret`` or the PEM ``certificate`` is its own."""
    if len(secret) > MOST_SECRET:
        return False
    marks: dict[str, str] = {
        CredentialKind.TOKEN: digest(secret),
        CredentialKind.CERTIFICATE: (fingerprint(certificate) if certificate else None) or "",
    }
    passwords = []
    known = Credential.objects.filter(
        device__code=code[:MOST_SECRET], device__state__in=SPEAKING, revoked_at=None
    )
    for kind, kept in known.values_list("kind", "digest"):
        if kind == CredentialKind.PASSWORD:
            passwords.append(kept)
        elif marks[kind] and hmac.compare_digest(kept, marks[kind]):
            return True
    return bool(secret) and any(_is_password(secret, kept) for kept in passwords)
