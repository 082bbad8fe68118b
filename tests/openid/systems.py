"""Systems that sign people in by Authlib, which is none of ours."""

from __future__ import annotations

from typing import Any

import requests
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from authlib.oidc.discovery import OpenIDProviderMetadata, get_well_known_url
from joserfc import jwt
from joserfc.jwk import KeySet

from beichen.kernel.access.openid.parties import PartyFacts, register_party
from beichen.kernel.actor import system
from tests.openid.person import Person

BY = system("test")
BACK = "https://bills.example/signed-in"
opened: list[OAuth2Session] = []
VERIFIER = "a-verifier-that-is-long-enough-to-be-one-0123456789"


def registered(key: str, **stated: Any) -> str:
    """A system; its secret."""
    scopes = stated.pop("scopes", ("openid", "profile", "phone", "offline_access"))
    return register_party(PartyFacts(key, "账单", "查询账单", "water", (BACK,), scopes, **stated), by=BY)[1]


def session(key: str, secret: str | None, scope: str = "openid profile phone") -> OAuth2Session:
    """Authlib's session of a system."""
    method = "client_secret_basic" if secret else "none"
    made = OAuth2Session(
        key,
        secret,
        scope=scope,
        redirect_uri=BACK,
        code_challenge_method="S256",
        token_endpoint_auth_method=method,
        revocation_endpoint_auth_method=method,
    )
    opened.append(made)
    return made


def metadata_of(house: str) -> OpenIDProviderMetadata:
    """What discovery says, checked by Authlib."""
    told = requests.get(get_well_known_url(f"{house}/o", external=True), timeout=60).json()
    metadata = OpenIDProviderMetadata(told)
    if house.startswith("https:"):
        metadata.validate()
    return metadata


def checked(house: str, token: str, key: str, nonce: str) -> CodeIDToken:
    """An ID token, checked by Authlib as its clients do."""
    keys = KeySet.import_key_set(requests.get(metadata_of(house)["jwks_uri"], timeout=60).json())
    decoded = jwt.decode(token, keys, algorithms=["RS256"])
    options = {"iss": {"value": f"{house}/o"}, "aud": {"value": key}}
    claims = CodeIDToken(decoded.claims, decoded.header, options, {"nonce": nonce, "client_id": key})
    claims.validate(leeway=5)
    return claims


def signed_in(house: str, system_: OAuth2Session, **more: str) -> dict[str, Any]:
    """A person signs in to the system: its tokens."""
    metadata = metadata_of(house)
    address, _state = system_.create_authorization_url(
        metadata["authorization_endpoint"], code_verifier=VERIFIER, nonce="n-1", **more
    )
    landed = Person(house, "an", ("phone", "offline_access")).go(address)
    token = system_.fetch_token(
        metadata["token_endpoint"], authorization_response=landed, code_verifier=VERIFIER
    )
    return dict(token)
