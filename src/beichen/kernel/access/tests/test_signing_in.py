"""Signing in: password and one-time code, lock-out, sessions, no self-registration."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from allauth.mfa.totp.internal.auth import (
    TOTP,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from beichen.kernel.access.models import Account
from beichen.kernel.access.service import create_account
from beichen.kernel.actor import system
from beichen.kernel.org.service import register_person

pytestmark = pytest.mark.django_db
BY = system("test")
PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def _no_failures_yet() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def account() -> Account:
    """Somebody who may sign in."""
    return create_account("an", PASSWORD, register_person("安", by=BY), by=BY)


def sign_in(client: Client, password: str = PASSWORD) -> str | None:
    """Who is signed in after the form was sent."""
    client.post(reverse("account_login"), {"login": "an", "password": password})
    return client.session.get("_auth_user_id")


def code(secret: str) -> str:
    """The one-time code of this moment (RFC 6238)."""
    counter = next(iter(yield_hotp_counters_from_time()))
    return f"{hotp_value(secret, counter):06d}"


def test_a_password_is_kept_by_argon2(account: Account) -> None:
    """And the account signs in with it."""
    assert account.password.startswith("argon2$argon2id$")
    assert sign_in(Client()) == str(account.pk)


def test_a_wrong_password_does_not(account: Account) -> None:
    assert sign_in(Client(), "wrong horse battery") is None


def test_the_session_cookie_is_the_servers_alone(account: Account) -> None:
    """Scripts do not see it, other sites do not send it, it ends with the browser; HTTPS makes it secure."""
    client = Client()
    sign_in(client)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["expires"] == ""
    assert settings.SESSION_COOKIE_AGE == 8 * 3600
    assert settings.SESSION_COOKIE_SECURE is settings.CSRF_COOKIE_SECURE


def test_the_session_is_a_new_one_after_signing_in(account: Account) -> None:
    """A session that was planted before is worth nothing after."""
    client = Client()
    client.get(reverse("account_login"))
    before = client.session.session_key
    sign_in(client)
    assert client.session.session_key != before


def test_after_five_failures_the_name_is_locked(account: Account) -> None:
    """The right password does not help then, from wherever it comes."""
    for _ in range(5):
        assert sign_in(Client(REMOTE_ADDR="10.0.0.1"), "wrong horse battery") is None
    assert sign_in(Client(REMOTE_ADDR="10.0.0.2")) is None


def test_with_a_one_time_code_the_password_alone_is_not_enough(account: Account) -> None:
    """The second step asks for the code of the moment; a wrong one does not do."""
    secret = generate_totp_secret()
    TOTP.activate(account, secret)
    client = Client()
    assert sign_in(client) is None
    page = client.get(reverse("mfa_authenticate"))
    assert page.status_code == 200
    client.post(reverse("mfa_authenticate"), {"code": "000000" if code(secret) != "000000" else "111111"})
    assert client.session.get("_auth_user_id") is None
    client.post(reverse("mfa_authenticate"), {"code": code(secret)})
    assert client.session.get("_auth_user_id") == str(account.pk)


def test_a_one_time_code_works_once(account: Account) -> None:
    """Whoever looks over a shoulder comes too late."""
    secret = generate_totp_secret()
    TOTP.activate(account, secret)
    used = code(secret)
    first, second = Client(), Client()
    for client in (first, second):
        sign_in(client)
        client.post(reverse("mfa_authenticate"), {"code": used})
    assert first.session.get("_auth_user_id") == str(account.pk)
    assert second.session.get("_auth_user_id") is None


def test_nobody_registers_themselves() -> None:
    """The form is closed, whether it is looked at or sent."""
    client = Client()
    answer = {"username": "eve", "password1": PASSWORD, "password2": PASSWORD}
    assert b"password1" not in client.get(reverse("account_signup")).content
    client.post(reverse("account_signup"), answer)
    assert not Account.objects.filter(username="eve").exists()


def test_a_new_password_ends_the_session(account: Account) -> None:
    """Whoever held the old one is out."""
    client = Client()
    sign_in(client)
    account.set_password("another horse battery")
    account.save()
    assert client.get(reverse("account_change_password")).status_code == 302


def test_signing_out_needs_to_be_sent(account: Account) -> None:
    """A picture on another page cannot sign anybody out."""
    client = Client()
    sign_in(client)
    client.get(reverse("account_logout"))
    assert client.session.get("_auth_user_id")
    client.post(reverse("account_logout"))
    assert client.session.get("_auth_user_id") is None


def test_a_form_from_elsewhere_is_refused(account: Account) -> None:
    """Without the token of our own page (CSRF) nothing is taken."""
    client = Client(enforce_csrf_checks=True)
    answer = client.post(reverse("account_login"), {"login": "an", "password": PASSWORD})
    assert answer.status_code == 403


def test_whether_a_name_exists_takes_equally_long(account: Account) -> None:
    """An unknown name costs a hash too, so that names cannot be found by the clock."""

    def spent(login: str) -> float:
        started = time.process_time()
        Client().post(reverse("account_login"), {"login": login, "password": "wrong horse battery"})
        return time.process_time() - started

    spent("an")
    known, unknown = spent("an"), spent("nobody")
    assert unknown > known / 3
