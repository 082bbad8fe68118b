"""The token against forms of other sites: told once, and not brought back after a sign-in."""

from __future__ import annotations

from http.cookies import Morsel
from typing import Any

import pytest
from django.test import Client

from beichen.kernel.access.models import Account

pytestmark = pytest.mark.django_db

NAME = "csrftoken"
PAGE = "/account/login/"


def told(answer: Any) -> Morsel[str] | None:
    """The cookie that an answer sets."""
    found: Morsel[str] | None = answer.cookies.get(NAME)
    return found


def signed_in() -> Client:
    """A browser that checks tokens, of somebody signed in through the page."""
    Account.objects.create_user("wu", password="long-enough-secret")
    client = Client(enforce_csrf_checks=True)
    client.get(PAGE)
    words = {"login": "wu", "password": "long-enough-secret"}
    assert client.post(PAGE, {**words, "csrfmiddlewaretoken": client.cookies[NAME].value}).status_code == 302
    return client


def test_a_page_asked_for_before_a_sign_in_does_not_bring_the_former_token_back() -> None:
    early = Client()
    first = early.get("/")
    former = told(first)
    assert former is not None
    late = early.get("/")  # asked with the former token, answered after the sign-in
    assert told(late) is None
    assert "Cookie" in late["Vary"], "what a page says of a token is for one browser"


def test_a_sign_in_changes_the_token_and_the_next_form_is_taken() -> None:
    client = signed_in()
    token = client.cookies[NAME].value
    assert client.post("/theme", {"theme": "dark", "csrfmiddlewaretoken": token}).status_code == 302
    assert client.post("/theme", {"theme": "dark"}).status_code == 403


def test_the_token_lasts_as_long_as_the_browser_runs() -> None:
    cookie = told(Client().get(PAGE))
    assert cookie is not None
    assert (cookie["max-age"], cookie["expires"], bool(cookie["httponly"])) == ("", "", True)
