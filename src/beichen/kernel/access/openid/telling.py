"""What a system is told of a person within what they allowed, and the record that they see of it."""

from __future__ import annotations

from typing import Any

from beichen.kernel.access.openid.assurance import VERIFIED, verified
from beichen.kernel.access.openid.callers import party_actor
from beichen.kernel.access.openid.consents import consented
from beichen.kernel.access.openid.models import SignOn
from beichen.kernel.access.openid.scopes import must_be_asked, told_of
from beichen.kernel.audit import service as audit


def told_scopes(on: SignOn, scopes: list[str]) -> list[str]:
    """What may still be told: what was withdrawn since is not."""
    allowed = consented(on.party, on.account)
    return [
        key
        for key in scopes
        if key in on.scopes and (key in allowed or not must_be_asked([key], is_trusted=on.party.is_trusted))
    ]


def told(on: SignOn, scopes: list[str], place: str) -> dict[str, Any]:
    """The claims of the person within ``scopes``; what is verified as ``place`` was asked for it."""
    found = told_of(on.account.person, scopes)
    if VERIFIED in found and any(VERIFIED in named for named in on.claims.values()):
        named = on.claims.get(place, {})
        fitting = verified(on.account.person, named[VERIFIED]) if VERIFIED in named else None
        found |= {VERIFIED: fitting}
    return {name: value for name, value in found.items() if value is not None}


def named_claims(on: SignOn) -> dict[str, Any]:
    """What an ID token tells besides who signed in: what was asked for there, and how well they are known."""
    named = {VERIFIED, *on.claims.get("id_token", {})}
    found = told(on, told_scopes(on, list(on.scopes)), "id_token")
    found = {name: value for name, value in found.items() if name in named}
    record_told(on, found)
    return found


def record_told(on: SignOn, told: dict[str, Any]) -> None:
    """The person sees that the system was told so much, and what for."""
    shown = sorted(name for name, value in told.items() if value and name != "sub")
    if not shown or on.account.person is None:
        return
    audit.record(
        party_actor(on.party),
        "access.claims.disclose",
        f"kernel_access.relyingparty:{on.party.key}",
        detail={"claims": shown, "purpose": on.party.purpose[:120]},
        reason="consent" if not on.party.is_trusted else "trusted system",
        subject=on.account.person.code,
    )
