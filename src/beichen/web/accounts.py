"""`/account/register`, `/account/recover`: an account of one's own, a new password; `/account/acting-for`.

Both begin with an address and a code; what follows is decided by who has the address, which only the owner of
the code learns. The session holds the handle of the code, never the code.
"""

from __future__ import annotations

from typing import Any

from allauth.account.utils import perform_login
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from beichen.kernel.access import service as access
from beichen.kernel.actor import PUBLIC, Actor
from beichen.problem import ProblemError
from beichen.settings import settings
from beichen.web.account_forms import CodeForm, ContactForm, NameForm, PasswordForm
from beichen.web.forms import ProblemForm
from beichen.web.views import way_back

HELD = "account_code"
ASK_RATE, CODE_RATE = "10/hour", "30/hour"


def visitor(request: HttpRequest) -> Actor:
    """Somebody who is not signed in, at an address that is counted."""
    return Actor(PUBLIC.key, PUBLIC.name, PUBLIC.scopes, address=access.address_of(request))


def _shown(request: HttpRequest, template: str, form: ProblemForm, **more: Any) -> HttpResponse:
    context = {"form": form, "next": way_back(request, ""), **more}
    return render(request, f"web/account/{template}.html", context, status=422 if form.errors else 200)


def _refused(form: ProblemForm, error: ProblemError) -> None:
    """Beside the field, but for what no field of the form can mend."""
    if error.status in {403, 404}:
        raise error
    form.take(error)


@never_cache
@require_http_methods(["GET", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Ask for a mobile number or an e-mail address, and send a code there."""
    access.require_open()
    return _ask(request, is_new=True)


@never_cache
@require_http_methods(["GET", "POST"])
def recover(request: HttpRequest) -> HttpResponse:
    """The same, for who has forgotten the password."""
    return _ask(request, is_new=False)


def _ask(request: HttpRequest, *, is_new: bool) -> HttpResponse:
    form = ContactForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        by = visitor(request)
        try:
            access.check_rate("register", by.address, ASK_RATE)
            language = "en" if get_language() == "en" else "zh"
            sending = access.ask_code(form.cleaned_data["contact"], by=by, language=language)
        except ProblemError as error:
            _refused(form, error)
        else:
            to = access.masked(sending.kind, sending.address)
            request.session[HELD] = {"handle": sending.handle, "to": to, "next": way_back(request, "")}
            if settings().demo:
                words = _("Demonstration: nothing is sent; the code is %(code)s.")
                messages.info(request, words % {"code": sending.code})
            return HttpResponseRedirect(reverse("web:register-code"))
    return _shown(request, "contact", form, is_new=is_new)


def _held(request: HttpRequest) -> dict[str, str]:
    held = request.session.get(HELD)
    return held if isinstance(held, dict) else {}


@never_cache
@require_http_methods(["GET", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Enter the code that was sent."""
    held = _held(request)
    if not held:
        return HttpResponseRedirect(reverse("web:register"))
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        by = visitor(request)
        try:
            access.check_rate("register-code", by.address, CODE_RATE)
            access.confirm_code(held["handle"], form.cleaned_data["code"], by=by)
        except ProblemError as error:
            _refused(form, error)
        else:
            return HttpResponseRedirect(reverse("web:register-finish"))
    return _shown(request, "code", form, to=held["to"])


@never_cache
@require_http_methods(["GET", "POST"])
def finish(request: HttpRequest) -> HttpResponse:
    """A name and a password for a new account, a new password for a known one; then they are signed in."""
    held = _held(request)
    try:
        known = access.confirmed(held.get("handle", ""))
    except ProblemError:
        return HttpResponseRedirect(reverse("web:register-code" if held else "web:register"))
    is_new = known.account is None
    form: ProblemForm = (NameForm if is_new else PasswordForm)(request.POST or None)
    if request.method == "POST" and form.is_valid():
        by, given = visitor(request), form.cleaned_data
        try:
            if is_new:
                account = access.register_account(known.handle, given["name"], given["password"], by=by)
            else:
                account = access.recover_account(known.handle, given["password"], by=by)
        except ProblemError as error:
            _refused(form, error)
        else:
            del request.session[HELD]
            messages.success(request, _("Welcome.") if is_new else _("The new password counts from now on."))
            answer: HttpResponse = perform_login(
                request, account, email_verification="none", redirect_url=held["next"] or "/my"
            )
            return answer
    return _shown(request, "finish", form, is_new=is_new, to=held["to"])


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def acting_for(request: HttpRequest) -> HttpResponse:
    """Choose for whom one acts in this session: oneself, or a person or firm that one represents."""
    if request.method == "POST":
        access.choose_subject(request, request.POST.get("subject", "")[:64])
        return HttpResponseRedirect(way_back(request, "/my"))
    context = {
        "subjects": access.subjects_of(access.acting(request)),
        "chosen": access.chosen_subject(request),
        "next": way_back(request, "/my"),
    }
    return render(request, "web/account/acting_for.html", context)
