"""Somebody in their browser, and the system to which they sign in."""

from __future__ import annotations

from importlib import import_module
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import requests
from authlib.integrations.requests_client import OAuth2Session
from django.conf import settings

from beichen.kernel.access.openid.parties import PartyFacts, register_party
from tests.openid.person import Person
from tests.openid.systems import BACK, BY, checked, metadata_of, session

BYE = "https://bills.example/bye"
SCOPES = ("openid", "profile", "email", "phone", "offline_access")
Told = dict[str, str]


class Visit:
    """Somebody in their browser, and the system to which they sign in."""

    def __init__(self, house: str, key: str = "bills", **stated: Any) -> None:
        self.house, self.key = house, key
        facts = PartyFacts(key, "账单", "查询账单", "water", (BACK,), SCOPES, logout_uris=(BYE,), **stated)
        self.secret = register_party(facts, by=BY)[1]
        self.metadata = metadata_of(house)
        self.person = Person(house, "an", ("phone", "email", "offline_access"))

    def client(self, scope: str = "openid profile") -> OAuth2Session:
        """Authlib's session of the system."""
        return session(self.key, self.secret, scope)

    def address(self, **asked: str | None) -> str:
        """A request to sign in; a parameter that is None is left out."""
        usual = {
            "client_id": self.key,
            "redirect_uri": BACK,
            "response_type": "code",
            "scope": "openid profile",
            "state": "s-1",
            "nonce": "n-1",
        }
        query = {name: value for name, value in {**usual, **asked}.items() if value is not None}
        return f"{self.metadata['authorization_endpoint']}?{urlencode(query)}"

    def said(self, **asked: str | None) -> Told:
        """What comes back to the system; empty when nobody is sent to it."""
        return said_at(self.person.walk(self.address(**asked)))

    def tokens(self, **asked: str | None) -> dict[str, Any]:
        """A whole sign-in."""
        said = self.said(**asked)
        assert said.get("state") == asked.get("state", "s-1"), said
        return self.exchanged(said["code"])

    def exchanged(self, code: str, **more: str) -> dict[str, Any]:
        """A code for tokens, by Authlib. Raises OAuthError."""
        place = self.metadata["token_endpoint"]
        return dict(self.client().fetch_token(place, code=code, redirect_uri=BACK, **more))

    def userinfo(self, token: str) -> requests.Response:
        """What the token tells."""
        headers = {"Authorization": f"Bearer {token}"}
        return requests.get(self.metadata["userinfo_endpoint"], headers=headers, timeout=60)

    def claims(self, tokens: dict[str, Any], nonce: str = "n-1") -> Any:
        """The ID token's, checked by Authlib."""
        return checked(self.house, tokens["id_token"], self.key, nonce)

    def grow_old(self, seconds: int) -> None:
        """Let the sign-in of the browser be so long ago."""
        store = import_module(settings.SESSION_ENGINE).SessionStore
        kept = store(session_key=self.person.browser.cookies[settings.SESSION_COOKIE_NAME])
        for record in kept["account_authentication_methods"]:
            record["at"] -= seconds
        kept.save()

    def leave(self, **asked: str) -> str:
        """Where the browser ends that a system sends to sign out; the person says yes when they are asked."""
        landed = self.person.walk(f"{self.metadata['end_session_endpoint']}?{urlencode(asked)}")
        return self.person.say_yes(landed) if urlsplit(landed).path == "/o/logout" else landed

    @property
    def is_signed_in(self) -> bool:
        """Whether the house still knows the browser."""
        return self.person.browser.get("/me").status_code == 200


def said_at(address: str) -> Told:
    """The parameters at the system's address; empty for another address."""
    return dict(parse_qsl(urlsplit(address).query)) if address.startswith(f"{BACK}?") else {}
