"""The other provider as Authlib speaks to it: discovery, PKCE, state, nonce, and the ID token's checks."""

from __future__ import annotations

from functools import cache
from typing import Any

from authlib.integrations.django_client import DjangoOAuth2App, OAuth

from beichen.kernel.access.openid.codes import NO_UPSTREAM
from beichen.problem import Problem, ProblemError, said
from beichen.settings import settings

NAME = "upstream"
TIMEOUT = 5  # seconds
SIGNATURES = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]


@cache
def _client(issuer: str, client_id: str, secret: str) -> DjangoOAuth2App:
    registry = OAuth()
    registry.register(
        NAME,
        client_id=client_id,
        client_secret=secret or None,
        server_metadata_url=f"{issuer}/.well-known/openid-configuration",
        client_kwargs={
            "scope": "openid",
            "code_challenge_method": "S256",
            "default_timeout": TIMEOUT,
            "token_endpoint_auth_method": "client_secret_basic" if secret else "none",
        },
    )
    return registry.create_client(NAME)


def client() -> DjangoOAuth2App:
    """The client of the provider that the settings name. Raises ProblemError ACC-521."""
    chosen = settings()
    if not chosen.oidc_issuer:
        hint = said("an administrator sets BEICHEN_OIDC_ISSUER")
        raise ProblemError(Problem(NO_UPSTREAM, said("no other identity provider is set up"), hint=hint))
    return _client(chosen.oidc_issuer.rstrip("/"), chosen.oidc_client_id, chosen.oidc_client_secret)


def metadata_of(other: DjangoOAuth2App) -> dict[str, Any]:
    """What the provider says of itself; of its signatures only those by keys that it alone has."""
    told: dict[str, Any] = other.load_server_metadata()
    named = told.get("id_token_signing_alg_values_supported") or SIGNATURES[:1]
    told["id_token_signing_alg_values_supported"] = [one for one in named if one in SIGNATURES]
    return told


def issuer_of(metadata: dict[str, Any]) -> str:
    """What the provider calls itself, as the settings must, too (Discovery 4.3)."""
    return str(metadata.get("issuer", "")).rstrip("/")
