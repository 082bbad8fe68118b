"""How well the other provider knows who somebody is (OpenID Connect for Identity Assurance 1.0).

A provider that speaks the standard is asked, and only what it verified counts, with the name that it
verified. Of one that does not, the city says by ``BEICHEN_OIDC_ASSURANCE`` what its identities are worth;
without that they are worth what people state themselves.
"""

from __future__ import annotations

from typing import Any

import orjson

from beichen.kernel.access.assuring import record_identity
from beichen.kernel.access.identity import Assurance, IdentityCheck
from beichen.kernel.access.models import Account
from beichen.kernel.access.openid.assurance import LEVELS, VERIFIED, wanted
from beichen.kernel.actor import system
from beichen.settings import settings

_BY = system("upstream")
# of the frameworks that the standard's list names: eIDAS, and NIST 800-63A
KNOWN = {**LEVELS, "ial1": Assurance.SELF_STATED, "ial2": Assurance.WINDOW, "ial3": Assurance.UPSTREAM}
_ASKED = {"verification": {"trust_framework": None, "assurance_level": None}, "claims": {"name": None}}
LONGEST = 100  # characters of a name


def question_of(metadata: dict[str, Any]) -> dict[str, str]:
    """What a provider is asked besides who is there; nothing where it would not understand it."""
    if (
        metadata.get("verified_claims_supported") is not True
        or metadata.get("claims_parameter_supported") is not True
    ):
        return {}
    return {"claims": orjson.dumps({"id_token": {VERIFIED: _ASKED}}).decode()}


def _said(claims: dict[str, Any]) -> tuple[Assurance, str]:
    """The best level that the provider states, and the name that it verified at that."""
    found = [(Assurance.SELF_STATED, "")]
    for one in wanted(claims.get(VERIFIED)):
        about, told = one.get("verification"), one.get("claims")
        level = about.get("assurance_level") if isinstance(about, dict) else None
        name = told.get("name") if isinstance(told, dict) else None
        if isinstance(level, str) and isinstance(name, str) and level in KNOWN and name.strip():
            found.append((KNOWN[level], name.strip()[:LONGEST]))
    return max(found, key=lambda pair: list(Assurance).index(pair[0]))


def _stated(claims: dict[str, Any]) -> tuple[Assurance, str]:
    if VERIFIED in claims or not settings().oidc_assurance:
        return _said(claims)
    name = claims.get("name")
    return LEVELS[settings().oidc_assurance], name.strip()[:LONGEST] if isinstance(name, str) else ""


def vouch(account: Account, issuer: str, claims: dict[str, Any]) -> None:
    """Keep what the provider says of who the account's person is, once for each thing that it says."""
    level, name = _stated(claims)
    if account.person is None or level == Assurance.SELF_STATED:
        return
    evidence = issuer[:200]
    kept = IdentityCheck.objects.filter(person=account.person, level=level, evidence=evidence, name=name)
    if not kept.exists():
        record_identity(account.person, level, evidence, by=_BY, name=name)
