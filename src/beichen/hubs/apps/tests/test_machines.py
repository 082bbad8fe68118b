"""What programs ask: discovery, keys, a client's own tokens, what a token is, taking one back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from beichen.hubs.apps.tests.conftest import BY, Browser, System, system_of
from beichen.kernel.access import service as access
from beichen.kernel.access.models import Account, SigningKey
from beichen.kernel.access.models import Client as Machine
from beichen.kernel.access.openid import keys
from beichen.kernel.access.openid.tokens import prune
from beichen.kernel.audit.models import AuditRecord
from beichen.kernel.levels import Level
from beichen.kernel.org.models import Body
from beichen.settings import settings

pytestmark = pytest.mark.django_db


class _Named:
    """Stands for a relying party's row where only its key is asked for."""

    def __init__(self, key: str) -> None:
        self.key = key


def machine(key: str = "pumps", role: str = "administrator") -> System:
    """A client that acts for itself, with its key as its secret."""
    row: Any = _Named(key)
    return System(row, access.create_client(key, "Pumps", role, by=BY, body=Body.objects.get(key="water")))


def test_the_provider_says_what_it_is(account: Account) -> None:
    """Every address that it names is one of ours, and answers."""
    found = Client().get("/o/.well-known/openid-configuration")
    told = found.json()
    assert told == Client().get("/.well-known/oauth-authorization-server/o").json()
    assert found["Access-Control-Allow-Origin"] == "*"
    assert told["issuer"] == f"{settings().public}/o"
    for name, address in told.items():
        if name.endswith(("_endpoint", "_uri")):
            assert Client().get(address.removeprefix(settings().public)).status_code not in {404, 500}, name
    assert told["code_challenge_methods_supported"] == ["S256"]
    assert "none" not in told["id_token_signing_alg_values_supported"]


def test_a_page_of_any_origin_may_call_what_looks_at_no_cookie(account: Account) -> None:
    answer = Client().options("/o/token")
    assert (answer.status_code, answer["Access-Control-Allow-Origin"]) == (204, "*")
    assert "Access-Control-Allow-Credentials" not in answer


def test_a_clients_token_acts_as_its_key_does(account: Account) -> None:
    """In its role, wherever its key does; neither needs the other."""
    pumps = machine()
    answer = pumps.post("token", grant_type="client_credentials")
    told = answer.json()
    assert (answer.status_code, told["token_type"], "refresh_token" in told) == (200, "Bearer", False)
    for credential in (told["access_token"], pumps.secret):
        reached = Client().get("/api/devices", headers={"Authorization": f"Bearer {credential}"})
        assert reached.status_code == 200
    assert Client().get("/api/devices", headers={"Authorization": "Bearer o.x"}).status_code == 401
    assert AuditRecord.objects.filter(actor="client:pumps", action="access.token.issue").count() == 1


def test_a_clients_token_ends_with_the_client(account: Account) -> None:
    """Switched off is switched off."""
    token = machine().post("token", grant_type="client_credentials").json()["access_token"]
    Machine.objects.update(is_active=False)
    assert Client().get("/api/devices", headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_who_signs_people_in_gets_no_token_for_itself_and_the_other_way_round(
    browser: Browser, portal: System, app: System
) -> None:
    """A system is no client; a client is no system."""
    for it in (portal, app):
        assert it.post("token", grant_type="client_credentials").json()["error"] == "invalid_client"
    code = browser.code(portal)
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": "https://portal.example/signed-in",
    }
    assert machine().post("token", **form).json()["error"] == "unauthorized_client"
    assert portal.post("token", grant_type="password", username="an", password="x").status_code == 400


def test_a_system_asks_what_its_own_tokens_are(browser: Browser, portal: System, app: System) -> None:
    """Of others' it learns nothing; a client with the right learns of all."""
    tokens = browser.tokens(portal)
    told = portal.post("introspect", token=tokens["access_token"]).json()
    assert (told["active"], told["client_id"], told["scope"]) == (True, "portal", "openid profile")
    other = system_of("clinic", body="health")
    for it in (other, app, machine("gate", "officer")):
        assert it.post("introspect", token=tokens["access_token"]).json() == {"active": False}
    access.save_role("inspector", "核验", ["access.token.inspect"], Level.L2, by=BY)
    assert machine("inspector", "inspector").post("introspect", token=tokens["access_token"]).json()["active"]
    assert System(portal.row, "wrong").post("introspect", token=tokens["access_token"]).status_code == 401


def test_a_token_is_taken_back(browser: Browser, portal: System) -> None:
    """An access token alone; with a refresh token the whole sign-in; of another system nothing."""
    tokens = browser.tokens(portal)
    other = system_of("clinic", body="health")
    assert other.post("revoke", token=tokens["access_token"]).status_code == 200
    assert portal.userinfo(tokens["access_token"]).status_code == 200
    assert portal.post("revoke", token=tokens["access_token"]).status_code == 200
    assert portal.userinfo(tokens["access_token"]).status_code == 401
    fresh = portal.refresh(tokens["refresh_token"]).json()
    assert portal.post("revoke", token=fresh["refresh_token"]).status_code == 200
    assert portal.userinfo(fresh["access_token"]).status_code == 401
    assert portal.post("revoke", token="o.unknown").status_code == 200
    assert portal.post("revoke").status_code == 400


def test_a_new_key_signs_and_the_old_one_is_still_known(browser: Browser, portal: System) -> None:
    """What was signed before is read after; the private part is nowhere in the clear."""
    before = browser.tokens(portal)["id_token"]
    row = keys.rotate(by=BY)
    after = browser.tokens(portal)["id_token"]
    assert {len(Client().get("/o/jwks").json()["keys"])} == {2}
    assert portal.read(before)["sub"] == portal.read(after)["sub"]
    assert f'"{row.kid}"' not in row.private
    assert all(
        set(key) <= {"kty", "n", "e", "kid", "use", "alg"} for key in Client().get("/o/jwks").json()["keys"]
    )


def test_keys_long_over_are_forgotten(account: Account) -> None:
    """Two days after they were replaced."""
    keys.rotate(by=BY)
    keys.rotate(by=BY)
    SigningKey.objects.filter(until__isnull=False).update(until="2020-01-01T00:00:00Z")
    assert len(keys.published()["keys"]) == 1
    keys.rotate(by=BY)
    assert SigningKey.objects.count() == 2


def test_a_changed_secret_is_said_not_hidden(
    browser: Browser, portal: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever changes BEICHEN_SECRET_KEY must rotate; nobody gets a token that nobody can check."""
    code = browser.code(portal)
    keys.sign({})
    chosen = replace(settings(), secret_key="another secret that is long enough, 32")
    monkeypatch.setattr("beichen.kernel.access.openid.keys.settings", lambda: chosen)
    answer = portal.exchange(code)
    assert (answer.status_code, answer.json()["error"]) == (503, "server_error")
    assert "ACC-501" in answer.json()["error_description"]
    keys.rotate(by=BY)
    assert portal.exchange(code).status_code == 200  # nothing of the failed call was kept, the code neither


def test_what_is_long_over_is_forgotten(browser: Browser, portal: System) -> None:
    """Tokens after a day, sign-ins after forty."""
    browser.tokens(portal)
    assert prune() == 0
    row = portal.row.sign_ons.get()
    row.tokens.update(until="2020-01-01T00:00:00Z")
    assert prune() == 2
    portal.row.sign_ons.update(began_at="2020-01-01T00:00:00Z")
    assert prune() == 1
