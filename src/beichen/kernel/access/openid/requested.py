"""The ``claims`` parameter of a request (OpenID Connect Core 5.5): single claims, by name.

A claim that is asked for by name asks for the scope that tells it, with that scope's level and consent. What
can be essential is the level of the sign-in (``acr``) and what is known of the person (``verified_claims``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from beichen.kernel.access.openid.assurance import VERIFIED, allowed_values
from beichen.kernel.access.openid.scopes import SCOPES

PLACES = ("userinfo", "id_token")
MOST = 40  # members of one place
_NUL = "\\u0000"  # no database keeps it
Claims = dict[str, dict[str, Any]]


def read_claims(text: str) -> Claims:
    """The parameter's two members. Raises ValueError for what is no such object."""
    if not text:
        return {}
    told = orjson.loads(text)
    if not isinstance(told, dict) or _NUL in text:
        raise ValueError("no object")
    found: Claims = {}
    for place in PLACES:
        named = told.get(place)
        if named is None:
            continue
        if not isinstance(named, dict) or len(named) > MOST:
            raise ValueError(place)
        found[place] = named
    return found


def scopes_asked(claims: Claims) -> list[str]:
    """The scopes that tell what was asked for by name."""
    named = {name for place in claims.values() for name in place}
    return [key for key, kind in SCOPES.items() if named & set(kind.claims) - {"sub"}]


def essential_acr(claims: Mapping[str, Mapping[str, Any]]) -> list[str] | None:
    """The levels of the sign-in of which one must be reached; None where none must."""
    asked = claims.get("id_token", {}).get("acr")
    if not isinstance(asked, dict) or asked.get("essential") is not True:
        return None
    values = [value for value in allowed_values(asked) if isinstance(value, str)]
    return values or None


def verified_asked(claims: Mapping[str, Mapping[str, Any]]) -> list[Any]:
    """What was asked of ``verified_claims``, in either place."""
    return [place[VERIFIED] for place in claims.values() if VERIFIED in place]
