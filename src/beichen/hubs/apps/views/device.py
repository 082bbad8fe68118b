"""`/o/device`: the letters that a device shows, what asks, and the person's answer."""

from __future__ import annotations

from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from beichen.hubs.apps.views.authorize import account_of, not_known, question_of, ticked, way_to_sign_in
from beichen.hubs.apps.words import party_name
from beichen.kernel.access.models import Account, DeviceRequest
from beichen.kernel.access.openid import service as openid
from beichen.kernel.access.openid.service import Need
from beichen.kernel.access.service import acting
from beichen.problem import ProblemError
from beichen.web.wording import in_words

MOST_LETTERS = 20


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def device(request: HttpRequest) -> HttpResponse:
    """Asks for the letters, then for the answer."""
    account = account_of(request)
    assert account is not None  # noqa: S101 - somebody is signed in
    letters = (request.POST if request.method == "POST" else request.GET).get("user_code", "")[:MOST_LETTERS]
    if not letters:
        return _asks(request)
    try:
        row = openid.waiting(letters, by=acting(request))
    except ProblemError as error:
        return _asks(request, letters, str(in_words(error.problems[0])), error.status)
    if row.party.needs_two_steps and not openid.signed_in(request, account).is_in_two_steps:
        if not is_mfa_enabled(account):  # signing in again would lead back here for ever
            return render(request, "hubs_apps/two_steps.html", {"name": party_name(row.party)}, status=403)
        back = f"{reverse('apps:device')}?user_code={letters}"
        way = way_to_sign_in(request, Need.SECOND_STEP, account, back)
        assert way is not None  # noqa: S101 - a second step always has one
        return way
    if least := openid.missing_level(row.party, account):
        return not_known(request, row.party, account, least, "")
    answer = request.POST.get("answer", "")
    if answer not in {"allow", "deny"}:
        return render(request, "hubs_apps/consent.html", _question(request, row, account))
    return _answered(request, row, account, answer)


def _asks(request: HttpRequest, letters: str = "", mistake: str = "", status: int = 200) -> HttpResponse:
    context = {"letters": letters, "mistake": mistake}
    return render(request, "hubs_apps/device.html", context, status=status)


def _question(request: HttpRequest, row: DeviceRequest, account: Account) -> dict[str, Any]:
    shown = openid.shown_user_code(row.user_code)
    asked = question_of(request, row.party, list(row.scopes), account)
    return {**asked, "action": reverse("apps:device"), "user_code": shown}


def _answered(request: HttpRequest, row: DeviceRequest, account: Account, answer: str) -> HttpResponse:
    if answer == "allow":
        scopes = ticked(request, tuple(row.scopes))
        granted = openid.granted_by(request, account, scopes, request.POST.get("acting_for", ""))
        openid.allow_device(row, granted)
    else:
        subject = account.person.code if account.person else ""
        openid.refuse_device(row, by=acting(request), subject=subject)
    context = {"name": party_name(row.party), "is_allowed": answer == "allow"}
    return render(request, "hubs_apps/device_done.html", context)
