"""The pages that belong to no room: the account, and the choice of appearance and of large type."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from beichen.kernel.access.models import Account
from beichen.kernel.org.service import posts_of

THEME_COOKIE = "beichen_theme"
THEMES = ("light", "dark")
READING_COOKIE = "beichen_reading"
EASY = "easy"
"""The one mode beside the usual: large type, fewer words, strong contrast (简洁大字版)."""
_YEAR = 365 * 24 * 60 * 60


def way_back(request: HttpRequest, otherwise: str = "/") -> str:
    """The page of this house that a form names as ``next``; any other address is ``otherwise``."""
    target = request.POST.get("next") or request.GET.get("next") or otherwise
    return target if url_has_allowed_host_and_scheme(target, {request.get_host()}) else otherwise


def _keep(request: HttpRequest, response: HttpResponse, cookie: str, value: str) -> None:
    """Keep a choice in a cookie for a year; an empty one is forgotten."""
    if value:
        response.set_cookie(
            cookie, value, max_age=_YEAR, samesite="Lax", secure=request.is_secure(), httponly=True
        )
    else:
        response.delete_cookie(cookie)


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keep the chosen appearance in a cookie and return to the page."""
    fetched = request.headers.get("X-Requested-With") == "fetch"
    response = HttpResponse(status=204) if fetched else HttpResponseRedirect(way_back(request))
    chosen = request.POST.get("theme", "")
    _keep(request, response, THEME_COOKIE, chosen if chosen in THEMES else "")
    return response


@require_POST
def reading(request: HttpRequest) -> HttpResponse:
    """Large type and fewer words, or the usual page again; a cookie keeps it for every page."""
    response = HttpResponseRedirect(way_back(request))
    _keep(request, response, READING_COOKIE, EASY if request.POST.get("reading") == EASY else "")
    return response


@login_required
@require_GET
def account(request: HttpRequest) -> HttpResponse:
    """Who is signed in, which posts that person holds, and the ways to keep the account safe."""
    user = request.user
    person = user.person if isinstance(user, Account) else None
    return render(request, "web/account.html", {"posts": posts_of(person) if person else []})
