"""Signing in on a device without a keyboard (RFC 8628)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.utils import timezone

from beichen.hubs.apps.tests.conftest import Browser, System, system_of
from beichen.kernel.access.models import Account, DeviceRequest
from beichen.kernel.access.openid.devices import waiting
from beichen.kernel.actor import PUBLIC
from beichen.problem import ProblemError

pytestmark = pytest.mark.django_db
GRANT = "urn:ietf:params:oauth:grant-type:device_code"


def poll(app: System, device_code: str) -> Any:
    """The device asks again, not too soon."""
    DeviceRequest.objects.update(polled_at=None)
    return app.post("token", grant_type=GRANT, device_code=device_code)


def begin(app: System, scope: str = "openid profile phone") -> dict[str, Any]:
    """The device begins."""
    answer = app.post("device_authorization", scope=scope)
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def test_a_device_is_let_in_by_who_types_its_letters(browser: Browser, app: System) -> None:
    """Pending until then; the letters and the code are worth one sign-in."""
    told = begin(app)
    assert (told["interval"], told["expires_in"], len(told["user_code"])) == (5, 600, 9)
    assert poll(app, told["device_code"]).json()["error"] == "authorization_pending"
    page = browser.get(told["verification_uri_complete"].removeprefix("http://localhost:8000"))
    assert told["user_code"] in page.content.decode()
    form = {"user_code": told["user_code"].lower(), "answer": "allow", "scope": ["phone"]}
    assert browser.post("/o/device", form).status_code == 200
    tokens = poll(app, told["device_code"]).json()
    assert app.read(tokens["id_token"])["aud"] == "app"
    assert app.userinfo(tokens["access_token"]).json()["phone_number"] == "+8613900000000"
    assert poll(app, told["device_code"]).json()["error"] == "invalid_grant"
    assert browser.post("/o/device", form).status_code == 404


def test_a_device_that_was_sent_away_hears_so(browser: Browser, app: System) -> None:
    told = begin(app)
    browser.post("/o/device", {"user_code": told["user_code"], "answer": "deny"})
    assert poll(app, told["device_code"]).json()["error"] == "access_denied"


def test_a_hasty_device_is_told_to_wait_longer(account: Account, app: System) -> None:
    told = begin(app)
    ask = {"grant_type": GRANT, "device_code": told["device_code"]}
    assert [app.post("token", **ask).json()["error"] for _ in range(2)] == [
        "authorization_pending",
        "slow_down",
    ]
    assert DeviceRequest.objects.get().interval == 10


def test_letters_are_worth_ten_minutes(browser: Browser, app: System) -> None:
    told = begin(app)
    DeviceRequest.objects.update(until=timezone.now() - timedelta(seconds=1))
    assert poll(app, told["device_code"]).json()["error"] == "expired_token"
    page = browser.post("/o/device", {"user_code": told["user_code"]})
    assert (page.status_code, 'role="alert"' in page.content.decode()) == (404, True)
    with pytest.raises(ProblemError) as error:
        waiting(told["user_code"], by=PUBLIC)
    assert error.value.problems[0].code == "ACC-514"


def test_who_guesses_letters_is_stopped(browser: Browser, app: System) -> None:
    """Ten a minute of 25,600,000,000."""
    told = begin(app)
    answers = [browser.post("/o/device", {"user_code": "BBBB-BBBB"}).status_code for _ in range(11)]
    assert answers == [404] * 10 + [429]
    assert browser.post("/o/device", {"user_code": told["user_code"]}).status_code == 429


def test_a_device_code_is_its_systems_alone(browser: Browser, app: System, portal: System) -> None:
    """And a stranger, a wrong secret or a system that is closed begins nothing."""
    told = begin(app)
    browser.post("/o/device", {"user_code": told["user_code"], "answer": "allow"})
    assert poll(portal, told["device_code"]).json()["error"] == "invalid_grant"
    assert System(portal.row, "wrong").post("device_authorization", scope="openid").status_code == 401
    assert app.post("device_authorization", scope="profile").json()["error"] == "invalid_scope"
    assert begin(portal)["user_code"]


def test_two_steps_hold_for_devices_too(browser: Browser, account: Account) -> None:
    strict = system_of("strict", is_public=True, needs_two_steps=True)
    told = begin(strict)
    sent = {"user_code": told["user_code"], "answer": "allow"}
    assert browser.post("/o/device", sent).status_code == 403, "who has no second step is told to set one up"
    TOTP.activate(account, generate_totp_secret())
    answer = browser.post("/o/device", sent)
    assert (answer.status_code, "reauthenticate" in answer["Location"]) == (302, True)
    assert poll(strict, told["device_code"]).json()["error"] == "authorization_pending"


def test_the_page_is_for_who_is_signed_in(account: Account) -> None:
    assert Browser().get("/o/device")["Location"].startswith("/account/login/")
