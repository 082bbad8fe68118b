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
from django.test import Client, RequestFactory
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks

from beichen.kernel.access import device
from beichen.kernel.access.models import Account
from beichen.kernel.access.service import create_account
from beichen.kernel.actor import system
from beichen.kernel.audit.models import AuditRecord
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


def test_another_port_does_not_start_the_count_again(account: Account) -> None:
    """The Host header is the sender's own choice."""
    for port in range(5):
        assert sign_in(Client(headers={"host": f"localhost:{port + 1}"}), "wrong horse battery") is None
    assert sign_in(Client(headers={"host": "localhost:99"})) is None


def test_a_stranger_does_not_lock_the_owner_out(account: Account) -> None:
    """A device that signed in before counts apart; it is locked by failures of its own."""
    desk = Client(REMOTE_ADDR="10.0.0.2")
    sign_in(desk)
    desk.post(reverse("account_logout"))
    for _ in range(6):
        assert sign_in(Client(REMOTE_ADDR="10.0.0.1"), "wrong horse battery") is None
    assert sign_in(desk) == str(account.pk)
    desk.post(reverse("account_logout"))
    for _ in range(5):
        sign_in(desk, "wrong horse battery")
    assert sign_in(desk) is None


def test_a_known_device_is_known_for_one_name(account: Account) -> None:
    """And a cookie that somebody made up is worth nothing."""
    desk = Client()
    sign_in(desk)
    assert desk.cookies[device.COOKIE]["httponly"]
    request = RequestFactory().get("/")
    request.COOKIES[device.COOKIE] = desk.cookies[device.COOKIE].value
    assert device.known(request, "an") != device.STRANGER
    assert device.known(request, "bo") == device.STRANGER
    for forged in ("", "x", "WyJhbiIsMV0:1:2"):
        request.COOKIES[device.COOKIE] = forged
        assert device.known(request, "an") == device.STRANGER


def test_every_step_of_signing_in_is_audited(account: Account) -> None:
    """Also what was refused; a name that nobody has is not kept, it may be a password."""
    client = Client(REMOTE_ADDR="10.0.0.3")
    assert account.person is not None
    client.post(reverse("account_login"), {"login": "hunter2-secret", "password": "x"})
    sign_in(client, "wrong horse battery")
    sign_in(client)
    passwords = {"oldpassword": PASSWORD, "password1": "another horse", "password2": "another horse"}
    client.post(reverse("account_change_password"), passwords)
    sign_in(client, "another horse")
    client.post(reverse("account_logout"))
    made = list(AuditRecord.objects.filter(address="10.0.0.3"))
    assert [(row.actor.partition(":")[0], row.action) for row in made] == [
        ("public", "access.session.refuse"),
        ("public", "access.session.refuse"),
        ("person", "access.session.begin"),
        ("person", "access.session.end"),
        ("person", "access.password.change"),
        ("person", "access.session.begin"),
        ("person", "access.session.end"),
    ]
    assert [row.subject for row in made] == ["", *[account.person.code] * 6]
    assert "hunter2" not in str([vars(row) for row in made])


def test_a_second_step_is_audited(
    account: Account, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    """That it was added, by whom and of which type; never its secret."""
    client = Client()
    sign_in(client)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    page = client.get(reverse("mfa_activate_totp"))
    assert page.context is not None
    secret = page.context["form"].secret
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("mfa_activate_totp"), {"code": code(secret)})
    rows = list(AuditRecord.objects.filter(action="access.second-step.add"))
    assert {row.detail for row in rows} == {'{"type":"totp"}', '{"type":"recovery_codes"}'}
    assert secret not in str([vars(row) for row in rows])


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
    known, unknown = (min(spent(login) for _time in range(3)) for login in ("an", "nobody"))
    assert unknown > known / 3
