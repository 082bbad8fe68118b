"""`/account/upstream`: to the city's identity provider, and back."""

from __future__ import annotations

import hmac
from typing import Any

import requests
from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from authlib.common.errors import AuthlibBaseError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from joserfc.errors import JoseError

from beichen.kernel.access.models import Account
from beichen.kernel.access.openid.codes import UPSTREAM_AWAY, UPSTREAM_REFUSED
from beichen.kernel.access.openid.sessions import UPSTREAM
from beichen.kernel.access.rates import check_rate
from beichen.kernel.access.request import acting, address_of
from beichen.kernel.access.upstream.client import client, issuer_of, metadata_of
from beichen.kernel.access.upstream.identities import account_of, link
from beichen.kernel.access.upstream.vouching import question_of, vouch
from beichen.problem import Problem, ProblemError, said, shorten
from beichen.settings import settings

_NEXT, _LINK = "upstream_next", "upstream_link"
TRIES = "60/minute"  # of one address
MOST_WORDS, LONGEST_WORD = 10, 20
TROUBLE = (requests.RequestException, AuthlibBaseError, JoseError, ValueError, KeyError, TypeError)


def _callback_address() -> str:
    return f"{settings().public}{reverse('upstream-callback')}"


def _away(error: Exception) -> ProblemError:
    hint = said("{reason}", reason=shorten(str(error), 200))
    return ProblemError(Problem(UPSTREAM_AWAY, said("the identity provider cannot be asked"), hint=hint))


def _refused(reason: str) -> ProblemError:
    hint = said("{reason}", reason=shorten(reason, 200))
    return ProblemError(Problem(UPSTREAM_REFUSED, said("nobody was signed in; begin again"), hint=hint))


@never_cache
@require_safe
def begin(request: HttpRequest) -> HttpResponse:
    """Lead to the provider; ``link`` links what comes back to the account that is signed in."""
    check_rate("access.upstream", address_of(request), TRIES)
    other = client()
    target = request.GET.get("next", "")
    is_safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    request.session[_NEXT] = target if is_safe else "/"
    account = request.user if isinstance(request.user, Account) else None
    request.session[_LINK] = account.pk if account is not None and "link" in request.GET else None
    more = {"prompt": "login"} if account is not None else {}
    try:
        metadata = metadata_of(other)
        more |= question_of(metadata)
        if issuer_of(metadata) != settings().oidc_issuer.rstrip("/"):
            raise _refused("the provider calls itself otherwise than BEICHEN_OIDC_ISSUER")
        response: HttpResponse = other.authorize_redirect(request, _callback_address(), **more)
    except TROUBLE as error:
        raise _away(error) from None
    return response


def _claims(request: HttpRequest) -> dict[str, Any]:
    """What the provider signed of who is there. Raises ProblemError ACC-522, ACC-523."""
    other = client()
    try:
        metadata = metadata_of(other)
        told = request.GET.get("iss", "")
        must_say = bool(metadata.get("authorization_response_iss_parameter_supported"))
        if (told or must_say) and not hmac.compare_digest(told.encode(), str(metadata["issuer"]).encode()):
            raise _refused("the answer comes from another provider")
        token = other.authorize_access_token(request)
        claims = dict(token["userinfo"])
    except requests.RequestException as error:
        raise _away(error) from None
    except TROUBLE as error:
        raise _refused(str(error)) from None
    if issuer_of({"issuer": claims.get("iss")}) != settings().oidc_issuer.rstrip("/"):
        raise _refused("the identity is of another provider")
    if not isinstance(claims.get("sub"), str) or not 0 < len(claims["sub"]) <= 255:
        raise _refused("the identity has no subject")
    return claims


@never_cache
@require_safe
def callback(request: HttpRequest) -> HttpResponse:
    """Back from the provider: sign in, or link."""
    check_rate("access.upstream", address_of(request), TRIES)
    claims = _claims(request)
    target, linking = request.session.pop(_NEXT, "/"), request.session.pop(_LINK, None)
    issuer, subject = issuer_of({"issuer": claims["iss"]}), claims["sub"]
    current = request.user if isinstance(request.user, Account) else None
    if linking is not None and current is not None and current.pk == linking:
        link(current, issuer, subject, by=acting(request))
        vouch(current, issuer, claims)
        return HttpResponseRedirect(target)
    account = account_of(issuer, subject)
    if current is not None and current.pk != account.pk:
        raise _refused("somebody else is signed in here; sign out first")
    vouch(account, issuer, claims)
    record_authentication(
        request, account, method=UPSTREAM, amr=_words(claims), reauthenticated=current is not None
    )
    if current is not None:
        return HttpResponseRedirect(target)
    response: HttpResponse = perform_login(request, account, email_verification="none", redirect_url=target)
    return response


def _words(claims: dict[str, Any]) -> list[str]:
    """How the provider says that the person proved themselves (RFC 8176)."""
    words = claims.get("amr")
    if not isinstance(words, list):
        return []
    return [word for word in words if isinstance(word, str) and len(word) <= LONGEST_WORD][:MOST_WORDS]
