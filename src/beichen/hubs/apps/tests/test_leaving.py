"""Signing out everywhere, withdrawing, acting for another and no longer."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode

import orjson
import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from beichen.hubs.apps.jobs import tell
from beichen.hubs.apps.tests.conftest import BY, Browser, System, address_in, system_of
from beichen.kernel.access.models import Account, LogoutNotice, Representation, SignOn
from beichen.kernel.access.openid.logout import EVENT, WAITS, tell_due
from beichen.kernel.audit.models import AuditRecord
from beichen.kernel.org.service import register_person

pytestmark = pytest.mark.django_db


class Listener:
    """A system's server: what it was told, and what it answers."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.status = 200
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                outer.told.append(parse_qs(body)["logout_token"][0])
                self.send_response(outer.status)
                self.end_headers()

            def log_message(self, *_args: Any) -> None:
                """Quiet."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}/signed-out"


@pytest.fixture
def listener() -> Iterator[Listener]:
    found = Listener()
    yield found
    found.server.shutdown()
    found.server.server_close()


def test_signing_out_here_signs_out_there(browser: Browser, account: Account, listener: Listener) -> None:
    """The system's server gets a statement that only this house can make; its tokens are over."""
    told = system_of("told", backchannel_uri=listener.address)
    tokens = browser.tokens(told)
    browser.post("/account/logout/")
    assert told.userinfo(tokens["access_token"]).status_code == 401
    assert tell_due() == 1
    claims = told.read(listener.told[0])
    known = told.read(tokens["id_token"])
    assert (claims["sub"], claims["sid"], claims["aud"]) == (known["sub"], known["sid"], "told")
    assert (claims["events"], "nonce" in claims) == ({EVENT: {}}, False)
    assert tell_due() == 0


def test_another_browser_stays_signed_in(browser: Browser, portal: System) -> None:
    """Signing out ends what began in the same session."""
    other = Browser()
    other.sign_in()
    one, two = browser.tokens(portal), other.tokens(portal)
    browser.post("/account/logout/")
    statuses = [portal.userinfo(tokens["access_token"]).status_code for tokens in (one, two)]
    assert statuses == [401, 200]


def test_what_may_go_on_offline_does(browser: Browser, account: Account, listener: Listener) -> None:
    """The system is told, and its refresh token still holds."""
    told = system_of("told", backchannel_uri=listener.address)
    tokens = browser.tokens(told, scope="openid offline_access", scopes=("offline_access",))
    browser.post("/account/logout/")
    assert tell_due() == 1
    assert told.refresh(tokens["refresh_token"]).status_code == 200


def test_a_server_that_is_away_is_told_later(browser: Browser, account: Account, listener: Listener) -> None:
    """Some hours long; then it is given up, and recorded."""
    listener.status = 500
    told = system_of("told", backchannel_uri=listener.address)
    browser.tokens(told)
    browser.post("/account/logout/")
    for attempt in range(len(WAITS) + 1):
        assert tell_due() == 0
        row = LogoutNotice.objects.get()
        assert (row.attempts, row.failure) == (attempt + 1, "answered 500")
        assert tell_due() == 0
        assert len(listener.told) == attempt + 1
        LogoutNotice.objects.filter(next_at__isnull=False).update(next_at=timezone.now())
    assert LogoutNotice.objects.get().next_at is None
    assert AuditRecord.objects.filter(action="access.logout.fail").count() == 1


def ask_to_leave(browser: Browser, **query: str) -> Any:
    return browser.get(f"/o/logout?{urlencode(query)}")


def test_a_system_signs_out_who_signed_in_to_it(browser: Browser, portal: System) -> None:
    """By the ID token of this session, at once, and to its own address."""
    hint = browser.tokens(portal)["id_token"]
    bye = "https://portal.example/bye"
    answer = ask_to_leave(browser, id_token_hint=hint, post_logout_redirect_uri=bye, state="s")
    assert address_in(answer) == f"{bye}?state=s"
    assert "_auth_user_id" not in browser.session


def test_without_proof_the_person_is_asked(browser: Browser, account: Account, portal: System) -> None:
    """A picture of another page signs nobody out; nor does the token of another session."""
    other = Browser()
    other.sign_in()
    hint = other.tokens(portal)["id_token"]
    for query in ({}, {"client_id": "portal"}, {"id_token_hint": hint}, {"id_token_hint": "x.y.z"}):
        page = ask_to_leave(browser, **query)
        assert (page.status_code, "_auth_user_id" in browser.session) == (200, True)
    done = browser.post(
        "/o/logout/confirm?client_id=portal&post_logout_redirect_uri=https%3A%2F%2Fportal.example%2Fbye"
    )
    assert address_in(done) == "https://portal.example/bye"
    assert "_auth_user_id" not in browser.session


@pytest.mark.parametrize(
    "address", ["https://evil.example/", "https://portal.example/signed-in", "javascript:x"]
)
def test_nobody_leaves_to_a_strange_address(browser: Browser, portal: System, address: str) -> None:
    """Not even who is not signed in."""
    hint = browser.tokens(portal)["id_token"]
    for visitor in (browser, Browser()):
        answer = ask_to_leave(visitor, id_token_hint=hint, post_logout_redirect_uri=address)
        assert (answer.status_code, "Location" in answer) == (400, False)


def test_what_was_allowed_is_taken_back(browser: Browser, account: Account, portal: System) -> None:
    """At once; the system may ask again, and knows the person as before."""
    tokens = browser.tokens(portal)
    page = browser.get("/account/consents")
    assert "水费查询" in page.content.decode()
    assert "被告知" not in browser.get("/account/consents/portal").content.decode()
    portal.userinfo(tokens["access_token"])
    told = browser.get("/account/consents/portal").content.decode()
    assert told.count("您的姓名") == 4  # may know; was allowed, signed in, was told
    assert browser.post("/account/consents/portal/withdraw").status_code == 302
    assert portal.userinfo(tokens["access_token"]).status_code == 401
    assert portal.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert b'name="answer"' in browser.ask(portal).content
    again = portal.read(browser.tokens(portal)["id_token"])
    assert again["sub"] == portal.read(tokens["id_token"])["sub"]


def test_a_system_is_told_at_once_that_a_consent_was_taken_back(
    browser: Browser,
    account: Account,
    listener: Listener,
    django_capture_on_commit_callbacks: Any,
) -> None:
    """What it keeps of its own is ended by itself, which must therefore know."""
    browser.tokens(system_of("told", backchannel_uri=listener.address))
    with django_capture_on_commit_callbacks(execute=True):
        browser.post("/account/consents/told/withdraw")
    assert DBTaskResult.objects.filter(task_path=tell.module_path).count() == 1
    assert tell_due() == 1
    assert len(listener.told) == 1


def test_whom_somebody_acts_for_is_on_record_when_it_is_told(
    browser: Browser, account: Account, portal: System
) -> None:
    """Also where nothing else is; what there is nothing of is not said to have been told."""
    represent(account)
    tokens = browser.tokens(portal, scope="openid acting_for", acting_for="91220101MA0000001X")
    portal.userinfo(tokens["access_token"])
    record = AuditRecord.objects.get(action="access.claims.disclose")
    assert orjson.loads(record.detail)["claims"] == ["acting_for"]


def test_consents_are_ones_own(browser: Browser, account: Account, portal: System) -> None:
    """Nobody sees or takes back another's."""
    from beichen.hubs.apps.tests.conftest import PASSWORD
    from beichen.kernel.access.service import create_account

    browser.tokens(portal)
    create_account("bo", PASSWORD, register_person("波", by=BY), by=BY)
    other = Browser()
    other.sign_in("bo")
    assert other.get("/account/consents/portal").status_code == 404
    assert other.post("/account/consents/portal/withdraw").status_code == 404
    assert Browser().get("/account/consents")["Location"].startswith("/account/login/")
    assert "水费查询" in browser.get("/account/consents?format=csv").getvalue().decode()


def represent(
    account: Account, code: str = "91220101MA0000001X", kind: str = "firm", **more: Any
) -> Representation:
    """The account's person acts for a firm or a child."""
    assert account.person is not None
    return Representation.objects.create(
        representative=account.person,
        subject_code=code,
        subject_name="示例科技有限公司" if kind == "firm" else "小安",
        subject_kind=kind,
        kind="staff" if kind == "firm" else "parent",
        granted_by="test",
        **more,
    )


def test_a_person_chooses_for_whom_they_act(browser: Browser, account: Account, portal: System) -> None:
    """The statement says so with its limits; each time anew."""
    represent(account, affairs=["tax"])
    scope = "openid acting_for"
    page = browser.ask(portal, scope=scope)
    assert "示例科技有限公司" in page.content.decode()
    tokens = browser.tokens(portal, scope=scope, acting_for="91220101MA0000001X")
    expected = {"kind": "firm", "code": "91220101MA0000001X", "name": "示例科技有限公司", "affairs": ["tax"]}
    assert portal.read(tokens["id_token"])["acting_for"] == expected
    assert portal.userinfo(tokens["access_token"]).json()["acting_for"] == expected
    assert b'name="acting_for"' in browser.ask(portal, scope=scope).content
    assert portal.read(browser.tokens(portal, scope=scope)["id_token"])["acting_for"] == {"kind": "self"}


def test_a_child_is_named_as_pseudonymously_as_the_parent(
    browser: Browser, account: Account, portal: System
) -> None:
    """And both see that it happened."""
    child = register_person("小安", by=BY)
    represent(account, child.code, "person")
    tokens = browser.tokens(portal, scope="openid acting_for", acting_for=child.code)
    claim = portal.read(tokens["id_token"])["acting_for"]
    assert (claim["kind"], claim["name"], child.code in str(claim)) == ("person", "小安", False)
    assert AuditRecord.objects.filter(action="access.signon.represent", subject=child.code).count() == 1


def test_nobody_acts_for_whom_they_may_not(browser: Browser, account: Account, portal: System) -> None:
    """Whatever the form says."""
    represent(account)
    page = browser.ask(portal, scope="openid acting_for")
    answer = browser.answer(page, acting_for="91220101MA0000002X")
    assert answer.status_code == 403
    assert not SignOn.objects.exists()


def test_what_is_revoked_is_over(browser: Browser, account: Account, portal: System) -> None:
    """The sign-in under it ends at the next question."""
    row = represent(account)
    tokens = browser.tokens(portal, scope="openid acting_for", acting_for=row.subject_code)
    Representation.objects.update(revoked_at=timezone.now() - timedelta(seconds=1))
    assert portal.userinfo(tokens["access_token"]).status_code == 401
    assert portal.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert SignOn.objects.get().end_reason == "represents-no-more"
