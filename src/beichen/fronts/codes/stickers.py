"""Printed codes: an address with a short signature, so that a sticker that somebody made up is told from
ours.

``/c/CODE?s=SIGNATURE``: the signature is 12 bytes in base64url: the key's number, the edition (two bytes),
and 72 bits of HMAC-SHA256 over both and the code. A sticker that was lost or copied is withdrawn, or the next
edition takes its place; the one before it is refused from then on.
"""

from __future__ import annotations

import hmac
from io import BytesIO
from urllib.parse import quote

import segno
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from beichen.fronts.codes.keys import active_key, secret_of, sticker_secret
from beichen.fronts.codes.models import CODE_LENGTH, KeyUse, Sticker, StickerStep
from beichen.fronts.codes.permissions import INSPECT, PRINT, WITHDRAW, scope_of
from beichen.fronts.codes.problems import BAD_STEP, NOT_PRINTED, reason_of, wrong
from beichen.kernel.access import service as access
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.org.service import city_region
from beichen.kernel.statements import Prepared, slot
from beichen.problem import Problem, ProblemError, Where, said
from beichen.registry import service as registry
from beichen.registry.models import Kind, Object
from beichen.settings import settings
from beichen_proof.jose import decoded, encoded
from beichen_proof.refusal import RefusedError

SIGNATURE_LENGTH = 16  # characters
MAC_BYTES = 9
LAST_EDITION = 65_535
_DOMAIN = b"beichen sticker 1\0"
_BY_CODE = Prepared(lambda: Sticker.objects.filter(code=slot(Sticker, "code")))


def _mac(secret: bytes, head: bytes, code: str) -> bytes:
    return hmac.digest(secret, _DOMAIN + head + code.encode(), "sha256")[:MAC_BYTES]


def signature(code: str, edition: int) -> str:
    """The signature of a code's edition, by the key that signs now. Raises ProblemError COD-102."""
    key = active_key(KeyUse.STICKER)
    head = bytes([key.number]) + edition.to_bytes(2, "big")
    return encoded(head + _mac(secret_of(key), head, code))


def signed_edition(code: str, text: str) -> int | None:
    """The edition of a code that this house has signed; None where the signature is not ours."""
    if len(text) != SIGNATURE_LENGTH:
        return None
    try:
        content = decoded(text)
    except RefusedError:
        return None
    head, mac = content[:3], content[3:]
    secret = sticker_secret(head[0])
    if secret is None or not hmac.compare_digest(mac, _mac(secret, head, code)):
        return None
    return int.from_bytes(head[1:], "big")


def sticker_of(code: str) -> Sticker | None:
    """What became of a printed code; None for one of which the first edition is good."""
    return _BY_CODE.first(code=code)


def sticker_address(code: str) -> str:
    """The address to print: of the edition that is good, or would be the next. Raises ProblemError
    COD-102."""
    row = sticker_of(code)
    return signed_address(code, row.edition if row is not None else 1)


def signed_address(code: str, edition: int) -> str:
    """The address of an edition."""
    return f"{settings().public}/c/{quote(code, safe='')}?s={signature(code, edition)}"


def picture(address: str, form: str = "svg", *, scale: int = 8) -> bytes:
    """An address as a QR code: ``svg`` or ``png``. Level M: a quarter of it may be scratched off."""
    stream = BytesIO()
    segno.make(address, error="m", micro=False).save(stream, kind=form, scale=scale, border=4)
    return stream.getvalue()


def typed_object(code: str, *, by: Actor) -> Object:
    """The object of a code as it is, or in capitals. Raises ProblemError REG-104."""
    text = code.replace("\0", "").strip()[:CODE_LENGTH]
    try:
        return registry.object_by_code(text, by=by)
    except ProblemError:
        if text == text.upper():
            raise
        return registry.object_by_code(text.upper(), by=by)


def printable(code: str, *, by: Actor) -> Object:
    """The object whose code may be printed. Raises ProblemError REG-104, COD-103, ACC-403."""
    row = typed_object(code, by=by)
    refuse_people(row)
    access.require(by, PRINT, scope_of(row))
    return row


def refuse_people(row: Object) -> None:
    """Raises ProblemError COD-103 for a person, whose codes change."""
    if row.type.kind == Kind.PERSON:
        message = said("a person's code is not printed")
        raise ProblemError(
            Problem(NOT_PRINTED, message, Where(field="code"), said("people show one that changes"))
        )


def stickers(*, by: Actor) -> QuerySet[Sticker]:
    """What was withdrawn or reissued where ``by`` may look. Raises ProblemError ACC-403."""
    access.require(by, INSPECT)
    return access.visible(by, INSPECT, Sticker.objects.select_related("object", "region"))


def change_sticker(code: str, step: str, reason: str, *, by: Actor) -> Sticker:
    """``withdraw`` a printed code, or ``reissue`` it: the next edition is the good one.

    Raises ProblemError REG-104, ACC-403, COD-103, COD-104, COD-105.
    """
    said_why = reason_of(reason)
    row = typed_object(code, by=by)
    refuse_people(row)
    access.require(by, WITHDRAW, scope_of(row))
    if step not in {"withdraw", "reissue"}:
        raise wrong(BAD_STEP, "step", said("withdraw or reissue"))
    with transaction.atomic():
        sticker = _changed(row, step, said_why, by)
        StickerStep.objects.create(
            sticker=sticker,
            step=step,
            edition=sticker.edition,
            reason=said_why,
            at=sticker.changed_at,
            by_name=by.name[:120],
        )
        detail = {"step": step, "edition": sticker.edition}
        audit.record(by, WITHDRAW, f"fronts_codes.sticker:{row.code}", detail=detail, reason=said_why)
    return sticker


def _changed(row: Object, step: str, reason: str, by: Actor) -> Sticker:
    place = {"object": row, "region": row.region or city_region()}
    fresh = {**place, "changed_at": timezone.now(), "changed_by": by.key[:120], "reason": reason}
    Sticker.objects.get_or_create(code=row.code, defaults=fresh)
    sticker = Sticker.objects.select_for_update(of=("self",)).get(code=row.code)
    if step == "withdraw" and sticker.is_withdrawn:
        raise wrong(BAD_STEP, "step", said("it is withdrawn already"))
    if sticker.edition >= LAST_EDITION:
        raise wrong(BAD_STEP, "step", said("there is no edition left"))
    sticker.is_withdrawn = step == "withdraw"
    sticker.edition += 0 if step == "withdraw" else 1
    for name, value in fresh.items():
        setattr(sticker, name, value)
    sticker.save()
    return sticker
