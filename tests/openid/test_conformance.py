"""The modules of the OpenID Foundation's plans for providers, by their names, with Authlib as the client.

Basic OP, RP-Initiated Logout and Back-Channel Logout (conformance-suite, `oidcc-…`). The suite itself needs a
server of its own; `docs/openid-conformance.md` says of each module what stands for it here.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode

import pytest
import requests
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jws
from joserfc.jwk import KeySet

from beichen.kernel.access.openid.logout import EVENT, tell_due
from beichen.kernel.access.openid.models import SignOn
from tests.openid.systems import BACK, VERIFIER, metadata_of, opened
from tests.openid.visit import BYE, Told, Visit, said_at

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = Path(__file__).parents[2] / "docs" / "openid-conformance.md"


@pytest.fixture
def visit(house: str) -> Iterator[Visit]:
    """A visit that begins without a session."""
    made = Visit(house)
    yield made
    made.person.browser.close()


# Basic OP


def test_server(visit: Visit) -> None:
    tokens = visit.tokens()
    claims = visit.claims(tokens)
    assert claims["iss"] == visit.metadata["issuer"] == f"{visit.house}/o"
    assert claims["exp"] > claims["iat"]
    assert (tokens["token_type"], "at_hash" in claims) == ("Bearer", True)


def test_response_type_missing(visit: Visit) -> None:
    said = visit.said(response_type=None)
    assert "code" not in said
    assert said.get("error", "invalid_request") in {"invalid_request", "unsupported_response_type"}


def test_idtoken_signature(visit: Visit) -> None:
    header = jws.extract_compact(visit.tokens()["id_token"].encode()).headers()
    keys = KeySet.import_key_set(requests.get(visit.metadata["jwks_uri"], timeout=60).json())
    assert header["alg"] == "RS256"
    assert header["kid"] in [key.kid for key in keys.keys]


def test_codereuse(visit: Visit) -> None:
    code = visit.said()["code"]
    first = visit.exchanged(code)
    with pytest.raises(OAuthError, match="invalid_grant"):
        visit.exchanged(code)
    assert visit.userinfo(first["access_token"]).status_code == 401, "what the first one got is over too"


def test_codereuse_30seconds(visit: Visit) -> None:
    code = visit.said()["code"]
    first = visit.exchanged(code)
    row = SignOn.objects.get()
    assert row.code_used_at is not None
    assert row.code_until is not None
    later = timedelta(seconds=31)
    SignOn.objects.update(code_used_at=row.code_used_at - later, code_until=row.code_until - later)
    with pytest.raises(OAuthError, match="invalid_grant"):
        visit.exchanged(code)
    assert visit.userinfo(first["access_token"]).status_code == 401


@pytest.mark.parametrize(
    ("scope", "told"),
    [
        ("profile", {"name"}),
        ("email", {"email", "email_verified"}),
        ("phone", {"phone_number", "phone_number_verified"}),
        ("address", set()),
        (
            "profile email phone address",
            {"name", "email", "email_verified", "phone_number", "phone_number_verified"},
        ),
    ],
    ids=["profile", "email", "phone", "address", "all"],
)
def test_scope(visit: Visit, scope: str, told: set[str]) -> None:
    """Of the claims of a scope those that the house keeps; `address` is not offered, and so not told."""
    tokens = visit.tokens(scope=f"openid {scope}")
    found = visit.userinfo(tokens["access_token"]).json()
    assert set(found) - {"sub"} <= told
    assert ("name" in found) is ("profile" in scope)
    assert ("phone_number" in found) is ("phone" in scope)
    assert "address" not in tokens["scope"]
    assert found["sub"] == visit.claims(tokens)["sub"]


def test_ensure_other_scope_order_succeeds(visit: Visit) -> None:
    assert visit.claims(visit.tokens(scope="profile openid"))["sub"]


def test_claims_essential(visit: Visit) -> None:
    """A name that is asked for alone is told where it was asked for."""
    asked = '{"userinfo": {"name": {"essential": true}}}'
    tokens = visit.tokens(scope="openid", claims=asked)
    assert visit.userinfo(tokens["access_token"]).json()["name"] == "安"
    assert "name" not in visit.claims(tokens)


def test_claims_locales(visit: Visit) -> None:
    assert visit.tokens(claims_locales="se")["id_token"]


def test_userinfo_get(visit: Visit) -> None:
    tokens = visit.tokens()
    assert visit.userinfo(tokens["access_token"]).json()["sub"] == visit.claims(tokens)["sub"]


def test_userinfo_post_header(visit: Visit) -> None:
    tokens = visit.tokens()
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    answer = requests.post(visit.metadata["userinfo_endpoint"], headers=headers, timeout=60)
    assert answer.json()["sub"] == visit.claims(tokens)["sub"]


def test_userinfo_post_body(visit: Visit) -> None:
    tokens = visit.tokens()
    form = {"access_token": tokens["access_token"]}
    answer = requests.post(visit.metadata["userinfo_endpoint"], data=form, timeout=60)
    assert answer.json()["sub"] == visit.claims(tokens)["sub"]


def test_alternate_happy_flow(house: str, visit: Visit) -> None:
    """A second system, in the same browser, with a long state and nonce, and no state at all."""
    visit.tokens()
    other = Visit(house, "meters")
    other.person = visit.person
    long = "~".join(["x" * 40] * 10)
    assert other.claims(other.tokens(state=long, nonce=long), long)["aud"] == "meters"
    assert other.said(state=None).keys() == {"code", "iss"}


@pytest.mark.parametrize("shown", ["page", "popup"])
def test_display(visit: Visit, shown: str) -> None:
    assert visit.tokens(display=shown)["id_token"]


def test_ui_locales(visit: Visit) -> None:
    assert visit.tokens(ui_locales="se fr en")["id_token"]


def test_login_hint(visit: Visit) -> None:
    assert visit.tokens(login_hint="an@city.example")["id_token"]


def test_id_token_hint(visit: Visit) -> None:
    first = visit.tokens()
    second = visit.tokens(prompt="none", id_token_hint=first["id_token"])
    assert visit.claims(second)["sub"] == visit.claims(first)["sub"]


def test_prompt_login(visit: Visit) -> None:
    first = visit.claims(visit.tokens())
    visit.grow_old(100)
    assert visit.claims(visit.tokens(prompt="login"))["auth_time"] >= first["auth_time"]


def test_prompt_none_logged_in(visit: Visit) -> None:
    first, second = visit.claims(visit.tokens()), visit.claims(visit.tokens(prompt="none"))
    assert (second["sub"], second["auth_time"]) == (first["sub"], first["auth_time"])


def test_prompt_none_not_logged_in(visit: Visit) -> None:
    assert visit.said(prompt="none")["error"] in {"login_required", "interaction_required"}


def test_max_age_1(visit: Visit) -> None:
    first = visit.claims(visit.tokens())
    visit.grow_old(2)
    assert visit.claims(visit.tokens(max_age="1"))["auth_time"] >= first["auth_time"]
    visit.grow_old(2)
    assert visit.said(max_age="1", prompt="none")["error"] == "login_required"


def test_max_age_10000(visit: Visit) -> None:
    first = visit.claims(visit.tokens())
    second = visit.claims(visit.tokens(max_age="10000", prompt="none"))
    assert second["auth_time"] == first["auth_time"]


def test_ensure_post_request_succeeds(visit: Visit) -> None:
    place, _, query = visit.address().partition("?")
    said = said_at(visit.person.walk(place, dict(parse_qsl(query))))
    assert visit.exchanged(said["code"])["id_token"]


def test_ensure_registered_redirect_uri(visit: Visit) -> None:
    landed = visit.person.walk(visit.address(redirect_uri="https://bills.example/other"))
    assert landed.startswith(visit.house)


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("request", "eyJhbGciOiJub25lIn0.eyJzdGF0ZSI6ImV2aWwifQ.", "request_not_supported"),
        ("request_uri", "https://bills.example/request.jwt", "request_uri_not_supported"),
    ],
)
def test_unsigned_request_object(visit: Visit, name: str, value: str, error: str) -> None:
    """Rejected as unsupported, at the address of the query, with its state."""
    said = visit.said(**{name: value})
    assert (said["error"], said["state"]) == (error, "s-1")


def test_ensure_request_object_with_redirect_uri(visit: Visit) -> None:
    """An address inside a request object leads nobody anywhere."""
    inside = "eyJhbGciOiJub25lIn0.eyJyZWRpcmVjdF91cmkiOiJodHRwczovL2V2aWwuZXhhbXBsZS8ifQ."
    landed = visit.person.walk(visit.address(redirect_uri=None, request=inside))
    assert landed.startswith(visit.house)


def test_ensure_request_with_acr_values_succeeds(visit: Visit) -> None:
    assert visit.claims(visit.tokens(acr_values="urn:beichen:acr:1 2"))["acr"]


def test_ensure_request_with_unknown_parameter_succeeds(visit: Visit) -> None:
    assert visit.tokens(extra="foobar")["id_token"]


def test_ensure_request_with_valid_pkce_succeeds(visit: Visit) -> None:
    client = visit.client()
    address, _state = client.create_authorization_url(
        visit.metadata["authorization_endpoint"], code_verifier=VERIFIER
    )
    code = said_at(visit.person.walk(address))["code"]
    assert visit.exchanged(code, code_verifier=VERIFIER)["id_token"]


def test_ensure_request_without_nonce_succeeds_for_code_flow(visit: Visit) -> None:
    assert "nonce" not in visit.claims(visit.tokens(nonce=None), "")


def test_refresh_token(house: str, visit: Visit) -> None:
    """It gives tokens of the same person, and is worth nothing to another system."""
    tokens = visit.tokens(scope="openid offline_access", prompt="consent")
    other, place = Visit(house, "meters"), visit.metadata["token_endpoint"]
    with pytest.raises(OAuthError, match="invalid_grant"):
        other.client("openid offline_access").refresh_token(place, tokens["refresh_token"])
    fresh = visit.client("openid offline_access").refresh_token(place, tokens["refresh_token"])
    assert visit.claims(fresh, "")["sub"] == visit.claims(tokens)["sub"]
    assert visit.userinfo(fresh["access_token"]).status_code == 200
    other.person.browser.close()


def test_server_client_secret_post(visit: Visit) -> None:
    made = OAuth2Session(visit.key, visit.secret, token_endpoint_auth_method="client_secret_post")
    opened.append(made)
    code = visit.said()["code"]
    token = made.fetch_token(visit.metadata["token_endpoint"], code=code, redirect_uri=BACK)
    assert visit.claims(token)["sub"]


def test_idtoken_unsigned(visit: Visit) -> None:
    """Nobody can register for it."""
    assert visit.metadata["id_token_signing_alg_values_supported"] == ["RS256"]


# RP-initiated logout


def test_rp_initiated_logout_discovery_endpoint_verification(visit: Visit) -> None:
    assert visit.metadata["end_session_endpoint"] == f"{visit.house}/o/logout"


def test_rp_initiated_logout(visit: Visit) -> None:
    hint = visit.tokens()["id_token"]
    assert visit.leave(id_token_hint=hint, post_logout_redirect_uri=BYE, state="b") == f"{BYE}?state=b"
    assert visit.said(prompt="none")["error"] == "login_required"


def test_rp_initiated_logout_bad_post_logout_redirect_uri(visit: Visit) -> None:
    hint = visit.tokens()["id_token"]
    landed = visit.leave(id_token_hint=hint, post_logout_redirect_uri=f"{BYE}/other")
    assert landed.startswith(visit.house)


def test_rp_initiated_logout_query_added_to_post_logout_redirect_uri(visit: Visit) -> None:
    hint = visit.tokens()["id_token"]
    landed = visit.leave(id_token_hint=hint, post_logout_redirect_uri=f"{BYE}?foo=bar")
    assert landed.startswith(visit.house)


@pytest.mark.parametrize("kind", ["modified", "bad"])
def test_rp_initiated_logout_id_token_hint(visit: Visit, kind: str) -> None:
    """A hint that this house did not sign proves nothing: nobody is signed out or led away by it."""
    token = visit.tokens()["id_token"]
    head, body, signature = token.split(".")
    hint = f"{head}.{body[:-6]}AAAAAA.{signature}" if kind == "modified" else "foo"
    query = urlencode({"id_token_hint": hint, "post_logout_redirect_uri": BYE})
    answer = visit.person.browser.get(f"{visit.metadata['end_session_endpoint']}?{query}")
    assert (answer.status_code, visit.is_signed_in) == (400, True)


def test_rp_initiated_logout_no_id_token_hint(visit: Visit) -> None:
    """Whoever cannot prove which session it is asks the person, who then goes where the system may send."""
    visit.tokens()
    place = f"{visit.metadata['end_session_endpoint']}?{urlencode({'client_id': visit.key})}"
    assert visit.person.browser.get(place).status_code == 200
    assert visit.is_signed_in
    assert visit.leave(client_id=visit.key, post_logout_redirect_uri=BYE) == BYE
    assert not visit.is_signed_in


@pytest.mark.parametrize("query", [{}, {"state": "b"}], ids=["no_params", "only_state"])
def test_rp_initiated_logout_asks(visit: Visit, query: Told) -> None:
    visit.tokens()
    assert visit.leave(**query).startswith(visit.house)
    assert not visit.is_signed_in


def test_rp_initiated_logout_no_post_logout_redirect_uri(visit: Visit) -> None:
    hint = visit.tokens()["id_token"]
    assert visit.leave(id_token_hint=hint, state="b").startswith(visit.house)
    assert visit.said(prompt="none")["error"] == "login_required"


def test_rp_initiated_logout_no_state(visit: Visit) -> None:
    hint = visit.tokens()["id_token"]
    assert visit.leave(id_token_hint=hint, post_logout_redirect_uri=BYE) == BYE


# Back-channel logout


class Ear:
    """A system's server, which is told who left."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []
        ear = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                ear.told.append((self.headers["Content-Type"], parse_qs(body)["logout_token"][0]))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_args: Any) -> None:
                """Quiet."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()
        self.address = f"http://127.0.0.1:{self.server.server_port}/left"


@pytest.fixture
def ear() -> Iterator[Ear]:
    made = Ear()
    yield made
    made.server.shutdown()
    made.server.server_close()


def test_backchannel_logout_discovery_endpoint_verification(visit: Visit) -> None:
    assert visit.metadata["backchannel_logout_supported"]
    assert visit.metadata["backchannel_logout_session_supported"]


def test_backchannel_rp_initiated_logout(house: str, ear: Ear) -> None:
    visit = Visit(house, backchannel_uri=ear.address)
    tokens = visit.tokens()
    known = visit.claims(tokens)
    landed = visit.leave(id_token_hint=tokens["id_token"], post_logout_redirect_uri=BYE, state="b")
    assert landed == f"{BYE}?state=b"
    assert tell_due() == 1
    kind, token = ear.told[0]
    assert kind == "application/x-www-form-urlencoded"
    header = jws.extract_compact(token.encode()).headers()
    told = checked_logout(house, token)
    assert (header["typ"], header["alg"]) == ("logout+jwt", "RS256")
    assert (told["iss"], told["aud"], told["sub"], told["sid"]) == (
        f"{house}/o",
        "bills",
        known["sub"],
        known["sid"],
    )
    assert told["events"] == {EVENT: {}}
    assert {"iat", "exp", "jti"} <= set(told)
    assert "nonce" not in told
    assert visit.said(prompt="none")["error"] == "login_required"
    visit.person.browser.close()


def checked_logout(house: str, token: str) -> dict[str, Any]:
    """The claims of a logout token, by the published keys."""
    from joserfc import jwt

    keys = KeySet.import_key_set(requests.get(metadata_of(house)["jwks_uri"], timeout=60).json())
    return dict(jwt.decode(token, keys, algorithms=["RS256"]).claims)


# The page


def test_the_page_names_a_test_for_each_module() -> None:
    """`docs/openid-conformance.md` says of every module by which test of this file it is held."""
    text = PAGE.read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(oidcc-[a-z0-9-]+)` \| `(test_\w+)` \|", text, re.M)
    assert len(rows) == len({module for module, _test in rows}) == 52
    named = {test for _module, test in rows}
    assert named | {"test_the_page_names_a_test_for_each_module"} == {
        name for name in globals() if name.startswith("test_")
    }
