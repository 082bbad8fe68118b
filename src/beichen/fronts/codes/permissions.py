"""The rights of the room. A person's own codes and scans need none; nobody else may ask for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from beichen.kernel.access.service import permission
from beichen.kernel.levels import ScopeFields
from beichen.kernel.org.models import Region
from beichen.registry.models import Object

INSPECT = permission("codes.sticker.inspect", "核查实物码", "See what is the matter with a printed code")
WITHDRAW = permission("codes.sticker.withdraw", "注销、换发实物码", "Withdraw and reissue printed codes")
PRINT = permission("codes.sticker.print", "打印实物码", "Print codes")
SCAN = permission("codes.person.scan", "核验居民码", "Read codes of people for one's body")
RETURN = permission("codes.person.return", "退回次数、对账", "Give rides back, and see the sums of days")
GATE = permission("codes.gate.scan", "闸机核验", "Read codes of people at a gate")
READ_GATES = permission("codes.gate.read", "查看闸机", "See gates")
EDIT_GATES = permission("codes.gate.edit", "维护闸机", "Enter and close gates")
READ_GRANTS = permission("codes.grant.read", "查看权益", "See who holds entitlements")
EDIT_GRANTS = permission("codes.grant.edit", "授予、停用权益", "Grant, suspend and revoke entitlements")
ROTATE = permission("codes.key.rotate", "更换码的密钥", "Replace the keys with which codes are signed")


@dataclass(frozen=True, slots=True)
class _Placed:
    """An object that belongs to no body: whoever has the right for its region may."""

    region: Region | None

    ACCESS: ClassVar = ScopeFields(region="region__path")


def scope_of(row: Object) -> Object | _Placed | None:
    """What a right over an object's printed code is asked of: its body and region, as far as it has them."""
    if row.body_id is not None and row.region_id is not None:
        return row
    return _Placed(row.region) if row.region_id is not None else None
