"""Sessions: a page asked for before a sign-in, and answered after it, signs nobody out."""

from __future__ import annotations

import pytest
from django.test import Client

from beichen.kernel.access.models import Account

pytestmark = pytest.mark.django_db
NAME = "beichen_session"
PAGE = "/account/login/"


def test_a_session_that_ended_leaves_the_cookie_of_the_next_alone() -> None:
    Account.objects.create_user("wu", password="long-enough-secret")
    browser = Client()
    session = browser.session
    session["seen"] = True
    session.save()
    former = browser.cookies[NAME].value
    browser.post(PAGE, {"login": "wu", "password": "long-enough-secret"})
    assert browser.cookies[NAME].value != former
    early = Client()
    early.cookies[NAME] = former
    late = early.get("/my")  # asked with the former session, answered after the sign-in
    assert NAME not in late.cookies
    assert "Cookie" in late["Vary"]
    assert "_auth_user_id" in browser.session


def test_signing_out_takes_the_cookie_away() -> None:
    browser = Client()
    browser.force_login(Account.objects.create_user("wu", password="long-enough-secret"))
    gone = browser.post("/account/logout/").cookies[NAME]
    assert (gone.value, gone["max-age"]) == ("", 0)
