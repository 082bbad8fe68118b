"""The endpoints that programs call: discovery, keys, tokens, userinfo, introspection, revocation, devices.

They answer as the standards say, errors too (RFC 6749 5.2), not as problem documents. None of them looks at a
cookie, so that a page of any origin may call those that pages of public systems need (CORS). Pages for people
stand in `hubs/apps`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import orjson
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from oauthlib.common import Request
from oauthlib.oauth2.rfc6749.errors import OAuth2Error

from beichen.kernel.access.openid import devices, issuing, keys
from beichen.kernel.access.openid.callers import credentials_of, find_party
from beichen.kernel.access.openid.description import document as description_document
from beichen.kernel.access.openid.discovery import document
from beichen.kernel.access.openid.models import Token, TokenKind
from beichen.kernel.access.openid.provider import device_endpoint, issuer, provider
from beichen.kernel.access.openid.scopes import OPENID
from beichen.kernel.access.openid.tokens import find_token, is_good
from beichen.kernel.access.rates import check_rate
from beichen.kernel.access.request import address_of
from beichen.problem import ProblemError

MOST_BYTES = 20_000
CALLS = "6000/minute"  # of one address: a portal exchanges the codes of all its people
FAILURES = "60/minute"  # of one address: calls whose secret was wrong
DEVICES = "60/minute"  # requests of devices, of one address
View = Callable[[HttpRequest], HttpResponse]


def _open(response: HttpResponse) -> HttpResponse:
    """Readable for pages of every origin: nothing here depends on a cookie."""
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"], response["Pragma"] = "no-store", "no-cache"
    return _open(response)


def _wrong(error: str, description: str, status: int = 400) -> HttpResponse:
    return _private(JsonResponse({"error": error, "error_description": description}, status=status))


def endpoint(*methods: str) -> Callable[[View], View]:
    """A view for programs: its methods, preflight, a rate for each address, never half done."""

    def around(view: View) -> View:
        @csrf_exempt
        def call(request: HttpRequest) -> HttpResponse:
            if request.method == "OPTIONS":
                response = _open(HttpResponse(status=204))
                response["Access-Control-Allow-Methods"] = ", ".join((*methods, "OPTIONS"))
                response["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
                response["Access-Control-Max-Age"] = "86400"
                return response
            if request.method not in methods:
                return HttpResponseNotAllowed([*methods, "OPTIONS"])
            try:
                check_rate("access.openid", address_of(request), CALLS)
                if _size(request) > MOST_BYTES:
                    return _wrong("invalid_request", "The form is too large.", 413)
                with transaction.atomic():
                    return view(request)
            except ProblemError as error:
                return _away(error)

        call.__name__, call.__doc__, call.__module__ = view.__name__, view.__doc__, view.__module__
        return call

    return around


def _size(request: HttpRequest) -> int:
    """How long the body is said to be; what is no number is more than is taken."""
    text = request.headers.get("Content-Length") or "0"
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 12 else MOST_BYTES + 1


def _away(error: ProblemError) -> HttpResponse:
    """A problem of the house in the words of the protocol."""
    problem = error.problems[0]
    word = (
        "server_error"
        if problem.status >= 500
        else "temporarily_unavailable"
        if problem.status == 429
        else "invalid_request"
    )
    response = _wrong(word, f"{problem.code} {problem.message}", problem.status)
    if problem.status == 429:
        response["Retry-After"] = "60"
    return response


def _form(request: HttpRequest) -> str:
    """The form as it is sent to the library: encoded anew, so that no letter of it is unreadable.

    A call with HTTP Basic says its client there too, where the library looks for it.
    """
    given = request.POST.copy()
    name, _secret = credentials_of(_as_call(request, ""))
    if name and "client_id" not in given:
        given["client_id"] = name
    return urlencode([(key, value) for key, values in given.lists() for value in values])


def _headers(request: HttpRequest) -> dict[str, str]:
    kept = {"Content-Type": "application/x-www-form-urlencoded"}
    if "Authorization" in request.headers:
        kept["Authorization"] = request.headers["Authorization"]
    return kept


def _as_call(request: HttpRequest, body: str) -> Request:
    return Request(f"{issuer()}/", "POST", body, _headers(request))


def _is_form(request: HttpRequest) -> bool:
    return request.content_type == "application/x-www-form-urlencoded"


def _answered(request: HttpRequest, answer: tuple[dict[str, str], str, int]) -> HttpResponse:
    headers, body, status = answer
    response = HttpResponse(body, status=status, content_type="application/json")
    for name, value in headers.items():
        if name not in {"Content-Type", "Access-Control-Allow-Origin"}:
            response[name] = value
    if status == 401:
        check_rate("access.openid-failure", address_of(request), FAILURES)
        response["WWW-Authenticate"] = f'Basic realm="{issuer()}"'
    return _private(response)


def _called(request: HttpRequest, create: Callable[..., Any]) -> HttpResponse:
    """One of the library's endpoints."""
    if not _is_form(request) or request.META.get("QUERY_STRING"):
        return _wrong("invalid_request", "A form is expected in the body.")
    try:
        answer = create(f"{issuer()}/", "POST", _form(request), _headers(request))
    except OAuth2Error as error:
        answer = ({}, error.json, error.status_code)
    return _answered(request, answer)


@endpoint("GET", "HEAD")
def discovery(request: HttpRequest) -> HttpResponse:
    """The provider's metadata."""
    response = JsonResponse(document())
    response["Cache-Control"] = "public, max-age=300"
    return _open(response)


@endpoint("GET", "HEAD")
def description(_request: HttpRequest) -> HttpResponse:
    """What the endpoints take and answer, as OpenAPI."""
    return _open(JsonResponse(description_document()))


@endpoint("GET", "HEAD")
def jwks(request: HttpRequest) -> HttpResponse:
    """The public keys."""
    response = JsonResponse(keys.published(), content_type="application/jwk-set+json")
    response["Cache-Control"] = "public, max-age=300"
    return _open(response)


@endpoint("POST")
def token(request: HttpRequest) -> HttpResponse:
    """Codes, refresh tokens, secrets and device codes → tokens."""
    return _called(request, provider().create_token_response)


@endpoint("POST")
def introspect(request: HttpRequest) -> HttpResponse:
    """What a token is (RFC 7662)."""
    return _called(request, provider().create_introspect_response)


@endpoint("POST")
def revoke(request: HttpRequest) -> HttpResponse:
    """A token is taken back (RFC 7009)."""
    return _called(request, provider().create_revocation_response)


@endpoint("POST")
def device_authorization(request: HttpRequest) -> HttpResponse:
    """A device begins to wait (RFC 8628)."""
    check_rate("access.device", address_of(request), DEVICES)
    return _called(request, _device_answer)


def _device_answer(
    uri: str, method: str, body: str, headers: dict[str, str]
) -> tuple[dict[str, str], str, int]:
    _headers, answer, status = device_endpoint().create_device_authorization_response(
        uri, method, body, headers
    )
    scopes = str(answer.pop("scope", "")).split()
    party = find_party(Request(uri, method, body, headers).client_id)
    assert party is not None  # noqa: S101 - the library has asked who calls
    devices.keep_request(party, answer["device_code"], answer["user_code"], scopes)
    answer["user_code"] = devices.shown(answer["user_code"])
    return {}, orjson.dumps(answer).decode(), status


def _bearer(request: HttpRequest) -> str:
    """The token of a call: the header's, or the form's (RFC 6750 2.2)."""
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    return request.POST.get("access_token", "") if request.method == "POST" and _is_form(request) else ""


@endpoint("GET", "HEAD", "POST")
def userinfo(request: HttpRequest) -> HttpResponse:
    """What the token's system may know of the person."""
    text = _bearer(request)
    found = _person_token(text)
    if found is None or found.sign_on is None or not issuing.still_represents(found.sign_on):
        check_rate("access.openid-failure", address_of(request), FAILURES)
        response = _wrong("invalid_token", "The token opens nothing.", 401)
        error = ', error="invalid_token"' if text else ""
        response["WWW-Authenticate"] = f'Bearer realm="{issuer()}"{error}'
        return response
    return _private(JsonResponse(issuing.userinfo(found)))


def _person_token(text: str) -> Token | None:
    found = find_token(text)
    if found is None or found.kind != TokenKind.ACCESS or not is_good(found) or OPENID not in found.scopes:
        return None
    return found
