"""What strangers send to every page of the door: never a server error, an echo of a script, a way elsewhere.

Each route of services, codes, the citizens' door, certificates, the ledger and the OpenID provider is asked
and posted to by somebody who may do everything, with values that no form of ours sends, in every field that
its pages have, and in its address.
"""

from __future__ import annotations

from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client

from beichen.kernel.access.models import Account
from beichen.kernel.access.rates import forget_rates
from tests import door_world

SCRIPT = "<script>alert(7)</script>"
VALUES = (
    "",
    "\x00",
    f'"><img src=x onerror=alert(7)>{SCRIPT}',
    "x" * 70_000,
    "9" * 40,
    "-1",
    "1e999",
    "NaN",
    "٣",
    "\ud83d\u202e".encode("utf-16", "surrogatepass").decode("utf-16", "replace") + "\U0001f600" * 300,
    "' OR 1=1 --",
    "%s%n{{7*7}}${7*7}",
    "../../../../etc/passwd",
    "2026-13-45",
    "9999-12-31T23:59:59+14:00",
    "0001-01-01",
    '{"a": [1]}',
    "x\r\nX-Evil: 1",
    "https://evil.example/x",
    "//evil.example/x",
)
NAMES = ("next", "back", "url", "q", "page", "sort", "after", "before", "by", "subject", "region", "day")
POSTED = (
    "code",
    "reason",
    "step",
    "act",
    "outcome",
    "number",
    "note",
    "name",
    "items",
    "data",
    "answer",
    "score",
)
FILES = (
    ("x.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(7)</script></svg>"),
    ("x.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 40),
    ("../../x.pdf", b"%PDF-1.4 <script>alert(7)</script>"),
    ("x\x00.jpg", b"\xff\xd8\xff" + b"\0" * 20),
    ("", b""),
)


class Forms(HTMLParser):
    """The names of the fields on a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.names: dict[str, None] = {}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep a field's name."""
        if tag in ("input", "select", "textarea", "button") and (name := dict(attrs).get("name")):
            self.names[name] = None


class Stranger:
    """Sends, and notes what must not be answered."""

    def __init__(self, officer: Account) -> None:
        self.found: list[str] = []
        self.number = 0
        self._officer = officer
        self._client = Client()

    def sign_in(self) -> None:
        """Begin anew."""
        self._client = Client()
        self._client.force_login(self._officer)

    def send(
        self, method: str, address: str, given: Mapping[str, Any] | None = None
    ) -> HttpResponseBase | None:
        """Send, and look at the answer."""
        self.number += 1
        forget_rates()
        told = f"{method} {address[:90]} {str(given)[:70]!r}"
        try:
            with transaction.atomic():
                answer: HttpResponseBase = getattr(self._client, method.lower())(address, dict(given or {}))
        except Exception as error:  # noqa: BLE001 - whatever it is, it is a finding
            self.found.append(f"{told}: {type(error).__name__} {str(error)[:120]}")
            return None
        if answer.status_code == 500:
            self.found.append(f"{told}: 500")
        place = urlsplit(answer.headers.get("Location", ""))
        if place.netloc == "evil.example" or "X-Evil" in answer.headers:
            self.found.append(f"{told}: leads to {answer.headers.get('Location')}")
        is_page = answer.headers.get("Content-Type", "").startswith("text/html")
        if is_page and SCRIPT.encode() in answer.getvalue():
            self.found.append(f"{told}: the script is echoed")
        return answer

    def fields_of(self, address: str) -> list[str]:
        """The names of the fields of the page at an address."""
        answer = self.send("GET", address)
        if answer is None or not answer.headers.get("Content-Type", "").startswith("text/html"):
            return []
        return list(Forms(answer.getvalue().decode()).names)


def press(stranger: Stranger, address: str) -> None:
    """Everything that is hostile, at one address."""
    names = [name for name in stranger.fields_of(address) if name != "csrfmiddlewaretoken"]
    for value in VALUES:
        stranger.send("GET", address, dict.fromkeys({*NAMES, *names}, value[:4000]))
        stranger.send("POST", address, dict.fromkeys({*POSTED, *NAMES, *names}, value))
    for name, content in FILES:
        brought = {one: ContentFile(content, name or "x") for one in {*names, "file", "files"}}
        stranger.send("POST", address, brought)


def leads_somewhere(answer: HttpResponseBase | None) -> bool:
    """Whether there is something at the address."""
    return answer is not None and answer.status_code not in (404, 403, 401)


@pytest.mark.long
@pytest.mark.django_db
@pytest.mark.usefixtures("own_folders")
def test_no_page_breaks_echoes_or_leads_elsewhere() -> None:
    door_world.build()
    officer = door_world.account("an", "administrator")
    known, stranger, asked = (
        door_world.known_of(door_world.keep_own(officer)),
        Stranger(officer),
        list(door_world.routes()),
    )
    reached = 0
    for route in asked:
        good, strange = door_world.addresses(route, known)
        with transaction.atomic():  # what is done at one route is taken back before the next
            stranger.sign_in()
            real = next((one for one in good if leads_somewhere(stranger.send("GET", one))), None)
            reached += real is not None
            press(stranger, real or good[0])
            stranger.sign_in()
            for address in strange:
                stranger.send("GET", address)
                stranger.send("POST", address, dict.fromkeys(POSTED, "1"))
            transaction.set_rollback(True)
    assert stranger.found == [], "\n".join(stranger.found[:60])
    assert reached > len(asked) * 3 // 4, f"{reached} of {len(asked)} routes were reached"
