"""A browser on a served house that holds the pilot city.

Playwright's loop runs in the test's thread, which Django takes for an asynchronous context; the tests
touch the database only between a browser's steps. The loop ends with this package, so that a test elsewhere
may run one of its own, whichever ran first.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer
from pytest_django.plugin import DjangoDbBlocker

from beichen.kernel.access.models import Account
from beichen.kernel.access.service import load_roles
from beichen.kernel.actor import system
from beichen.kernel.org.models import Body
from beichen.kernel.org.service import appoint, city_region, register_person
from beichen.kernel.scene import service as packages
from beichen.kernel.scene.section import PackageKind
from beichen.platforms.geo.basemap import service as basemap
from tests.emptied import empty, filled

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
AXE = Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js"
DESK, PHONE = (1920, 1080), (390, 844)
BY = system("test")
PATIENCE = 60_000  # milliseconds: the machine may be busy with other tests
# The live process is not served here, so that the feed finds nobody; and software rendering says it is slow.
EXPECTED = ("ERR_CONNECTION_REFUSED", "/events", "GPU stall")


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Debian's chromium, or the one in CHROMIUM; software rendering gives it WebGL."""
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--enable-unsafe-swiftshader"]
        )
        expect.set_options(timeout=PATIENCE)
        yield browser
        browser.close()


def _fill() -> None:
    """The pilot city, and a plan officer `li`."""
    load_roles(by=BY)
    packages.install(packages.find_package("changchun", PackageKind.CITY), by=BY, kind=PackageKind.CITY)
    basemap.build(by=BY)
    city, body = city_region(), Body.objects.order_by("path").first()
    assert city is not None
    assert body is not None
    person = register_person("李", by=BY)
    appoint(person, "planner", body, city, by=BY)
    Account.objects.create_user("li", password="long-enough-secret", person=person)


@pytest.fixture
def _django_db_helper() -> None:
    """The mark `django_db` has the test database made; a test opens no transaction of its own."""


@pytest.fixture(scope="package")
def house(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """The address of a house that is filled once for all browser tests, and empty again after them."""
    with django_db_blocker.unblock():
        _fill()
        server = LiveServer("127.0.0.1")
        yield server.url
        server.stop()
        empty(connection, filled(connection))


SETTLE = """
() => new Promise((settled) => {
  const began = performance.now();
  let changed = began;
  const watched = new MutationObserver(() => { changed = performance.now(); });
  watched.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  const look = () => {
    const now = performance.now();
    const drawn = document.querySelector("bc-map:not(:has(.map-canvas))") && now - began < 10000;
    const asks = (window.awaited > 0 && now - began < 30000) || drawn;
    if (asks || (now - changed < 100 && now - began < 2000)) return setTimeout(look, 20);
    watched.disconnect();
    return settled();
  };
  look();
})
"""
UNTIL = """
async (patience) => {
  for (const began = performance.now(); performance.now() - began < patience; ) {
    if (await (%s)) return true;
    await new Promise((done) => setTimeout(done, 50));
  }
  return false;
}
"""


class Visitor:
    """A page with what it complained about; leaves nothing unsaid at the end."""

    def __init__(self, context: BrowserContext, house: str) -> None:
        self.page: Page = context.new_page()
        self.house = house
        self.complaints: list[str] = []
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _hear(self, message: Any) -> None:
        said = f"{message.text} {message.location.get('url', '')}"
        if message.type in {"error", "warning"} and not any(word in said for word in EXPECTED):
            self.complaints.append(said)

    def go(self, path: str) -> Page:
        """Open a page of the house."""
        self.page.goto(f"{self.house}{path}", wait_until="load")
        return self.page

    def sign_in(self, name: str) -> None:
        """As the account of this name, with the password that the tests give."""
        page = self.go("/account/login/")
        page.locator("input[name=login]").fill(name)
        page.locator("input[name=password]").fill("long-enough-secret")
        page.locator("input[name=password]").press("Enter")
        page.wait_for_url(f"{self.house}/")

    def settle(self) -> Page:
        """Wait until the page asks for nothing (half a minute at most), its maps are put up (ten seconds at
        most: a map changes what stands beside it) and it did not change for a tenth of a second (two seconds
        at most: some pages never stand still).
        """
        self.page.evaluate(SETTLE)
        return self.page

    def violations(self) -> list[str]:
        """What axe finds against WCAG 2.2 AA and its best practices."""
        if not self.page.evaluate("() => 'axe' in window"):
            self.page.evaluate(AXE.read_text(encoding="utf-8"))
        # What is right is not gathered: on a long table that takes longer than to look.
        found = self.page.evaluate(
            "() => axe.run(document, {resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a',"
            " 'wcag21aa', 'wcag22aa', 'best-practice']}).then(result => result.violations.map(one =>"
            " one.id + ' ' + one.nodes.map(node => node.target.join(' ')).join(', ')))"
        )
        return list(found)

    def until(self, condition: str) -> None:
        """Wait for what the page tells by a promise, such as what its service worker keeps."""
        held = self.page.evaluate(UNTIL % condition, PATIENCE)
        assert held, condition


Visit = Callable[..., Visitor]
WATCH = """
window.awaited = 0;
window.fetch = ((ask) => (...asked) => {
  window.awaited += 1;
  return ask(...asked).finally(() => { window.awaited -= 1; });
})(window.fetch);
XMLHttpRequest.prototype.send = ((send) => function (...sent) {
  window.awaited += 1;
  this.addEventListener("loadend", () => { window.awaited -= 1; });
  return send.apply(this, sent);
})(XMLHttpRequest.prototype.send);
window.shifted = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""


@pytest.fixture
def visit(chromium: Browser, house: str) -> Iterator[Visit]:
    """Opens a visitor with a size, an appearance and a language."""
    contexts: list[BrowserContext] = []

    def arrive(
        size: tuple[int, int] = DESK, theme: Any = "light", language: str = "zh-hans", **options: Any
    ) -> Visitor:
        context = chromium.new_context(
            viewport={"width": size[0], "height": size[1]}, color_scheme=theme, **options
        )
        context.set_default_timeout(PATIENCE)
        context.add_init_script(WATCH)
        context.add_cookies([{"name": "beichen_language", "value": language, "url": house}])
        contexts.append(context)
        return Visitor(context, house)

    yield arrive
    for context in contexts:
        context.close()
