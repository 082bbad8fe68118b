"""The addresses of the OpenID provider and of the register of systems, for `test_access`."""

from __future__ import annotations

from typing import Any

from beichen.kernel.access.openid.service import PartyFacts, register_party
from beichen.kernel.actor import system
from beichen.kernel.org.models import Body

BY = system("test")
PERSON = "asks whoever comes to sign in first; tells nobody of anybody without their answer"
SECRET = "a secret, a code or a token is the right"
STATED = {"key": "fresh", "name": "x", "purpose": "x", "redirect_uris": "https://x.example/back"}

OPEN = {
    "o/.well-known/openid-configuration": "what the provider is, the same for everybody",
    ".well-known/oauth-authorization-server/o": "the same",
    "o/openapi.json": "how the provider is spoken to, the same for everybody",
    "o/jwks": "public keys",
    "o/token": SECRET,
    "o/introspect": SECRET,
    "o/revoke": SECRET,
    "o/userinfo": SECRET,
    "o/device_authorization": SECRET,
    "o/authorize": PERSON,
    "o/consent": PERSON,
    "o/device": PERSON,
    "o/logout": "ends the visitor's own session, after asking",
    "o/logout/confirm": "the same",
}
SAMPLES: dict[str, list[tuple[str, str, Any]]] = {
    "relying-parties": [("GET", "relying-parties", None)],
    "relying-parties/new": [
        ("GET", "relying-parties/new", None),
        ("POST", "relying-parties/new", {**STATED, "body": "{body}"}),
    ],
    "relying-parties/<slug:key>": [("GET", "relying-parties/kept", None)],
    "relying-parties/<slug:key>/change": [
        ("GET", "relying-parties/kept/change", None),
        ("POST", "relying-parties/kept/change", {**STATED, "body": "{body}"}),
    ],
    "relying-parties/<slug:key>/secret": [("POST", "relying-parties/kept/secret", {})],
    "relying-parties/<slug:key>/state": [("POST", "relying-parties/kept/state", {"state": "close"})],
}


def keep_apps() -> None:
    """A registered system."""
    body = Body.objects.order_by("path")[0].key
    register_party(PartyFacts("kept", "x", "x", body, ("https://x.example/back",)), by=BY)
