"""Signing in by another provider: what is believed, who is who, what is refused.

The other provider is a small server that signs whatever a test wants; `tests/openid` uses a whole house.
"""

from __future__ import annotations

import base64
import hmac
import json
import threading
import time
from collections.abc import Iterator
from functools import cache
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from django.test import Client
from joserfc import jwt
from joserfc.jwk import RSAKey

from beichen.kernel.access.assuring import assurance_of
from beichen.kernel.access.identity import Assurance
from beichen.kernel.access.models import Account, UpstreamIdentity
from beichen.kernel.access.rates import forget_rates
from beichen.kernel.access.service import create_account, load_roles
from beichen.kernel.access.upstream import client as upstream_client
from beichen.kernel.actor import system
from beichen.kernel.audit.models import AuditRecord
from beichen.kernel.org.service import actor_of, register_person
from beichen.problem import ProblemError
from beichen.settings import read_settings, settings

pytestmark = pytest.mark.django_db
BY = system("test")
PASSWORD = "correct horse battery"


@cache
def signing_key() -> RSAKey:
    """The key of every provider here: one takes a tenth of a second to make."""
    return RSAKey.generate_key(2048, parameters={"use": "sig", "alg": "RS256"}, auto_kid=True)


class Provider:
    """Another provider; ``changes`` to the claims, ``sign`` of them, ``metadata`` of it."""

    def __init__(self) -> None:
        self.key = signing_key()
        self.claims: dict[str, Any] = {"sub": "person-1"}
        self.metadata: dict[str, Any] = {}
        self.calls: list[dict[str, str]] = []
        self.nonce = ""
        self.sign = self.rightly
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def _send(self, document: Any) -> None:
                body = json.dumps(document).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self) -> None:
                is_keys = self.path == "/keys"
                self._send({"keys": [outer.key.as_dict(private=False)]} if is_keys else outer.document())

            def do_POST(self) -> None:
                form = self.rfile.read(int(self.headers["Content-Length"])).decode()
                outer.calls.append(dict(parse_qsl(form)))
                self._send(
                    {"access_token": "x", "token_type": "Bearer", "id_token": outer.sign(outer.said())}
                )

            def log_message(self, *_args: Any) -> None:
                """Quiet."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def document(self) -> dict[str, Any]:
        """Its metadata."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "id_token_signing_alg_values_supported": ["RS256"],
            **self.metadata,
        }

    def said(self) -> dict[str, Any]:
        """The claims of its statement."""
        now = int(time.time())
        common = {"iss": self.issuer, "aud": "house", "iat": now, "exp": now + 60, "nonce": self.nonce}
        return {**common, **self.claims}

    def rightly(self, claims: dict[str, Any]) -> str:
        """Signed as it should be."""
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, self.key)


@pytest.fixture
def provider(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    found = Provider()
    load_roles(by=BY)
    for name, value in {
        "ISSUER": found.issuer,
        "CLIENT_ID": "house",
        "CLIENT_SECRET": "s",
        "NAME": "市统一认证",
    }.items():
        monkeypatch.setenv(f"BEICHEN_OIDC_{name}", value)
    for forget in (settings.cache_clear, upstream_client._client.cache_clear, forget_rates):
        forget()
    yield found
    found.server.shutdown()
    found.server.server_close()
    monkeypatch.undo()
    settings.cache_clear()


def begin(browser: Client, provider: Provider, **query: str) -> dict[str, str]:
    """To the provider; what it was asked."""
    answer = browser.get(f"/account/upstream?{urlencode(query)}")
    assert answer.status_code == 302, answer.content.decode()[-900:]
    assert answer["Location"].startswith(f"{provider.issuer}/authorize?")
    asked = dict(parse_qsl(urlsplit(answer["Location"]).query))
    provider.nonce = asked["nonce"]
    return asked


def come_back(browser: Client, asked: dict[str, str], **changes: str) -> Any:
    """Back from it with a code."""
    return browser.get(
        f"/account/upstream/callback?{urlencode({'code': 'c', 'state': asked['state'], **changes})}"
    )


def visit(browser: Client, provider: Provider, **query: str) -> Any:
    """There and back."""
    return come_back(browser, begin(browser, provider, **query))


def test_the_provider_is_asked_as_it_should_be(provider: Provider) -> None:
    """With PKCE, state and nonce; the verifier goes to it alone."""
    browser = Client()
    assert "市统一认证" in browser.get("/account/login/").content.decode()
    asked = begin(browser, provider)
    assert (asked["code_challenge_method"], asked["scope"], asked["client_id"]) == ("S256", "openid", "house")
    come_back(browser, asked)
    assert len(provider.calls[0]["code_verifier"]) >= 43


def test_who_is_not_known_gets_what_the_public_has(provider: Provider) -> None:
    """The same account each time, without a person; a mail address links nothing."""
    person = register_person("安", email="an@city.example", by=BY)
    an = create_account("an", PASSWORD, person, by=BY)
    Account.objects.update(email="an@city.example")
    provider.claims |= {"email": "an@city.example", "email_verified": True, "preferred_username": "an"}
    browser = Client()
    answer = visit(browser, provider, next="/me")
    assert (answer.status_code, answer["Location"]) == (302, "/me")
    account = Account.objects.exclude(pk=an.pk).get()
    assert browser.session["_auth_user_id"] == str(account.pk)
    assert (account.person, account.has_usable_password()) == (None, False)
    visit(Client(), provider)
    assert Account.objects.count() == 2
    assert browser.get("/relying-parties").status_code == 403


def test_an_account_is_linked_from_within(provider: Provider) -> None:
    """Who is signed in says so; from then on the provider signs in to it."""
    account = create_account("an", PASSWORD, register_person("安", by=BY), by=BY)
    browser = Client()
    browser.post("/account/login/", {"login": "an", "password": PASSWORD})
    assert visit(browser, provider, link="1")["Location"] == "/"
    assert UpstreamIdentity.objects.get().account == account
    stranger = Client()
    visit(stranger, provider)
    assert stranger.session["_auth_user_id"] == str(account.pk)
    assert AuditRecord.objects.filter(action="access.identity.link").count() == 1
    assert account.person is not None
    assert assurance_of(actor_of(account.person)) == Assurance.SELF_STATED  # it did not say how well


SPEAKS = {"verified_claims_supported": True, "claims_parameter_supported": True}


def verified(level: str, name: str = "安宁") -> dict[str, Any]:
    """What a provider that speaks Identity Assurance says of somebody."""
    about = {"trust_framework": "nist_800_63A", "assurance_level": level}
    return {"verified_claims": {"verification": about, "claims": {"name": name}}}


def linked(provider: Provider) -> Account:
    """An account, after it was linked by what the provider says."""
    account = create_account("an", PASSWORD, register_person("安", by=BY), by=BY)
    browser = Client()
    browser.post("/account/login/", {"login": "an", "password": PASSWORD})
    assert visit(browser, provider, link="1")["Location"] == "/"
    account = Account.objects.select_related("person").get(pk=account.pk)
    assert account.person is not None
    return account


@pytest.mark.parametrize(
    ("level", "found"),
    [
        ("ial1", Assurance.SELF_STATED),
        ("substantial", Assurance.WINDOW),
        ("ial2", Assurance.WINDOW),
        ("ial3", Assurance.UPSTREAM),
        ("high", Assurance.UPSTREAM),
        ("platinum", Assurance.SELF_STATED),
    ],
)
def test_a_provider_says_how_well_it_knows_somebody(provider: Provider, level: str, found: Assurance) -> None:
    """It is asked in the standard's words; what it verified counts, with the name that it verified."""
    provider.metadata |= SPEAKS
    provider.claims |= verified(level)
    assert "assurance_level" in begin(Client(), provider)["claims"]
    person = linked(provider).person
    assert person is not None
    assert assurance_of(actor_of(person)) == found
    assert person.name == ("安" if found == Assurance.SELF_STATED else "安宁")


def test_what_it_learnt_since_counts_at_the_next_sign_in(provider: Provider) -> None:
    """Once: signing in again keeps no second row."""
    account = linked(provider)
    assert account.person is not None
    provider.claims |= verified("ial2")
    for _ in range(2):
        visit(Client(), provider)
    row = account.person.identity_checks.get()
    assert (row.level, row.name, row.checked_by) == ("window", "安宁", "system:upstream")


@pytest.mark.parametrize(
    "told",
    [
        7,
        [],
        {},
        {"verification": 7, "claims": {}},
        {"verification": {"assurance_level": []}, "claims": {"name": 1}},
    ],
)
def test_what_is_not_the_standards_form_verifies_nothing(provider: Provider, told: Any) -> None:
    provider.claims |= {"verified_claims": told}
    person = linked(provider).person
    assert person is not None
    assert assurance_of(actor_of(person)) == Assurance.SELF_STATED


def test_a_city_may_say_what_its_provider_is_worth(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of whom it says nothing in the standard's words."""
    monkeypatch.setenv("BEICHEN_OIDC_ASSURANCE", "high")
    settings.cache_clear()
    provider.claims |= {"name": "安宁"}
    person = linked(provider).person
    assert person is not None
    assert (assurance_of(actor_of(person)), person.name) == (Assurance.UPSTREAM, "安宁")


def test_an_identity_signs_in_to_one_account(provider: Provider) -> None:
    """Somebody else's cannot be taken (ACC-524), nor does it change who is signed in (ACC-523)."""
    visit(Client(), provider)
    create_account("an", PASSWORD, register_person("安", by=BY), by=BY)
    browser = Client()
    browser.post("/account/login/", {"login": "an", "password": PASSWORD})
    before = browser.session["_auth_user_id"]
    taken = visit(browser, provider, link="1")
    assert (taken.status_code, "ACC-524" in taken.content.decode()) == (409, True)
    other = visit(browser, provider)
    assert (other.status_code, "ACC-523" in other.content.decode()) == (403, True)
    assert browser.session["_auth_user_id"] == before


def flat(content: bytes) -> str:
    """Base64 as in a JWT."""
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def by_hand(header: dict[str, str], claims: dict[str, Any], secret: bytes = b"") -> str:
    """A JWT as no library would make it: unsigned, or with the public key for a secret."""
    text = f"{flat(json.dumps(header).encode())}.{flat(json.dumps(claims).encode())}"
    return f"{text}.{flat(hmac.digest(secret, text.encode(), 'sha256')) if secret else ''}"


def forge_none(provider: Provider) -> None:
    provider.sign = lambda claims: by_hand({"alg": "none"}, claims)


def forge_secret(provider: Provider) -> None:
    pem = provider.key.as_pem(private=False)
    provider.sign = lambda claims: by_hand({"alg": "HS256", "kid": str(provider.key.kid)}, claims, pem)


def forge_key(provider: Provider) -> None:
    own = RSAKey.generate_key(2048)
    provider.sign = lambda claims: jwt.encode({"alg": "RS256", "kid": provider.key.kid}, claims, own)


def says(**claims: Any) -> Any:
    def change(provider: Provider) -> None:
        provider.claims |= claims

    return change


@pytest.mark.parametrize(
    "change",
    [
        forge_none,
        forge_secret,
        forge_key,
        says(iss="https://evil.example"),
        says(aud="another"),
        says(nonce="another"),
        says(nonce=None),
        says(exp=1),
        says(sub=""),
        says(sub="x" * 256),
        says(sub=7),
    ],
)
def test_what_cannot_be_believed_signs_nobody_in(provider: Provider, change: Any) -> None:
    """Nor leaves anything (ACC-523)."""
    change(provider)
    browser = Client()
    answer = visit(browser, provider)
    assert (answer.status_code, "ACC-523" in answer.content.decode()) == (403, True)
    assert "_auth_user_id" not in browser.session
    assert not Account.objects.exists()


@pytest.mark.parametrize(
    "changes", [{"state": "another"}, {"iss": "https://evil.example"}, {"error": "access_denied"}]
)
def test_an_answer_to_another_question_is_none(provider: Provider, changes: dict[str, str]) -> None:
    """A planted answer, a mix-up of providers, a refusal."""
    browser = Client()
    answer = come_back(browser, begin(browser, provider), **changes)
    assert (answer.status_code, "_auth_user_id" in browser.session) == (403, False)


def test_an_answer_counts_once_and_in_its_own_browser(provider: Provider) -> None:
    browser = Client()
    asked = begin(browser, provider)
    assert come_back(Client(), asked).status_code == 403
    assert come_back(browser, asked).status_code == 302
    assert come_back(browser, asked).status_code == 403


def test_a_provider_that_should_say_its_name_must(provider: Provider) -> None:
    """RFC 9207."""
    provider.metadata["authorization_response_iss_parameter_supported"] = True
    browser = Client()
    asked = begin(browser, provider)
    assert come_back(browser, asked).status_code == 403
    assert come_back(browser, asked, iss=provider.issuer).status_code == 302


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_nobody_is_led_elsewhere_after(provider: Provider, target: str) -> None:
    assert visit(Client(), provider, next=target)["Location"] == "/"


def test_another_name_than_the_settings_say_is_refused(provider: Provider) -> None:
    provider.metadata["issuer"] = "https://evil.example"
    assert Client().get("/account/upstream").status_code == 403


def test_a_provider_that_is_away_is_said_to_be(provider: Provider) -> None:
    """ACC-522; the password still works."""
    provider.server.shutdown()
    provider.server.server_close()
    answer = Client().get("/account/upstream")
    assert (answer.status_code, "ACC-522" in answer.content.decode()) == (503, True)


def test_without_one_there_is_no_such_door(db: None) -> None:
    """ACC-521, and no button."""
    assert "ACC-521" in Client().get("/account/upstream").content.decode()
    assert "/account/upstream" not in Client().get("/account/login/").content.decode()


def test_how_the_provider_saw_them_goes_on_to_systems(provider: Provider) -> None:
    """Two steps there are two steps here."""
    from django.test import RequestFactory

    from beichen.kernel.access.openid.sessions import signed_in

    provider.claims |= {"amr": ["pwd", "otp", "mfa", "x" * 50, 7]}
    browser = Client()
    visit(browser, provider)
    request = RequestFactory().get("/")
    request.session = browser.session
    found = signed_in(request, Account.objects.get())
    assert (found.acr, found.amr) == ("urn:beichen:acr:2", ("fed", "pwd", "otp", "mfa"))


def test_its_settings_go_together(tmp_path: Path) -> None:
    """Half of them is a mistake (SET-002); production wants https (SET-003)."""
    for name, value in (("BEICHEN_OIDC_ISSUER", "https://id.example"), ("BEICHEN_OIDC_CLIENT_ID", "house")):
        with pytest.raises(ProblemError) as error:
            read_settings({name: value}, tmp_path)
        assert error.value.problems[0].code == "SET-002"
    with pytest.raises(ProblemError, match="oidc_assurance is 'gold'"):
        read_settings({"BEICHEN_OIDC_ASSURANCE": "gold"}, tmp_path)
    chosen = {
        "BEICHEN_OIDC_ISSUER": "http://id.example",
        "BEICHEN_OIDC_CLIENT_ID": "house",
        "BEICHEN_ENVIRONMENT": "production",
        "BEICHEN_SECRET_KEY": "x" * 40,
        "BEICHEN_PUBLIC_URL": "https://city.example",
    }
    problems = read_settings(chosen, tmp_path).production_problems()
    assert [problem.where.field for problem in problems] == ["oidc_issuer"]
