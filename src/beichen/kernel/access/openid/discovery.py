"""What the provider says of itself (OpenID Connect Discovery 1.0, RFC 8414)."""

from __future__ import annotations

from typing import Any

from beichen.kernel.access.openid.assurance import CLAIMS, FRAMEWORK
from beichen.kernel.access.openid.keys import ALGORITHM
from beichen.kernel.access.openid.provider import (
    CLIENT_GRANT,
    CODE_GRANT,
    DEVICE_GRANT,
    REFRESH_GRANT,
    issuer,
)
from beichen.kernel.access.openid.scopes import SCOPES
from beichen.kernel.access.openid.sessions import LEVELS
from beichen.settings import settings

_SECRETS = ["client_secret_basic", "client_secret_post"]


def document() -> dict[str, Any]:
    """The provider's metadata."""
    here = issuer()
    claims = dict.fromkeys(claim for kind in SCOPES.values() for claim in kind.claims)
    return {
        "issuer": here,
        "authorization_endpoint": f"{here}/authorize",
        "token_endpoint": f"{here}/token",
        "userinfo_endpoint": f"{here}/userinfo",
        "jwks_uri": f"{here}/jwks",
        "device_authorization_endpoint": f"{here}/device_authorization",
        "introspection_endpoint": f"{here}/introspect",
        "revocation_endpoint": f"{here}/revoke",
        "end_session_endpoint": f"{here}/logout",
        "service_documentation": f"{settings().public}/api/docs",
        "scopes_supported": list(SCOPES),
        "claims_supported": [*claims, "iss", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "sid"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query", "fragment"],
        "grant_types_supported": [CODE_GRANT, REFRESH_GRANT, CLIENT_GRANT, DEVICE_GRANT],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": [ALGORITHM],
        "acr_values_supported": list(LEVELS),
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": [*_SECRETS, "none"],
        "introspection_endpoint_auth_methods_supported": _SECRETS,
        "revocation_endpoint_auth_methods_supported": [*_SECRETS, "none"],
        "ui_locales_supported": ["zh-Hans", "en"],
        "claims_parameter_supported": True,
        "verified_claims_supported": True,
        "trust_frameworks_supported": [FRAMEWORK],
        "claims_in_verified_claims_supported": list(CLAIMS),
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "authorization_response_iss_parameter_supported": True,
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
    }
