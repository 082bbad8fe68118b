"""Authlib, which is none of ours, signs people in here over HTTP: every flow of `docs/connect.md`."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from authlib.oidc.discovery import OpenIDProviderMetadata, get_well_known_url
from joserfc import jwt
from joserfc.jwk import KeySet
from pytest_django.live_server_helper import LiveServer

from beichen.kernel.access.openid.keys import forget_keys
from beichen.kernel.access.openid.parties import PartyFacts, register_party
from beichen.kernel.access.rates import forget_rates
from beichen.kernel.access.service import create_account, create_client, load_roles
from beichen.kernel.actor import system
from beichen.kernel.org.service import BodyFacts, load_bodies, register_person
from beichen.settings import settings
from tests.openid.person import PASSWORD, Person

pytestmark = pytest.mark.django_db(transaction=True)
BY = system("test")
BACK = "https://bills.example/signed-in"
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
_opened: list[OAuth2Session] = []
VERIFIER = "a-verifier-that-is-long-enough-to-be-one-0123456789"


@pytest.fixture
def house(live_server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A served house with a person `an` and two systems."""
    monkeypatch.setenv("BEICHEN_PUBLIC_URL", live_server.url)
    for forget in (settings.cache_clear, forget_keys, forget_rates):
        forget()
    load_roles(by=BY)
    load_bodies([BodyFacts("water", "水务局")], by=BY)
    person = register_person("安", phone="+8613900000000", by=BY)
    create_account("an", PASSWORD, person, by=BY)
    yield live_server.url
    while _opened:
        _opened.pop().close()
    monkeypatch.undo()
    for forget in (settings.cache_clear, forget_keys, forget_rates):
        forget()


def registered(key: str, **stated: Any) -> str:
    """A system; its secret."""
    scopes = ("openid", "profile", "phone", "offline_access")
    return register_party(PartyFacts(key, "账单", "查询账单", "water", (BACK,), scopes, **stated), by=BY)[1]


def session(key: str, secret: str | None, scope: str = "openid profile phone") -> OAuth2Session:
    """Authlib's session of a system."""
    method = "client_secret_basic" if secret else "none"
    opened = OAuth2Session(
        key,
        secret,
        scope=scope,
        redirect_uri=BACK,
        code_challenge_method="S256",
        token_endpoint_auth_method=method,
        revocation_endpoint_auth_method=method,
    )
    _opened.append(opened)
    return opened


def metadata_of(house: str) -> OpenIDProviderMetadata:
    """What discovery says, checked by Authlib."""
    told = requests.get(get_well_known_url(f"{house}/o", external=True), timeout=10).json()
    metadata = OpenIDProviderMetadata(told)
    if house.startswith("https:"):
        metadata.validate()
    return metadata


def checked(house: str, token: str, key: str, nonce: str) -> CodeIDToken:
    """An ID token, checked by Authlib as its clients do."""
    keys = KeySet.import_key_set(requests.get(metadata_of(house)["jwks_uri"], timeout=10).json())
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


@pytest.mark.parametrize("is_public", [False, True])
def test_code_with_pkce_refresh_and_userinfo(house: str, is_public: bool) -> None:
    """From discovery to the person's telephone number, and on with a refresh token."""
    secret = registered("bills", is_public=is_public)
    bills = session("bills", secret or None)
    token = signed_in(house, bills)
    claims = checked(house, token["id_token"], "bills", "n-1")
    metadata = metadata_of(house)
    told = bills.get(metadata["userinfo_endpoint"]).json()
    assert told == {
        "sub": claims["sub"],
        "name": "安",
        "phone_number": "+8613900000000",
        "phone_number_verified": False,
    }
    fresh = bills.refresh_token(metadata["token_endpoint"], token["refresh_token"])
    assert fresh["access_token"] != token["access_token"]
    assert bills.get(metadata["userinfo_endpoint"]).json()["sub"] == claims["sub"]
    with pytest.raises(OAuthError, match="invalid_grant"):
        bills.refresh_token(metadata["token_endpoint"], token["refresh_token"])


def test_introspection_revocation_and_leaving(house: str) -> None:
    """What a token is; that it is over; and out of everything."""
    secret = registered("bills", logout_uris=("https://bills.example/bye",))
    bills = session("bills", secret)
    token = signed_in(house, bills)
    metadata = metadata_of(house)
    place = metadata["introspection_endpoint"]
    assert bills.introspect_token(place, token=token["access_token"]).json()["active"]
    assert (
        bills.revoke_token(metadata["revocation_endpoint"], token=token["refresh_token"]).status_code == 200
    )
    assert bills.introspect_token(place, token=token["access_token"]).json() == {"active": False}
    query = {"id_token_hint": token["id_token"], "post_logout_redirect_uri": "https://bills.example/bye"}
    answer = requests.get(metadata["end_session_endpoint"], params=query, timeout=10, allow_redirects=False)
    assert answer.headers["Location"] == "https://bills.example/bye"


def test_a_program_acts_for_itself(house: str) -> None:
    """By a token for its key."""
    key = create_client("pumps", "Pumps", "administrator", by=BY)
    pumps, wrong = session("pumps", key, ""), session("pumps", "wrong", "")
    pumps.fetch_token(metadata_of(house)["token_endpoint"], grant_type="client_credentials")
    assert pumps.get(f"{house}/api/devices").status_code == 200
    with pytest.raises(OAuthError, match="invalid_client"):
        wrong.fetch_token(metadata_of(house)["token_endpoint"], grant_type="client_credentials")


def test_a_device_is_let_in(house: str) -> None:
    """It waits; somebody types its letters; it goes on."""
    registered("screen", is_public=True)
    screen = session("screen", None)
    metadata = metadata_of(house)
    form = {"client_id": "screen", "scope": "openid profile"}
    begun = requests.post(metadata["device_authorization_endpoint"], data=form, timeout=10).json()
    assert Person(house, "an").go(begun["verification_uri_complete"]) == metadata["issuer"] + "/device"
    token = screen.fetch_token(
        metadata["token_endpoint"], grant_type=DEVICE, device_code=begun["device_code"]
    )
    claims = checked(house, token["id_token"], "screen", "")
    assert claims["auth_time"] <= time.time()
