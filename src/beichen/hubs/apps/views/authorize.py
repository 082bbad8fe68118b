"""`/o/authorize`: a system asks who is there; `/o/consent`: the person's answer.

A browser that comes from a form of this house is led away by a page, not by a redirect: the forms of this
house may lead nowhere else (``form-action``), and browsers hold redirects after a form to that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from beichen.hubs.apps.words import LEVEL_WORDS, SCOPE_WORDS, body_name, party_name, party_purpose, value_of
from beichen.kernel.access.models import Account, RelyingParty
from beichen.kernel.access.openid import service as openid
from beichen.kernel.access.openid.service import Ask, Need, RefusedError
from beichen.kernel.access.service import acting, chosen_subject, subjects_of
from beichen.kernel.levels import Level
from beichen.settings import settings


def account_of(request: HttpRequest) -> Account | None:
    """Who is signed in."""
    return request.user if isinstance(request.user, Account) and request.user.is_active else None


def led_away(request: HttpRequest, address: str) -> HttpResponse:
    """To an address of a system, which was registered."""
    came_from = urlsplit(request.headers.get("Referer", ""))
    if request.method == "POST" or came_from.netloc == request.get_host():
        context = {"address": address, "host": urlsplit(address).netloc or urlsplit(address).scheme}
        return render(request, "hubs_apps/leave.html", context)
    response = HttpResponse(status=302)
    response["Location"] = address  # Django's own redirect refuses the schemes of apps
    return response


def way_to_sign_in(
    request: HttpRequest, need: Need, account: Account | None, back: str
) -> HttpResponse | None:
    """Where somebody signs in, again or in two steps, before they come back; None when they need not."""
    again = "account_reauthenticate"
    if account is not None and not account.has_usable_password():
        again = "upstream-begin"
    names = {Need.SIGN_IN: "account_login", Need.AGAIN: again, Need.SECOND_STEP: "mfa_reauthenticate"}
    if need not in names:
        return None
    return HttpResponseRedirect(f"{reverse(names[need])}?{urlencode({'next': back})}")


@never_cache
@csrf_exempt  # a form of a system becomes a question to the person, who answers by a form of ours
@require_http_methods(["GET", "HEAD", "POST"])
def authorize(request: HttpRequest) -> HttpResponse:
    """The request of a system: answered at once, or by way of signing in and consent."""
    here = reverse("apps:authorize")
    if request.method == "POST":
        response = HttpResponse(status=303)
        response["Location"] = f"{here}?{request.POST.urlencode()}"
        return response
    account = account_of(request)
    try:
        ask = openid.asked(request)
        need = openid.needed(request, ask, account)
    except RefusedError as refused:
        return led_away(request, refused.address)
    way = way_to_sign_in(request, need, account, request.get_full_path())
    if way is not None:
        return way
    assert account is not None  # noqa: S101 - else there is a way
    if need is Need.SET_UP:
        return render(request, "hubs_apps/two_steps.html", {"name": party_name(ask.party)}, status=403)
    if need is Need.BETTER_KNOWN:
        return _not_known(request, ask, account)
    if need is Need.CONSENT:
        return render(request, "hubs_apps/consent.html", _question(request, ask, account))
    granted = openid.granted_by(request, account, openid.without_asking(ask, account), claims=ask.claims)
    return led_away(request, openid.allow(request, ask, granted, is_said=False))


def not_known(
    request: HttpRequest, party: RelyingParty, account: Account, least: str, back: str
) -> HttpResponse:
    """Who the person is must be known better: who can raise it. ``back`` leads to the system."""
    here = urlencode({"next": request.get_full_path(), "link": "1"})
    context = {
        "name": party_name(party),
        "known": LEVEL_WORDS[openid.level_of(account.person)],
        "is_window": least == "substantial",
        "upstream": settings().upstream_name,
        "upstream_at": f"{reverse('upstream-begin')}?{here}",
        "back": back,
    }
    return render(request, "hubs_apps/not_known.html", context, status=403)


def _not_known(request: HttpRequest, ask: Ask, account: Account) -> HttpResponse:
    back = openid.refused(ask, openid.UNMET, openid.UNKNOWN)
    return not_known(request, ask.party, account, openid.missing_level(ask.party, account, ask.claims), back)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that would be told, and whether the person chooses it."""

    key: str
    label: str | Promise
    about: str | Promise
    value: str
    level: str
    is_choice: bool
    is_chosen: bool


def items_of(scopes: list[str], account: Account, party: RelyingParty) -> list[Item]:
    """What is asked for, the personal and the lasting as choices."""
    before = openid.consented(party, account)
    return [
        Item(
            scope,
            *SCOPE_WORDS[scope],
            value_of(scope, account.person),
            openid.SCOPES[scope].level.name,
            is_choice(scope),
            scope in before,
        )
        for scope in scopes
    ]


def is_choice(scope: str) -> bool:
    """Whether it is told only when it is ticked."""
    return openid.SCOPES[scope].level >= Level.L3 or scope == openid.OFFLINE


def ticked(request: HttpRequest, scopes: tuple[str, ...]) -> list[str]:
    """What the person allows of what is asked for."""
    chosen = request.POST.getlist("scope")
    return [scope for scope in scopes if not is_choice(scope) or scope in chosen]


def question_of(
    request: HttpRequest, party: RelyingParty, scopes: list[str], account: Account
) -> dict[str, Any]:
    """Who asks, for what, why, and for whom the person may act."""
    by = acting(request)
    subjects = subjects_of(by) if openid.ACTING_FOR in scopes else ()
    return {
        "party": party,
        "name": party_name(party),
        "purpose": party_purpose(party),
        "body": body_name(party),
        "items": items_of(scopes, account, party),
        "subjects": subjects if len(subjects) > 1 else (),
        "chosen": chosen_subject(request).code if subjects else "",
        "who": account.person.name if account.person else account.username,
    }


def _question(request: HttpRequest, ask: Ask, account: Account) -> dict[str, Any]:
    query = urlsplit(ask.address).query
    action = f"{reverse('apps:consent')}?{query}"
    return {**question_of(request, ask.party, list(ask.scopes), account), "action": action}


@never_cache
@require_POST
def consent(request: HttpRequest) -> HttpResponse:
    """The person's answer to the request in the address. What it still needs is asked for first."""
    account = account_of(request)
    try:
        ask = openid.asked(request)
        need = openid.needed(request, ask, account)
        if account is None or need not in {Need.CONSENT, Need.NOTHING}:
            return HttpResponseRedirect(f"{reverse('apps:authorize')}?{request.META['QUERY_STRING']}")
        if request.POST.get("answer") != "allow":
            return led_away(request, openid.deny(request, ask, account))
        granted = openid.granted_by(
            request,
            account,
            ticked(request, ask.scopes),
            request.POST.get("acting_for", ""),
            claims=ask.claims,
        )
        return led_away(request, openid.allow(request, ask, granted, is_said=True))
    except RefusedError as refused:
        return led_away(request, refused.address)
