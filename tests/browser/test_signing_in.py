"""Signing in to a foreign system in a browser: door, consent, back; sound for axe, on a telephone too."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from beichen.kernel.access.models import Account
from beichen.kernel.access.openid.service import PartyFacts, register_party
from beichen.kernel.actor import system
from beichen.kernel.org.models import Body
from beichen.kernel.org.service import appoint, city_region, register_person
from tests.browser.conftest import DESK, PHONE, Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
BY = system("test")
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
SCOPES = ("openid", "profile", "posts", "acting_for", "phone", "offline_access")


@pytest.fixture(scope="module")
def foreign(house: str, django_db_blocker: Any) -> Iterator[str]:
    """A foreign system that says what it was told; an administrator `xu`, and a person `tong`."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(b"<!doctype html><html lang=en><title>foreign</title><h1>foreign</h1>")

        def log_message(self, *_args: Any) -> None:
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    back = f"http://127.0.0.1:{server.server_address[1]}/back"
    with django_db_blocker.unblock():
        city = city_region()
        assert city is not None
        for name, account in (("许管", "xu"), ("童安", "tong")):
            person = register_person(name, phone="+8613900000000", by=BY)
            if account == "xu":
                appoint(person, "administrator", Body.objects.get(key="city-government"), city, by=BY)
            Account.objects.create_user(account, password="long-enough-secret", person=person)
        stated = PartyFacts("foreign", "不动产查询", "查询本人的不动产", "city-government", (back,), SCOPES)
        english: Any = {"name_en": "Real estate", "purpose_en": "To show what you own"}
        register_party(replace(stated, is_public=True, **english), by=BY)
    yield back
    server.shutdown()
    server.server_close()


def asked(back: str, **changes: str) -> str:
    """The address to which the foreign system sends the browser."""
    query = {
        "client_id": "foreign",
        "redirect_uri": back,
        "response_type": "code",
        "scope": " ".join(SCOPES),
        "state": "s-1",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        **changes,
    }
    return f"/o/authorize?{urlencode(query)}"


@pytest.mark.parametrize(("size", "theme", "language"), [(DESK, "light", "en"), (PHONE, "dark", "zh-hans")])
def test_a_person_signs_in_to_a_foreign_system(
    visit: Visit, foreign: str, size: tuple[int, int], theme: str, language: str
) -> None:
    """By the door, with the keyboard, and by the page of consent; then back, with a code and the state."""
    visitor = visit(size, theme, language)
    page = visitor.go(asked(foreign, prompt="consent"))
    assert "/account/login/" in page.url
    assert visitor.violations() == []
    page.locator("input[name=login]").fill("tong")
    page.locator("input[name=password]").fill("long-enough-secret")
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url("**/o/authorize?**")
    assert visitor.violations() == []
    wide = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0
    page.locator("#scope-phone").focus()
    page.keyboard.press("Space")
    page.locator("button[value=allow]").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"{foreign}**")
    told = dict(parse_qsl(urlsplit(page.url).query))
    assert (told["state"], len(told["code"]) > 20) == ("s-1", True)
    assert visitor.complaints == []


def test_who_is_known_comes_back_from_the_door(visit: Visit, foreign: str) -> None:
    """Consent stands already: the door's own form must not keep the browser from the foreign system."""
    first = visit(DESK)
    first.sign_in("tong")
    first.go(asked(foreign, scope="openid")).wait_for_load_state()
    if first.page.locator("button[value=allow]").count():
        first.page.locator("button[value=allow]").click()
    first.page.wait_for_url(f"{foreign}**")
    visitor = visit(DESK)
    page = visitor.go(asked(foreign, scope="openid"))
    page.locator("input[name=login]").fill("tong")
    page.locator("input[name=password]").fill("long-enough-secret")
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url(f"{foreign}**")
    assert visitor.complaints == []


@pytest.mark.parametrize(("size", "theme"), [(DESK, "light"), (PHONE, "dark")])
def test_every_page_is_sound(visit: Visit, foreign: str, size: tuple[int, int], theme: str) -> None:
    visitor = visit(size, theme, "zh-hans")
    visitor.sign_in("xu")
    visitor.go(asked(foreign, scope="openid profile", prompt="consent"))
    visitor.page.locator("button[value=allow]").click()
    visitor.page.wait_for_url(f"{foreign}**")
    paths = (
        "/account/consents",
        "/account/consents/foreign",
        "/relying-parties",
        "/relying-parties/new",
        "/relying-parties/foreign",
        "/relying-parties/foreign/change",
        "/o/device",
        "/o/logout",
        "/me",
    )
    found: dict[str, object] = {}
    for path in paths:
        page = visitor.go(path)
        wide = page.evaluate(
            "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        problems = visitor.violations()
        if problems or wide > 0:
            found[path] = (problems, wide)
    assert found == {}
