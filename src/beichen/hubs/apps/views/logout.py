"""`/o/logout`: a system sends somebody here to sign out of everything (RP-Initiated Logout 1.0)."""

from __future__ import annotations

from django.contrib.auth import logout as sign_out
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from beichen.hubs.apps.views.authorize import account_of, led_away
from beichen.hubs.apps.words import party_name
from beichen.kernel.access.openid import service as openid
from beichen.kernel.access.openid.service import Leave


def _done(request: HttpRequest, leave: Leave) -> HttpResponse:
    if leave.address:
        return led_away(request, leave.address)
    return render(request, "hubs_apps/signed_out.html", {})


@never_cache
@csrf_exempt  # a form of a system becomes a question to the person
@require_http_methods(["GET", "HEAD", "POST"])
def logout(request: HttpRequest) -> HttpResponse:
    """Signs out at once for a system that shows this session's own ID token; else the person is asked."""
    if request.method == "POST":
        response = HttpResponse(status=303)
        response["Location"] = f"{reverse('apps:logout')}?{request.POST.urlencode()}"
        return response
    account = account_of(request)
    leave = openid.asked_to_leave(request, account)
    if account is None:
        return _done(request, leave)
    if leave.is_sure:
        sign_out(request)
        return _done(request, leave)
    action = f"{reverse('apps:logout-confirm')}?{request.GET.urlencode()}"
    name = party_name(leave.party) if leave.party else ""
    return render(request, "hubs_apps/logout.html", {"action": action, "name": name})


@never_cache
@require_POST
def confirm(request: HttpRequest) -> HttpResponse:
    """The person says yes."""
    leave = openid.asked_to_leave(request, account_of(request))
    sign_out(request)
    return _done(request, leave)
