"""The provider's protocol, by oauthlib: what this house says to each question that the library asks.

The library keeps the order of checks of RFC 6749, 7009, 7636, 7662, 8628 and OpenID Connect Core; here stand
who is known, what is kept, and what is stricter than it: codes and refresh tokens are used up before anything
else is looked at, PKCE is S256 alone, a verifier without a challenge is a downgrade (RFC 9700, 2.1.1).

The library's request takes parameters of the client as attributes. So nothing of ours is read from it but
:class:`Caller`, which is always set before. Long because the library asks one object for everything.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from oauthlib.oauth2.rfc6749 import errors
from oauthlib.oauth2.rfc6749.endpoints import (
    AuthorizationEndpoint,
    IntrospectEndpoint,
    RevocationEndpoint,
    TokenEndpoint,
)
from oauthlib.oauth2.rfc6749.grant_types import ClientCredentialsGrant
from oauthlib.oauth2.rfc6749.tokens import BearerToken
from oauthlib.oauth2.rfc8628.endpoints import DeviceAuthorizationEndpoint
from oauthlib.oauth2.rfc8628.grant_types import DeviceCodeGrant
from oauthlib.openid import RequestValidator
from oauthlib.openid.connect.core.exceptions import RequestNotSupported, RequestURINotSupported
from oauthlib.openid.connect.core.grant_types import AuthorizationCodeGrant, RefreshTokenGrant

from beichen.kernel.access.decision import decide
from beichen.kernel.access.openid import devices, issuing
from beichen.kernel.access.openid.callers import Caller, credentials_of, find_client, find_party, is_secret
from beichen.kernel.access.openid.issuing import Granted, issuer
from beichen.kernel.access.openid.parties import INSPECT, uri_mistake
from beichen.kernel.access.openid.requested import read_claims
from beichen.kernel.access.openid.scopes import OPENID
from beichen.kernel.access.openid.tokens import ACCESS_SECONDS, CLIENT_SECONDS, new_token
from beichen.kernel.access.request import actor_of_client

__all__ = ["CLIENT_GRANT", "DEVICE_GRANT", "issuer", "provider"]

CODE_GRANT, REFRESH_GRANT, CLIENT_GRANT = "authorization_code", "refresh_token", "client_credentials"
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}\Z")  # of SHA-256
LONGEST_TEXT = 500


def _is_plain(text: Any) -> bool:
    return isinstance(text, str) and "\x00" not in text and len(text) <= LONGEST_TEXT


def check_ask(request: Any) -> dict[str, Any]:
    """What is stricter than the library before a person is asked anything."""
    try:
        read_claims(str(request.claims or ""))
    except ValueError:
        raise errors.InvalidRequestError("The claims cannot be read.", request=request) from None
    request.claims = None  # read by :mod:`.asking`; the library's reading of it fails on what is no JSON
    if getattr(request, "request", None) is not None:
        raise RequestNotSupported(request=request)
    if getattr(request, "request_uri", None) is not None:
        raise RequestURINotSupported(request=request)
    if request.code_challenge is not None or request.code_challenge_method is not None:
        if request.code_challenge_method != "S256":
            raise errors.UnsupportedCodeChallengeMethodError(request=request)
        if not _CHALLENGE.match(str(request.code_challenge or "")):
            raise errors.InvalidRequestError("The code_challenge is no SHA-256.", request=request)
    if not all(_is_plain(value) for value in (request.nonce or "", request.state or "")):
        raise errors.InvalidRequestError("The state or nonce is too long.", request=request)
    return {}


def check_exchange(request: Any) -> None:
    """A verifier for a code that was asked without a challenge: somebody cut the challenge out."""
    on = request.client.sign_on
    if request.code_verifier is not None and on is not None and not on.challenge:
        raise errors.InvalidGrantError("The code was asked without a challenge.", request=request)


class Answers(RequestValidator):  # type: ignore[misc]
    """The house's answer to each question of the library; its own names and signatures."""

    # who calls

    def client_authentication_required(self, request: Any, *args: Any, **kwargs: Any) -> bool:
        """All but systems that can keep no secret."""
        name, secret = credentials_of(request)
        party = find_party(name)
        return party is None or not party.is_public or bool(secret)

    def authenticate_client(self, request: Any, *args: Any, **kwargs: Any) -> bool:
        """By its secret: a system, or a client that acts for itself."""
        name, secret = credentials_of(request)
        wants_itself = request.grant_type == CLIENT_GRANT
        party = None if wants_itself else find_party(name)
        if party is not None and is_secret(party.fingerprint, secret):
            request.client = Caller(party.key, party)
        else:
            client = find_client(name)
            if client is None or not is_secret(client.fingerprint, secret):
                return False
            request.client = Caller(client.key, None, client)
        request.client_id = request.client.client_id
        return True

    def authenticate_client_id(self, client_id: Any, request: Any, *args: Any, **kwargs: Any) -> bool:
        """By its name alone: a system without a secret."""
        party = find_party(client_id)
        if party is None or not party.is_public:
            return False
        request.client = Caller(party.key, party)
        return True

    def validate_client_id(self, client_id: Any, request: Any, *args: Any, **kwargs: Any) -> bool:
        """At the door to which browsers come: no secret is shown there."""
        party = find_party(client_id)
        if party is None:
            return False
        request.client = Caller(party.key, party)
        return True

    def validate_grant_type(
        self, client_id: Any, grant_type: Any, client: Any, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        """Systems sign people in; clients act for themselves."""
        if grant_type == CLIENT_GRANT:
            return client.client is not None
        return client.party is not None and grant_type in {CODE_GRANT, REFRESH_GRANT, DEVICE_GRANT}

    # what is asked

    def validate_redirect_uri(
        self, client_id: Any, redirect_uri: Any, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        """Letter by letter, and safe by what is safe today."""
        party = request.client.party
        return redirect_uri in party.redirect_uris and not uri_mistake(
            redirect_uri, is_public=party.is_public
        )

    def get_default_redirect_uri(self, client_id: Any, request: Any, *args: Any, **kwargs: Any) -> None:
        """None: OpenID Connect wants it said."""

    def validate_response_type(
        self, client_id: Any, response_type: Any, client: Any, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        """Codes alone: no token passes through a browser's address."""
        return bool(response_type == "code")

    def is_pkce_required(self, client_id: Any, request: Any) -> bool:
        """For whom keeps no secret."""
        return request.client.party is not None and request.client.party.is_public

    def get_default_scopes(self, client_id: Any, request: Any, *args: Any, **kwargs: Any) -> list[str]:
        """None."""
        return []

    def validate_scopes(
        self, client_id: Any, scopes: Any, client: Any, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        """``openid`` at least; what is unknown or not registered for the system is left out."""
        if request.client.client is not None:
            request.scopes = None  # a client's role says what it may
            return True
        known = request.client.party.scopes
        request.scopes = [scope for scope in dict.fromkeys(scopes or []) if scope in known]
        return OPENID in request.scopes

    def validate_silent_login(self, request: Any) -> bool:
        """Decided with the session, see :mod:`.asking`."""
        return True

    def validate_silent_authorization(self, request: Any) -> bool:
        """Decided with the session."""
        return True

    def validate_user_match(self, id_token_hint: Any, scopes: Any, claims: Any, request: Any) -> bool:
        """Decided with the session."""
        return True

    # codes

    def save_authorization_code(
        self, client_id: Any, code: Any, request: Any, *args: Any, **kwargs: Any
    ) -> None:
        """With what the person allowed, which our page hands over as ``granted``."""
        granted: Granted = request.granted
        issuing.keep_code(
            request.client.party,
            granted,
            code["code"],
            redirect_uri=request.redirect_uri,
            nonce=request.nonce or "",
            challenge=request.code_challenge or "",
        )

    def validate_code(
        self, client_id: Any, code: Any, client: Any, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        """Used up by being looked at."""
        on = issuing.use_code(str(code), client)
        if on is None or not issuing.still_represents(on):
            return False
        client.sign_on, request.scopes = on, list(on.scopes)
        return True

    def get_code_challenge(self, code: Any, request: Any) -> str | None:
        """As it was asked with."""
        return request.client.sign_on.challenge or None

    def get_code_challenge_method(self, code: Any, request: Any) -> str:
        """The only one."""
        return "S256"

    def confirm_redirect_uri(
        self,
        client_id: Any,
        code: Any,
        redirect_uri: Any,
        client: Any,
        request: Any,
        *args: Any,
        **kwargs: Any,
    ) -> bool:
        """The same address as the code was sent to."""
        return bool(redirect_uri == client.sign_on.redirect_uri)

    def get_authorization_code_nonce(
        self, client_id: Any, code: Any, redirect_uri: Any, request: Any
    ) -> str | None:
        """As it was asked with."""
        return request.client.sign_on.nonce or None

    def invalidate_authorization_code(
        self, client_id: Any, code: Any, request: Any, *args: Any, **kwargs: Any
    ) -> None:
        """Done when it was looked at."""

    # refresh tokens

    def validate_refresh_token(
        self, refresh_token: Any, client: Any, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        """Used up by being looked at."""
        token = issuing.use_refresh(str(refresh_token), client)
        if token is None:
            return False
        client.token, client.sign_on = token, token.sign_on
        return True

    def get_original_scopes(self, refresh_token: Any, request: Any, *args: Any, **kwargs: Any) -> list[str]:
        """Those of the token."""
        return list(request.client.token.scopes)

    def refresh_id_token(self, request: Any) -> bool:
        """A new statement of the same sign-in."""
        return True

    # devices

    def validate_device_code(self, client_id: Any, device_code: Any, request: Any) -> str | None:
        """How it stands; an allowed one gets its statement by the answer's further members."""
        status = devices.poll(str(device_code), request.client)
        on = request.client.sign_on
        if status == DeviceCodeGrant.DEVICE_CODE_AUTHORIZED and on is not None:
            request.scopes = list(on.scopes)
            request.extra_credentials = {"id_token": issuing.id_token(on, {})}
        return status

    # tokens

    def finalize_id_token(self, id_token: Any, token: Any, token_handler: Any, request: Any) -> str:
        """The library's members, ours, and the signature."""
        nonce = str(id_token.get("nonce") or "")
        kept = {name: id_token[name] for name in ("at_hash",) if name in id_token}
        return issuing.id_token(request.client.sign_on, kept, nonce=nonce)

    def save_bearer_token(self, token: Any, request: Any, *args: Any, **kwargs: Any) -> None:
        """Before the answer is sent."""
        issuing.keep_tokens(token, request.client, list(request.scopes or []))

    def introspect_token(
        self, token: Any, token_type_hint: Any, request: Any, *args: Any, **kwargs: Any
    ) -> Any:
        """For whom it was given to, and for clients with the right."""
        caller: Caller = request.client
        if caller.party is not None and caller.party.is_public:
            return None
        may_all = caller.client is not None and bool(decide(actor_of_client(caller.client, ""), INSPECT))
        return issuing.introspected(str(token), caller, may_all=may_all)

    def revoke_token(self, token: Any, token_type_hint: Any, request: Any, *args: Any, **kwargs: Any) -> None:
        """For whom it was given to."""
        issuing.revoke(str(token), request.client)


def _seconds(request: Any) -> int:
    return CLIENT_SECONDS if request.client.client is not None else ACCESS_SECONDS


class Provider(AuthorizationEndpoint, TokenEndpoint, IntrospectEndpoint, RevocationEndpoint):  # type: ignore[misc]
    """The library's endpoints, for codes alone: no implicit flow, no passwords of people."""

    def __init__(self) -> None:
        answers = Answers()
        bearer = BearerToken(answers, new_token, _seconds)
        code = AuthorizationCodeGrant(answers, pre_auth=[check_ask], post_token=[check_exchange])
        AuthorizationEndpoint.__init__(
            self, default_response_type="code", response_types={"code": code}, default_token_type=bearer
        )
        grants = {
            CODE_GRANT: code,
            REFRESH_GRANT: RefreshTokenGrant(answers),
            CLIENT_GRANT: ClientCredentialsGrant(answers),
            DEVICE_GRANT: DeviceCodeGrant(answers),
        }
        TokenEndpoint.__init__(
            self, default_grant_type=CODE_GRANT, default_token_type=bearer, grant_types=grants
        )
        IntrospectEndpoint.__init__(self, answers)
        RevocationEndpoint.__init__(self, answers)


@cache
def provider() -> Provider:
    """The one provider of this process; it keeps nothing."""
    return Provider()


def device_endpoint() -> DeviceAuthorizationEndpoint:
    """Where devices begin."""
    place = f"{issuer()}/device"
    return DeviceAuthorizationEndpoint(
        Answers(),
        verification_uri=place,
        expires_in=int(devices.LIFE.total_seconds()),
        interval=devices.INTERVAL,
        verification_uri_complete=lambda letters: f"{place}?user_code={devices.shown(letters)}",
        user_code_generator=devices.new_user_code,
    )
