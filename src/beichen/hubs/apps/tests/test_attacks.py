"""What must not work: open redirects, codes and tokens shown twice, cut-out challenges, forged statements."""

from __future__ import annotations

import base64
import hmac
import json
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from joserfc import jwt
from joserfc.jwk import RSAKey

from beichen.hubs.apps.tests.conftest import (
    BACK,
    CHALLENGE,
    PASSWORD,
    VERIFIER,
    Browser,
    System,
    address_in,
    said_at,
    system_of,
)
from beichen.kernel.access.models import Account, SignOn, Token
from beichen.kernel.access.openid import keys
from beichen.kernel.access.service import create_client
from beichen.kernel.actor import system
from beichen.kernel.audit.models import AuditRecord

pytestmark = pytest.mark.django_db
BY = system("test")


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "https://portal.example/signed-in/",
        "https://portal.example/signed-in?x=1",
        "https://portal.example/signed-in#x",
        "https://portal.example/signed-in/../x",
        "https://portal.example:444/signed-in",
        "https://portal.example@evil.example/signed-in",
        "http://portal.example/signed-in",
        "https://PORTAL.example/signed-in",
        "//portal.example/signed-in",
        "javascript:alert(1)",
        "data:text/html,x",
        "https://portal.example/signed-in\r\nX: y",
        "",
    ],
)
def test_nobody_is_sent_to_an_address_that_is_not_registered(
    browser: Browser, portal: System, address: str
) -> None:
    """The person is told; the browser stays."""
    for extra in ({}, {"prompt": "none"}, {"response_type": "token"}, {"scope": "nonsense"}):
        answer = browser.ask(portal, redirect_uri=address, **extra)
        assert answer.status_code == 400
        assert "Location" not in answer
        assert b'http-equiv="refresh"' not in answer.content
        assert b"ACC-513" in answer.content


def test_the_same_parameter_twice_is_refused(browser: Browser, portal: System) -> None:
    """Two readers might take two different ones."""
    query = urlencode(
        {"client_id": "portal", "response_type": "code", "scope": "openid", "redirect_uri": BACK}
    )
    answer = browser.get(f"/o/authorize?{query}&redirect_uri=https%3A%2F%2Fevil.example")
    assert (answer.status_code, "Location" in answer) == (400, False)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unauthorized_client"),
        ({"response_type": "id_token token"}, "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unauthorized_client"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"scope": ""}, "invalid_scope"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": ""}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge": ""}, "invalid_request"),
        ({"request": "eyJhbGciOiJub25lIn0.e30."}, "request_not_supported"),
        ({"request_uri": "https://evil.example/request"}, "request_uri_not_supported"),
        ({"nonce": "n" * 501}, "invalid_request"),
    ],
)
def test_what_cannot_be_answered_is_told_to_the_system(
    browser: Browser, portal: System, changes: dict[str, str], error: str
) -> None:
    """At its own address, with its state and our name (RFC 9207)."""
    address = address_in(browser.ask(portal, **changes))
    said = said_at(address)
    assert address.startswith(f"{BACK}?")
    assert (said["error"] in {error, "unsupported_response_type"}, said["state"]) == (True, "xyz"), said
    assert said["iss"] == "http://localhost:8000/o"


def test_a_public_system_must_bring_a_challenge(browser: Browser, app: System) -> None:
    said = said_at(address_in(browser.ask(app, code_challenge="", code_challenge_method="")))
    assert said["error"] == "invalid_request"


@pytest.mark.parametrize(
    "changes",
    [
        {"code_verifier": ""},
        {"code_verifier": "x" * 50},
        {"code_verifier": CHALLENGE},
        {"redirect_uri": "https://portal.example/other"},
        {"redirect_uri": ""},
        {"code": "o.nothing"},
        {"code": ""},
    ],
)
def test_a_code_opens_nothing_without_what_it_was_asked_with(
    browser: Browser, app: System, changes: dict[str, str]
) -> None:
    """And it is used up by the attempt."""
    code = browser.code(app)
    answer = app.exchange(**{"code": code, **changes})
    assert answer.status_code == 400
    assert "access_token" not in answer.json()
    assert not Token.objects.exists()
    if "code" not in changes:
        assert app.exchange(code).json()["error"] == "invalid_grant"


def test_a_challenge_that_was_cut_out_is_noticed(browser: Browser, portal: System) -> None:
    """The system sends its verifier, the code was asked without a challenge (RFC 9700, 2.1.1)."""
    code = browser.code(portal, code_challenge="", code_challenge_method="")
    assert portal.exchange(code).json()["error"] == "invalid_grant"
    fresh = browser.code(portal, code_challenge="", code_challenge_method="")
    assert portal.exchange(fresh, code_verifier="").status_code == 200


def test_a_code_that_is_shown_twice_ends_the_sign_in(
    browser: Browser, account: Account, portal: System
) -> None:
    """One of the two had stolen it; the person sees that it happened."""
    code = browser.code(portal)
    tokens = portal.exchange(code).json()
    assert portal.exchange(code).json()["error"] == "invalid_grant"
    assert portal.userinfo(tokens["access_token"]).status_code == 401
    assert portal.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert account.person is not None
    assert AuditRecord.objects.get(action="access.signon.end").subject == account.person.code


def test_a_code_is_worth_nothing_to_another_system(browser: Browser, portal: System) -> None:
    """It neither gets anything nor ends anything."""
    other = system_of("clinic", body="health")
    code = browser.code(portal)
    assert other.exchange(code).json()["error"] == "invalid_grant"
    assert portal.exchange(code).status_code == 200


def test_a_refresh_token_is_exchanged_once(browser: Browser, portal: System) -> None:
    """Whoever shows an old one ends all that came of it."""
    first = browser.tokens(portal)
    second = portal.refresh(first["refresh_token"]).json()
    assert portal.read(second["id_token"])["sub"] == portal.read(first["id_token"])["sub"]
    assert portal.userinfo(second["access_token"]).status_code == 200
    assert portal.refresh(first["refresh_token"]).json()["error"] == "invalid_grant"
    assert portal.refresh(second["refresh_token"]).json()["error"] == "invalid_grant"
    assert portal.userinfo(second["access_token"]).status_code == 401
    assert SignOn.objects.get().end_reason == "refresh-again"


def test_a_refresh_token_gives_no_more_than_it_has(browser: Browser, portal: System) -> None:
    """Less is possible; another system gets nothing."""
    other = system_of("clinic", body="health")
    tokens = browser.tokens(portal)
    assert other.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    less = portal.refresh(tokens["refresh_token"], scope="openid").json()
    assert less["scope"] == "openid"
    assert portal.userinfo(less["access_token"]).json().keys() == {"sub"}
    assert portal.refresh(less["refresh_token"], scope="openid phone").json()["error"] == "invalid_scope"


def test_tokens_of_one_kind_do_not_serve_as_another(browser: Browser, portal: System) -> None:
    tokens = browser.tokens(portal)
    assert portal.userinfo(tokens["refresh_token"]).status_code == 401
    assert portal.refresh(tokens["access_token"]).json()["error"] == "invalid_grant"
    assert portal.userinfo(tokens["id_token"]).status_code == 401
    key = create_client("pumps", "Pumps", "officer", by=BY)
    assert portal.userinfo(key).status_code == 401


def test_a_persons_token_opens_no_other_door(browser: Browser, portal: System) -> None:
    """It says who signed in to a system; that system may do nothing here in the person's name."""
    token = browser.tokens(portal)["access_token"]
    answer = Client().get("/api/indicators", headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json()["code"]) == (401, "ACC-401")


def test_a_form_of_another_page_consents_to_nothing(account: Account, portal: System) -> None:
    """Without the token of our own page (CSRF), and in no frame."""
    browser = Browser(enforce_csrf_checks=True)
    page = browser.get("/account/login/")
    token = page.cookies["csrftoken"].value
    browser.post("/account/login/", {"login": "an", "password": PASSWORD, "csrfmiddlewaretoken": token})
    page = browser.ask(portal)
    assert page["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
    assert browser.answer(page).status_code == 403
    assert not SignOn.objects.exists()


def flat(content: bytes) -> str:
    """Base64 as in a JWT."""
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def by_hand(header: dict[str, str], claims: dict[str, str], secret: bytes = b"") -> str:
    """A JWT as no library would make it: unsigned, or with the public key for a secret."""
    text = f"{flat(json.dumps(header).encode())}.{flat(json.dumps(claims).encode())}"
    return f"{text}.{flat(hmac.digest(secret, text.encode(), 'sha256')) if secret else ''}"


def forged() -> list[str]:
    """Statements that this house did not make."""
    claims = {"iss": "http://localhost:8000/o", "sub": "x", "aud": "portal", "sid": "x"}
    public = keys.published()["keys"][0]
    pem = RSAKey.import_key(public).as_pem(private=False)
    own = RSAKey.generate_key(2048, parameters={"kid": public["kid"]})
    return [
        by_hand({"alg": "none"}, claims),
        by_hand({"alg": "HS256", "kid": public["kid"]}, claims, pem),
        jwt.encode({"alg": "RS256", "kid": public["kid"]}, claims, own),
        jwt.encode({"alg": "RS256", "kid": "other"}, claims, own),
        "a.b.c",
        "",
        "x" * 20_000,
    ]


def test_a_forged_statement_is_none(account: Account) -> None:
    """No signature, the public key as a secret, another key, another name, no statement at all."""
    good = keys.sign({"sub": "x"})
    assert keys.read(good) == {"sub": "x"}
    for token in [*forged(), good[:-4] + "AAAA"]:
        assert keys.read(token) is None


def test_parameters_of_the_caller_are_not_taken_for_ours(
    browser: Browser, portal: System, app: System
) -> None:
    """The library's request shows them under any name."""
    names = (
        "client",
        "user",
        "sign_on",
        "token",
        "granted",
        "device",
        "scopes",
        "extra_credentials",
        "claims",
    )
    poison = dict.fromkeys(names, "x")
    assert app.exchange("o.x", **poison).status_code == 400
    assert app.post("token", grant_type="client_credentials", **poison).status_code == 401
    good = portal.exchange(browser.code(portal), **poison)
    assert (good.status_code, good.json()["scope"]) == (200, "openid profile")
    assert browser.ask(portal, **poison).status_code in {200, 302}


def test_who_guesses_secrets_is_slowed_down(portal: System) -> None:
    """By address, and told so in the protocol's words."""
    wrong = System(portal.row, "wrong")
    answers = [wrong.post("token", grant_type="refresh_token", refresh_token="o.x") for _ in range(62)]
    assert {answer.status_code for answer in answers[:60]} == {401}
    assert answers[0].json()["error"] == "invalid_client"
    assert answers[0]["WWW-Authenticate"].startswith("Basic ")
    assert (answers[-1].status_code, answers[-1].json()["error"]) == (429, "temporarily_unavailable")


@pytest.mark.parametrize("path", ["token", "introspect", "revoke", "device_authorization"])
def test_what_is_no_form_is_refused(portal: System, path: str) -> None:
    """Secrets do not stand in addresses; a large form is not read."""
    client: Any = Client()
    assert client.get(f"/o/{path}").status_code == 405
    assert client.post(f"/o/{path}", "{}", content_type="application/json").status_code == 400
    assert client.post(f"/o/{path}?client_id=portal", {}).status_code == 400
    large = "x" * 20_001
    assert (
        client.post(f"/o/{path}", large, content_type="application/x-www-form-urlencoded").status_code == 413
    )


def test_no_secret_is_kept(browser: Browser, portal: System) -> None:
    """Neither tokens, codes nor secrets stand in the database or in the audit."""
    code = browser.code(portal)
    tokens = portal.exchange(code).json()
    rows = [Token.objects.values(), SignOn.objects.values(), AuditRecord.objects.values()]
    kept = str([list(row) for row in rows]) + str(vars(portal.row))
    for secret in (code, tokens["access_token"], tokens["refresh_token"], portal.secret, VERIFIER):
        assert secret not in kept
