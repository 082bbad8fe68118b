"""Authlib, which is none of ours, signs people in here over HTTP: every flow of `docs/connect.md`."""

from __future__ import annotations

import json
import time

import pytest
import requests
from authlib.integrations.base_client.errors import OAuthError

from beichen.kernel.access.models import Account
from beichen.kernel.access.service import create_client, record_identity
from tests.openid.person import Person
from tests.openid.systems import BY, VERIFIER, checked, metadata_of, registered, session, signed_in

DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
pytestmark = pytest.mark.django_db(transaction=True)


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


def test_how_well_somebody_is_known(house: str) -> None:
    """Asked for in the words of Identity Assurance; an essential level is refused until it is there."""
    secret = registered("bank", scopes=("openid", "identity"))
    bank, metadata = session("bank", secret, "openid"), metadata_of(house)
    assert metadata["trust_frameworks_supported"] == ["urn:beichen:identity"]
    level = {"essential": True, "value": "substantial"}
    about = {"trust_framework": None, "assurance_level": level}
    asked = json.dumps({"id_token": {"verified_claims": {"verification": about, "claims": {"name": None}}}})
    address, _state = bank.create_authorization_url(
        metadata["authorization_endpoint"], code_verifier=VERIFIER, claims=asked
    )
    page = Person(house, "an").go(address)
    assert page.startswith(f"{house}/o/authorize"), "a page that says who can raise it, and no way on"
    person = Account.objects.get(username="an").person
    assert person is not None
    record_identity(person, "window", "护照 尾号 0000", by=BY, name="安")
    token = signed_in(house, bank, claims=asked)
    claims = checked(house, token["id_token"], "bank", "n-1")
    assert claims["verified_claims"] == {
        "verification": {"trust_framework": "urn:beichen:identity", "assurance_level": "substantial"},
        "claims": {"name": "安"},
    }
    assert (claims["acr"], claims["amr"]) == ("urn:beichen:acr:1", ["pwd"])


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
    answer = requests.get(metadata["end_session_endpoint"], params=query, timeout=60, allow_redirects=False)
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
    begun = requests.post(metadata["device_authorization_endpoint"], data=form, timeout=60).json()
    assert Person(house, "an").go(begun["verification_uri_complete"]) == metadata["issuer"] + "/device"
    token = screen.fetch_token(
        metadata["token_endpoint"], grant_type=DEVICE, device_code=begun["device_code"]
    )
    claims = checked(house, token["id_token"], "screen", "")
    assert claims["auth_time"] <= time.time()
