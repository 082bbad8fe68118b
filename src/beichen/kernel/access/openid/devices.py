"""Signing in on a device without a keyboard (RFC 8628): a counter, a gate, a screen on a wall.

The device shows eight letters; a person types them on a telephone where they are signed in, sees what asks,
and allows it. The letters spell no words and are worth ten minutes.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from oauthlib.oauth2.rfc8628.grant_types import DeviceCodeGrant

from beichen.kernel.access.openid.callers import Caller
from beichen.kernel.access.openid.codes import BAD_USER_CODE
from beichen.kernel.access.openid.consents import give_consent
from beichen.kernel.access.openid.issuing import Granted, begin
from beichen.kernel.access.openid.models import DeviceRequest, RelyingParty
from beichen.kernel.access.openid.tokens import hash_of
from beichen.kernel.access.rates import check_rate
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.problem import Problem, ProblemError, Where, said

LETTERS = "BCDFGHJKLMNPQRSTVWXZ"  # RFC 8628, 6.1
LENGTH = 8
LIFE = timedelta(minutes=10)
INTERVAL = 5  # seconds
SLOWER = 5
TRIES = "10/minute"


def new_user_code() -> str:
    """Eight letters, as people type them."""
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))


def shown(user_code: str) -> str:
    """With a hyphen, as it is read out."""
    return f"{user_code[:4]}-{user_code[4:]}"


def keep_request(party: RelyingParty, device_code: str, user_code: str, scopes: list[str]) -> None:
    """Keep that a device waits."""
    DeviceRequest.objects.create(
        party=party,
        device_hash=hash_of(device_code),
        user_code=user_code,
        scopes=scopes,
        until=timezone.now() + LIFE,
        interval=INTERVAL,
    )


def waiting(typed: str, *, by: Actor) -> DeviceRequest:
    """The request of the letters that somebody typed. Raises ProblemError ACC-514, ACC-429."""
    check_rate("access.device-code", by.key, TRIES)
    letters = "".join(one for one in typed.upper() if one in LETTERS)[: LENGTH + 1]
    rows = DeviceRequest.objects.select_related("party__body")
    row = rows.filter(user_code=letters, until__gt=timezone.now(), sign_on=None, refused_at=None).first()
    if row is None or not row.party.is_active:
        hint = said("look at the device again; a code is worth ten minutes")
        raise ProblemError(
            Problem(BAD_USER_CODE, said("no device waits with this code"), Where(field="code"), hint)
        )
    return row


@transaction.atomic
def allow(row: DeviceRequest, granted: Granted) -> None:
    """Let the device in as the person who typed its code. Raises ProblemError ACC-514."""
    locked = DeviceRequest.objects.select_for_update().get(pk=row.pk)
    if locked.sign_on_id is not None or locked.refused_at is not None:
        raise ProblemError(
            Problem(BAD_USER_CODE, said("this device was answered already"), Where(field="code"))
        )
    give_consent(row.party, granted.account, granted.scopes, row.scopes, by=granted.by)
    locked.sign_on = begin(row.party, granted)
    locked.save(update_fields=["sign_on"])


@transaction.atomic
def refuse(row: DeviceRequest, *, by: Actor, subject: str) -> None:
    """Send the device away."""
    DeviceRequest.objects.filter(pk=row.pk, sign_on=None).update(refused_at=timezone.now())
    audit.record(by, "access.device.refuse", f"kernel_access.relyingparty:{row.party.key}", subject=subject)


def poll(device_code: str, caller: Caller) -> str | None:
    """How it stands with a device that asks again, in the library's words; the sign-on goes to the caller."""
    rows = DeviceRequest.objects.select_for_update(of=("self",))
    row = rows.filter(device_hash=hash_of(device_code), party=caller.party).first()
    if row is None or row.used_at is not None:
        return None
    now, is_hasty = timezone.now(), False
    if row.polled_at is not None and now - row.polled_at < timedelta(seconds=row.interval) - timedelta(
        milliseconds=500
    ):
        row.interval, is_hasty = min(row.interval + SLOWER, 60), True
    row.polled_at = now
    row.save(update_fields=["polled_at", "interval"])
    if row.until <= now:
        return str(DeviceCodeGrant.DEVICE_CODE_EXPIRED)
    if row.refused_at is not None:
        return str(DeviceCodeGrant.DEVICE_CODE_DENIED)
    if row.sign_on_id is None:
        return str(DeviceCodeGrant.DEVICE_CODE_SLOW_DOWN if is_hasty else DeviceCodeGrant.DEVICE_CODE_PENDING)
    row.used_at = now
    row.save(update_fields=["used_at"])
    found = (
        DeviceRequest.objects.select_related("sign_on__party", "sign_on__account__person")
        .get(pk=row.pk)
        .sign_on
    )
    if found is None or found.ended_at is not None or not found.account.is_active:
        return str(DeviceCodeGrant.DEVICE_CODE_DENIED)
    caller.sign_on = found
    return str(DeviceCodeGrant.DEVICE_CODE_AUTHORIZED)
