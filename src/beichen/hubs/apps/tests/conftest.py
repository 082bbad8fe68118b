"""A house with two systems and a person, and a browser of Django's that plays the person."""

from __future__ import annotations

import base64
import hashlib
import html
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from django.core.cache import cache
from django.test import Client
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from beichen.kernel.access.models import Account, RelyingParty
from beichen.kernel.access.openid import keys
from beichen.kernel.access.openid.keys import forget_keys
from beichen.kernel.access.openid.parties import PartyFacts, register_party
from beichen.kernel.access.rates import forget_rates
from beichen.kernel.access.service import create_account, load_roles
from beichen.kernel.actor import system
from beichen.kernel.org.service import BodyFacts, RegionFacts, load_bodies, load_regions, register_person

BY = system("test")
PASSWORD = "correct horse battery"
BACK = "https://portal.example/signed-in"
VERIFIER = "a-verifier-that-is-long-enough-to-be-one-0123456789"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
ALL = ("openid", "profile", "posts", "acting_for", "email", "phone", "offline_access")


def facts(key: str = "portal", **changes: Any) -> PartyFacts:
    """What a system states of itself."""
    stated: dict[str, Any] = {
        "name": "水费查询",
        "name_en": "Water bills",
        "purpose": "查询本人水费账单",
        "purpose_en": "To show your bills",
        "body": "water",
        "redirect_uris": (BACK,),
        "scopes": ALL,
        "logout_uris": ("https://portal.example/bye",),
    }
    return PartyFacts(key, **{**stated, **changes})


@dataclass
class System:
    """A registered system with its secret, as it speaks to the provider."""

    row: RelyingParty
    secret: str
    client: Client = field(default_factory=Client)

    def post(self, path: str, **form: str) -> Any:
        """A call to an endpoint, with the secret by HTTP Basic where there is one."""
        headers = {}
        if self.secret:
            pair = base64.b64encode(f"{self.row.key}:{self.secret}".encode()).decode()
            headers["Authorization"] = f"Basic {pair}"
        else:
            form = {"client_id": self.row.key, **form}
        return self.client.post(
            f"/o/{path}", urlencode(form), content_type="application/x-www-form-urlencoded", headers=headers
        )

    def exchange(self, code: str, **changes: str) -> Any:
        """A code for tokens."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": BACK,
            "code_verifier": VERIFIER,
        }
        return self.post("token", **{key: value for key, value in {**form, **changes}.items() if value})

    def refresh(self, token: str, **more: str) -> Any:
        """A refresh token for the next."""
        return self.post("token", grant_type="refresh_token", refresh_token=token, **more)

    def userinfo(self, token: str) -> Any:
        """What it is told of the person."""
        return self.client.get("/o/userinfo", headers={"Authorization": f"Bearer {token}"})

    def read(self, token: str) -> dict[str, Any]:
        """The claims of an ID token, checked by the published keys."""
        keys = KeySet.import_key_set(self.client.get("/o/jwks").json())
        return dict(jwt.decode(token, keys, algorithms=["RS256"]).claims)


def address_in(answer: Any) -> str:
    """Where an answer leads: by a redirect, or by the page that leads away."""
    if "Location" in answer:
        return str(answer["Location"])
    found = re.search(r'http-equiv="refresh"\s+content="0;url=([^"]*)"', answer.content.decode())
    assert found is not None, answer.content.decode()[:2000]
    return html.unescape(found[1])


def said_at(address: str) -> dict[str, str]:
    """The parameters of an address."""
    return dict(parse_qsl(urlsplit(address).query))


class Browser(Client):
    """A person's browser."""

    def sign_in(self, name: str = "an", password: str = PASSWORD) -> None:
        """By the form, so that the session knows how."""
        self.post("/account/login/", {"login": name, "password": password})
        assert "_auth_user_id" in self.session

    def ask(self, party: System, **changes: str) -> Any:
        """A system sends the browser to the provider."""
        asked = {
            "client_id": party.row.key,
            "redirect_uri": BACK,
            "response_type": "code",
            "scope": "openid profile",
            "state": "xyz",
            "nonce": "n-1",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        }
        query = {key: value for key, value in {**asked, **changes}.items() if value}
        return self.get(f"/o/authorize?{urlencode(query)}")

    def answer(
        self, page: Any, *, allow: bool = True, scopes: tuple[str, ...] = (), acting_for: str = ""
    ) -> Any:
        """Answer the page of consent."""
        found = re.search(
            r'<form class="form card"\s+method="post"\s+action="([^"]*)"', page.content.decode()
        )
        assert found is not None, page.content.decode()[:2000]
        form = {"answer": "allow" if allow else "deny", "scope": list(scopes), "acting_for": acting_for}
        return self.post(html.unescape(found[1]), form)

    def code(
        self, party: System, *, scopes: tuple[str, ...] = (), acting_for: str = "", **changes: str
    ) -> str:
        """A code, by way of consent where it is asked for."""
        page = self.ask(party, **changes)
        if b'name="answer"' in page.content:
            page = self.answer(page, scopes=scopes, acting_for=acting_for)
        return said_at(address_in(page))["code"]

    def tokens(
        self, party: System, *, scopes: tuple[str, ...] = (), acting_for: str = "", **changes: str
    ) -> Any:
        """Tokens of a whole sign-in."""
        answer = party.exchange(self.code(party, scopes=scopes, acting_for=acting_for, **changes))
        assert answer.status_code == 200, answer.content
        return answer.json()


_made: list[RSAKey] = []


@pytest.fixture(autouse=True)
def _keys_are_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The house's keys take a tenth of a second each: a test has those of the one before, never one twice."""
    make, number = keys._new_key, itertools.count()

    def given() -> RSAKey:
        at = next(number)
        if at == len(_made):
            _made.append(make())
        return _made[at]

    monkeypatch.setattr(keys, "_new_key", given)


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    for forget in (cache.clear, forget_rates, forget_keys):
        forget()
    yield
    for forget in (cache.clear, forget_rates, forget_keys):
        forget()


@pytest.fixture
def account(db: None) -> Account:
    """Somebody with a telephone and a mail address."""
    load_roles(by=BY)
    load_regions(
        [RegionFacts("220000", "吉林省", "province"), RegionFacts("220100", "长春市", "city", "220000")],
        by=BY,
    )
    load_bodies(
        [BodyFacts("water", "水务局", region="220100"), BodyFacts("health", "卫健委", region="220100")], by=BY
    )
    person = register_person("安", phone="+8613900000000", email="an@city.example", by=BY)
    return create_account("an", PASSWORD, person, by=BY)


def system_of(key: str = "portal", **changes: Any) -> System:
    """Register a system."""
    row, secret = register_party(facts(key, **changes), by=BY)
    return System(row, secret)


@pytest.fixture
def portal(account: Account) -> System:
    """A system of the water bureau that keeps a secret."""
    return system_of()


@pytest.fixture
def app(account: Account) -> System:
    """A system without a secret."""
    return system_of("app", is_public=True)


@pytest.fixture
def browser(account: Account) -> Browser:
    """Signed in by a password."""
    browser = Browser()
    browser.sign_in()
    return browser
