"""The pages that belong to no room: the account, and the choice of appearance."""

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
_YEAR = 365 * 24 * 60 * 60


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keep the chosen appearance in a cookie and return to the page."""
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}):
        target = "/"
    fetched = request.headers.get("X-Requested-With") == "fetch"
    response = HttpResponse(status=204) if fetched else HttpResponseRedirect(target)
    chosen = request.POST.get("theme")
    if chosen in THEMES:
        response.set_cookie(
            THEME_COOKIE, chosen, max_age=_YEAR, samesite="Lax", secure=request.is_secure(), httponly=True
        )
    else:
        response.delete_cookie(THEME_COOKIE)
    return response


@login_required
@require_GET
def account(request: HttpRequest) -> HttpResponse:
    """Who is signed in, which posts that person holds, and the ways to keep the account safe."""
    user = request.user
    person = user.person if isinstance(user, Account) else None
    return render(request, "web/account.html", {"posts": posts_of(person) if person else []})
