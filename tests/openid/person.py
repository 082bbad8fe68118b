"""A person at a house that is served over HTTP: a browser without scripts."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from urllib.parse import urljoin

import httpx

PASSWORD = "correct horse battery"
_FORM = re.compile(r'<form class="form card"\s+method="post"\s+action="([^"]*)"')
_ASKED = re.compile(r'<form class="form-actions"\s+method="post"\s+action="([^"]*)"')
_LEAVE = re.compile(r'http-equiv="refresh"\s+content="0;url=([^"]*)"')
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]*)"')
_HIDDEN = re.compile(r'name="(next|user_code)"\s+value="([^"]*)"')
MOST = 10  # pages on one way


class Person:
    """Goes where pages lead: signs in, allows what is asked, and stops at a foreign address."""

    def __init__(self, house: str, name: str, scopes: tuple[str, ...] = ()) -> None:
        self.house, self.name, self.scopes = house, name, scopes
        self.browser = httpx.Client(base_url=house, timeout=60)

    def go(self, address: str) -> str:
        """Where the way ends that begins at ``address``: a foreign address, or a page without a form."""
        with self.browser:
            return self.walk(address)

    def walk(self, address: str, form: Mapping[str, str] | None = None) -> str:
        """The same, and the browser stays open; ``form`` is posted there by a page of elsewhere."""
        headers = {"Referer": "https://bills.example/"}
        answer = (
            self.browser.post(address, data=dict(form), headers=headers)
            if form is not None
            else self.browser.get(address)
        )
        for _ in range(MOST):
            page = answer.text
            if answer.is_redirect:
                target = urljoin(str(answer.url), answer.headers["Location"])
            elif found := _LEAVE.search(page):
                target = html.unescape(found[1])
            elif not _FORM.search(page):
                return str(answer.url)
            else:
                answer = self.fill(str(answer.url), page)
                continue
            if not target.startswith(f"{self.house}/"):
                return target
            answer = self.browser.get(target, headers={"Referer": str(answer.url)})
        raise AssertionError(f"the way has no end: {answer.url} {answer.status_code}")

    def say_yes(self, place: str) -> str:
        """Confirm what the page at ``place`` asks, when it asks; where that leads."""
        page = self.browser.get(place).text
        action, token = _ASKED.search(page), _TOKEN.search(page)
        if action is None or token is None:
            return place
        target = urljoin(place, html.unescape(action[1]))
        form = {"csrfmiddlewaretoken": token[1]}
        answer = self.browser.post(target, data=form, headers={"Referer": place})
        found = _LEAVE.search(answer.text)
        return html.unescape(found[1]) if found else str(answer.url)

    def fill(self, place: str, page: str) -> httpx.Response:
        """Fill in the one form of a page."""
        action, token = _FORM.search(page), _TOKEN.search(page)
        assert action is not None, page[:3000]
        assert token is not None
        form: dict[str, str | list[str]] = {"csrfmiddlewaretoken": token[1]}
        form |= {name: html.unescape(value) for name, value in _HIDDEN.findall(page)}
        if 'name="login"' in page:
            form |= {"login": self.name, "password": PASSWORD}
        elif 'name="password"' in page:  # again
            form |= {"password": PASSWORD}
        else:
            form |= {"answer": "allow", "scope": list(self.scopes)}
        target = urljoin(place, html.unescape(action[1]))
        return self.browser.post(target, data=form, headers={"Referer": place})
