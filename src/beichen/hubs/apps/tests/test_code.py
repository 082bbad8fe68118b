"""The way of a code: who is asked what, what the system gets, and what it is told."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import (
    TOTP,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.utils import timezone

from beichen.hubs.apps.tests.conftest import (
    BACK,
    BY,
    PASSWORD,
    Browser,
    System,
    address_in,
    said_at,
    system_of,
)
from beichen.kernel.access.models import Account, AccountContact, Consent, SignOn
from beichen.kernel.access.openid.parties import switch_party
from beichen.kernel.access.service import create_account
from beichen.kernel.audit.models import AuditRecord
from beichen.kernel.org.service import register_person

pytestmark = pytest.mark.django_db
ISSUER = "http://localhost:8000/o"


def test_a_stranger_signs_in_consents_and_the_system_knows_them(account: Account, portal: System) -> None:
    """The whole way: to the door and back, the page, the code, the tokens, what is told."""
    browser = Browser()
    to_the_door = browser.ask(portal)
    assert to_the_door.status_code == 302
    assert to_the_door["Location"].startswith("/account/login/?next=%2Fo%2Fauthorize")
    signed = browser.post(to_the_door["Location"], {"login": "an", "password": PASSWORD})
    page = browser.get(signed["Location"])
    shown = page.content.decode()
    assert all(words in shown for words in ("水费查询", "水务局", "查询本人水费账单", "安"))
    answer = said_at(address_in(browser.answer(page)))
    assert (answer["state"], answer["iss"]) == ("xyz", ISSUER)
    got = portal.exchange(answer["code"])
    assert got["Cache-Control"] == "no-store"
    tokens = got.json()
    assert (tokens["token_type"], tokens["scope"]) == ("Bearer", "openid profile")
    claims = portal.read(tokens["id_token"])
    assert (claims["iss"], claims["aud"], claims["nonce"]) == (ISSUER, "portal", "n-1")
    assert (claims["acr"], claims["amr"]) == ("urn:beichen:acr:1", ["pwd"])
    assert claims["exp"] - claims["iat"] == 600
    assert abs(claims["auth_time"] - time.time()) < 60
    assert account.person is not None
    assert account.person.code not in str(claims)
    assert portal.userinfo(tokens["access_token"]).json() == {"sub": claims["sub"], "name": "安"}


def test_who_consented_is_not_asked_again(browser: Browser, portal: System) -> None:
    """Until the system asks for more, or insists."""
    browser.tokens(portal)
    assert browser.ask(portal).status_code == 302
    assert b'name="answer"' in browser.ask(portal, prompt="consent").content
    assert b'name="answer"' in browser.ask(portal, scope="openid profile phone").content


def test_who_refuses_is_not_told_of(browser: Browser, portal: System) -> None:
    """The system hears so, and the refusal is recorded."""
    answer = said_at(address_in(browser.answer(browser.ask(portal), allow=False)))
    assert (answer["error"], answer["state"], answer["iss"]) == ("access_denied", "xyz", ISSUER)
    assert not SignOn.objects.exists()
    assert AuditRecord.objects.filter(action="access.signon.refuse").count() == 1


def test_personal_claims_are_told_only_when_ticked(browser: Browser, portal: System) -> None:
    """What is left out is not asked for again, and not told."""
    asked = "openid profile phone email"
    tokens = browser.tokens(portal, scope=asked, scopes=("phone",))
    assert tokens["scope"] == "openid profile phone"
    told = portal.userinfo(tokens["access_token"]).json()
    assert (told["phone_number"], "email" in told) == ("+8613900000000", False)
    assert told["phone_number_verified"] is False
    own = Account.objects.get(username="an")
    AccountContact.objects.create(account=own, kind="phone", address="+8613900000000")
    assert portal.userinfo(tokens["access_token"]).json()["phone_number_verified"] is True
    assert browser.ask(portal, scope=asked).status_code == 302
    assert Consent.objects.get().left_out == ["email"]


def test_the_citys_own_system_asks_for_nothing_but_the_personal(browser: Browser, account: Account) -> None:
    """A trusted system learns the name without a page; never a telephone number."""
    own = system_of("own", is_trusted=True)
    assert browser.ask(own).status_code == 302
    assert b'name="answer"' in browser.ask(own, scope="openid profile phone").content
    said = said_at(address_in(browser.ask(own, scope="openid phone", prompt="none")))
    assert said["error"] == "consent_required"


def test_each_disclosure_is_seen_by_its_subject(browser: Browser, account: Account, portal: System) -> None:
    """That a system signed them in, and each time that it was told something."""
    tokens = browser.tokens(portal)
    portal.userinfo(tokens["access_token"])
    assert account.person is not None
    rows = AuditRecord.objects.filter(
        subject=account.person.code, resource="kernel_access.relyingparty:portal"
    )
    acts = [(row.actor.partition(":")[0], row.action) for row in rows]
    assert acts == [
        ("person", "access.consent.give"),
        ("person", "access.signon.begin"),
        ("party", "access.claims.disclose"),
    ]


def test_two_systems_cannot_compare_whom_they_know(browser: Browser, portal: System) -> None:
    """The subject is the system's own; the same person comes back to it as the same."""
    other = system_of("clinic", body="health")
    one, two = (portal.read(browser.tokens(it)["id_token"])["sub"] for it in (portal, other))
    assert one != two
    assert portal.read(browser.tokens(portal)["id_token"])["sub"] == one


def test_nobody_is_shown_a_page_when_the_system_wants_none(account: Account, portal: System) -> None:
    """``prompt=none``: the system is told what is missing."""
    stranger, known = Browser(), Browser()
    assert said_at(address_in(stranger.ask(portal, prompt="none")))["error"] == "login_required"
    known.sign_in()
    assert said_at(address_in(known.ask(portal, prompt="none")))["error"] == "consent_required"
    known.tokens(portal)
    assert "code" in said_at(address_in(known.ask(portal, prompt="none")))
    assert said_at(address_in(known.ask(portal, prompt="none login")))["error"] == "invalid_request"


def test_the_hint_must_name_who_is_signed_in(browser: Browser, account: Account, portal: System) -> None:
    """A system that expects another person hears that they are not here."""
    create_account("bo", PASSWORD, register_person("波", by=BY), by=BY)
    other = Browser()
    other.sign_in("bo")
    hint = browser.tokens(portal)["id_token"]
    other.tokens(portal)
    assert "code" in said_at(address_in(browser.ask(portal, prompt="none", id_token_hint=hint)))
    assert (
        said_at(address_in(other.ask(portal, prompt="none", id_token_hint=hint)))["error"] == "login_required"
    )


@pytest.mark.parametrize("asked", [{"prompt": "login"}, {"max_age": "0"}])
def test_who_must_sign_in_again_does(browser: Browser, portal: System, asked: dict[str, str]) -> None:
    """And the system sees when."""
    browser.tokens(portal)
    session = browser.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 100
    session.save()
    way = browser.ask(portal, **asked)
    assert way["Location"].startswith("/account/reauthenticate/?next=")
    back = browser.post(way["Location"], {"password": PASSWORD})
    code = said_at(address_in(browser.get(back["Location"])))["code"]
    assert time.time() - portal.read(portal.exchange(code).json()["id_token"])["auth_time"] < 60


def totp(secret: str) -> str:
    """The code of this moment."""
    return f"{hotp_value(secret, next(iter(yield_hotp_counters_from_time()))):06d}"


def test_a_system_may_ask_for_two_steps(browser: Browser, account: Account, portal: System) -> None:
    """Who has a second step shows it once; the level and the methods say so."""
    secret = generate_totp_secret()
    TOTP.activate(account, secret)
    way = browser.ask(portal, acr_values="urn:beichen:acr:2")
    assert way["Location"].startswith("/account/2fa/reauthenticate/?next=")
    back = browser.post(way["Location"], {"code": totp(secret)})
    page = browser.get(back["Location"])
    tokens = portal.exchange(said_at(address_in(browser.answer(page)))["code"]).json()
    claims = portal.read(tokens["id_token"])
    assert (claims["acr"], set(claims["amr"])) == ("urn:beichen:acr:2", {"pwd", "otp", "mfa"})


def test_without_a_second_step_the_level_stays_or_the_door_is_closed(
    browser: Browser, account: Account
) -> None:
    """A wish is told of by the level; a demand shows how to set it up."""
    wishing, demanding = system_of("wishing"), system_of("demanding", needs_two_steps=True)
    tokens = browser.tokens(wishing, acr_values="urn:beichen:acr:2")
    assert wishing.read(tokens["id_token"])["acr"] == "urn:beichen:acr:1"
    page = browser.ask(demanding)
    assert (page.status_code, "/account/2fa/totp/activate/" in page.content.decode()) == (403, True)
    said = said_at(address_in(browser.ask(demanding, prompt="none")))
    assert said["error"] == "unmet_authentication_requirements"


def test_an_account_without_a_person_is_nobody_in_particular(account: Account, portal: System) -> None:
    """It signs in; there is nothing to tell of it."""
    create_account("root", PASSWORD, None, by=BY)
    browser = Browser()
    browser.sign_in("root")
    tokens = browser.tokens(portal, scope="openid profile phone", scopes=("phone",))
    assert set(portal.userinfo(tokens["access_token"]).json()) == {"sub"}


def test_a_form_may_ask_too(browser: Browser, portal: System) -> None:
    """A system may post its request; the person still answers by a form of ours."""
    asked = {"client_id": "portal", "redirect_uri": BACK, "response_type": "code", "scope": "openid"}
    answer = browser.post("/o/authorize", asked)
    assert (answer.status_code, answer["Location"].startswith("/o/authorize?client_id=portal")) == (303, True)


def closes_account(account: Account, portal: System) -> None:
    Account.objects.filter(pk=account.pk).update(is_active=False)


def closes_party(account: Account, portal: System) -> None:
    switch_party("portal", is_active=False, by=BY)


def waits(account: Account, portal: System) -> None:
    portal.row.sign_ons.get().tokens.update(until=timezone.now() - timedelta(seconds=1))


@pytest.mark.parametrize("change", [closes_account, closes_party, waits])
def test_tokens_end_with_what_they_stand_on(
    browser: Browser, account: Account, portal: System, change: Any
) -> None:
    """At once: the account, the system, their own time."""
    tokens = browser.tokens(portal)
    change(account, portal)
    answer = portal.userinfo(tokens["access_token"])
    assert (answer.status_code, answer["WWW-Authenticate"]) == (
        401,
        f'Bearer realm="{ISSUER}", error="invalid_token"',
    )
    assert portal.refresh(tokens["refresh_token"]).status_code in {400, 401}


def test_a_sign_in_lasts_as_long_as_a_session_or_thirty_days(browser: Browser, portal: System) -> None:
    """However often the token is exchanged."""
    browser.tokens(portal)
    browser.tokens(portal, scope="openid offline_access", scopes=("offline_access",))
    lives = [on.tokens.get(kind="refresh").until - on.began_at for on in SignOn.objects.order_by("id")]
    assert lives == [timedelta(hours=8), timedelta(days=30)]
