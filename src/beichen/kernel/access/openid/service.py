"""What can be done with the OpenID provider: the door for the pages of it and for its jobs."""

from __future__ import annotations

from collections.abc import Iterator

from beichen.kernel.access.openid import keys
from beichen.kernel.access.openid import parties as party_rows
from beichen.kernel.access.openid.answering import allow, deny, granted_by, without_asking
from beichen.kernel.access.openid.asking import (
    UNKNOWN,
    UNMET,
    Ask,
    Need,
    RefusedError,
    asked,
    missing_consent,
    missing_level,
    needed,
    refused,
)
from beichen.kernel.access.openid.assurance import level_of
from beichen.kernel.access.openid.consents import consented, consents_of, withdraw_consent
from beichen.kernel.access.openid.devices import allow as allow_device
from beichen.kernel.access.openid.devices import refuse as refuse_device
from beichen.kernel.access.openid.devices import shown as shown_user_code
from beichen.kernel.access.openid.devices import waiting
from beichen.kernel.access.openid.issuing import Granted, issuer
from beichen.kernel.access.openid.keys import rotate
from beichen.kernel.access.openid.logout import Leave, asked_to_leave, tell_due
from beichen.kernel.access.openid.parties import (
    DEMANDED,
    EDIT,
    READ,
    PartyFacts,
    change_party,
    find_party,
    parties,
    register_party,
    renew_secret,
    switch_party,
    uri_mistake,
)
from beichen.kernel.access.openid.scopes import ACTING_FOR, OFFLINE, OPENID, SCOPES, told_of
from beichen.kernel.access.openid.sessions import signed_in
from beichen.kernel.access.openid.tokens import prune
from beichen.problem import Problem

__all__ = [
    "ACTING_FOR",
    "DEMANDED",
    "EDIT",
    "OFFLINE",
    "OPENID",
    "READ",
    "SCOPES",
    "UNKNOWN",
    "UNMET",
    "Ask",
    "Granted",
    "Leave",
    "Need",
    "PartyFacts",
    "RefusedError",
    "allow",
    "allow_device",
    "asked",
    "asked_to_leave",
    "change_party",
    "consented",
    "consents_of",
    "deny",
    "find_party",
    "granted_by",
    "issuer",
    "level_of",
    "look",
    "missing_consent",
    "missing_level",
    "needed",
    "parties",
    "prune",
    "refuse_device",
    "refused",
    "register_party",
    "renew_secret",
    "rotate",
    "shown_user_code",
    "signed_in",
    "switch_party",
    "tell_due",
    "told_of",
    "uri_mistake",
    "waiting",
    "withdraw_consent",
    "without_asking",
]


def look() -> Iterator[Problem]:
    """What `beichen doctor` says of signing in to systems."""
    yield from keys.look()
    yield from party_rows.look()
