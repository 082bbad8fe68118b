"""Scopes, and the claims that each discloses: what is asked on the consent page and told at userinfo.

The claims are the standards' (OpenID Connect Core 5.1, Identity Assurance 1.0) but for ``posts`` and
``acting_for``. A scope has the level of its data: L3 is told only with the person's consent, whoever asks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from beichen.kernel.access.identity import AccountContact
from beichen.kernel.access.openid.assurance import VERIFIED, verified
from beichen.kernel.levels import Level
from beichen.kernel.org.models import Person
from beichen.kernel.org.service import posts_of

OPENID, OFFLINE, ACTING_FOR, IDENTITY = "openid", "offline_access", "acting_for", "identity"


def _name(person: Person) -> dict[str, Any]:
    return {"name": person.name}


def _posts(person: Person) -> dict[str, Any]:
    held = [
        {
            "role": post.role,
            "title": post.title,
            "body": post.body.key,
            "body_name": post.body.name,
            "region": post.region.code,
        }
        for post in posts_of(person)
    ]
    return {"posts": held}


def _is_confirmed(person: Person, address: str) -> bool:
    """Whether the person showed by a code that they receive what is sent there."""
    return AccountContact.objects.filter(address=address, account__person=person).exists()


def _email(person: Person) -> dict[str, Any]:
    if not person.email:
        return {}
    return {"email": person.email, "email_verified": _is_confirmed(person, person.email.lower())}


def _phone(person: Person) -> dict[str, Any]:
    if not person.phone:
        return {}
    return {"phone_number": person.phone, "phone_number_verified": _is_confirmed(person, person.phone)}


def _identity(person: Person) -> dict[str, Any]:
    found = verified(person)
    return {VERIFIED: found} if found else {}


def _nothing(person: Person) -> dict[str, Any]:
    return {}


@dataclass(frozen=True, slots=True)
class ScopeKind:
    """What may be asked for: ``tells`` gives the claims of a person."""

    key: str
    level: Level
    claims: tuple[str, ...] = ()
    tells: Callable[[Person], dict[str, Any]] = _nothing


SCOPES: dict[str, ScopeKind] = {
    kind.key: kind
    for kind in (
        ScopeKind(OPENID, Level.L1, ("sub",)),
        ScopeKind("profile", Level.L2, ("name",), _name),
        ScopeKind(IDENTITY, Level.L2, (VERIFIED,), _identity),
        ScopeKind("posts", Level.L2, ("posts",), _posts),
        ScopeKind(ACTING_FOR, Level.L2, ("acting_for",)),
        ScopeKind("email", Level.L3, ("email", "email_verified"), _email),
        ScopeKind("phone", Level.L3, ("phone_number", "phone_number_verified"), _phone),
        ScopeKind(OFFLINE, Level.L1),
    )
}


def told_of(person: Person | None, scopes: Iterable[str]) -> dict[str, Any]:
    """The claims of a person within ``scopes``; of an account without a person there are none."""
    found: dict[str, Any] = {}
    if person is not None:
        for key in scopes:
            if key in SCOPES:
                found |= SCOPES[key].tells(person)
    return found


def must_be_asked(scopes: Iterable[str], *, is_trusted: bool) -> bool:
    """Whether the person is asked, who has consented to nothing yet."""
    return not is_trusted or any(SCOPES[key].level >= Level.L3 or key == OFFLINE for key in scopes)
