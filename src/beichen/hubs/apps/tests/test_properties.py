"""Whatever is sent: no failure of the house, nobody led to a strange address, nothing told unasked."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from beichen.hubs.apps.tests.conftest import BACK, Browser, System
from beichen.kernel.access.models import SignOn, Token
from beichen.kernel.access.rates import forget_rates

pytestmark = pytest.mark.django_db
NAMES = """
client_id client_secret redirect_uri response_type response_mode scope state nonce code code_verifier
code_challenge code_challenge_method grant_type refresh_token device_code token token_type_hint prompt
max_age acr_values id_token_hint claims ui_locales login_hint request request_uri client user scopes
post_logout_redirect_uri
""".split()  # noqa: SIM905 - a list of forty lines
VALUES = f"""
portal app {BACK} code openid none login S256 authorization_code refresh_token client_credentials
urn:ietf:params:oauth:grant-type:device_code fragment 0 {{}} https://evil.example/ o.x % {"a" * 43}
""".split()
WORDS = st.sampled_from([*VALUES, "openid profile", "\x00"])
QUERIES = st.lists(st.tuples(st.sampled_from(NAMES), WORDS | st.text(max_size=12)), max_size=9)
SETTINGS = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@SETTINGS
@given(query=QUERIES)
def test_the_door_leads_only_to_registered_addresses(
    query: Any, browser: Browser, portal: System, app: System
) -> None:
    """Or to our own pages; and it lets nobody in without an answer."""
    text = urlencode(query, errors="surrogatepass")
    for path in ("o/authorize", "o/logout", "o/device"):
        answer = browser.get(f"/{path}?{text}")
        assert answer.status_code < 500
        if "Location" in answer:
            target = urlsplit(answer["Location"])
            assert target.netloc in {"", "portal.example"}
            assert target.netloc or target.path.startswith(("/account/", "/o/"))
        assert b"evil.example" not in answer.content.partition(b"http-equiv")[2][:200]
    assert not SignOn.objects.exists()


@SETTINGS
@given(form=QUERIES)
def test_the_endpoints_refuse_in_their_own_words(form: Any, portal: System, app: System) -> None:
    """JSON with an error, and no token."""
    forget_rates()
    body = urlencode(form, errors="surrogatepass")
    for path in ("token", "introspect", "revoke", "device_authorization", "userinfo"):
        answer = portal.client.post(f"/o/{path}", body, content_type="application/x-www-form-urlencoded")
        assert answer.status_code in {200, 400, 401, 403, 429}, answer.content
        told = answer.json() if answer.content else {}
        assert "access_token" not in told
        assert answer.status_code == 200 or "error" in told
    assert not Token.objects.exists()
