"""`/my/data/close`: closing one's account oneself: what is open, what goes, what stays by law."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from beichen.fronts.citizen.my.pages import frame, own, person_of
from beichen.kernel.access import service as access
from beichen.kernel.access.models import Account
from beichen.problem import ProblemError
from beichen.web.forms import ProblemForm

TRIES = "10/hour"


class CloseForm(ProblemForm):
    """The second confirmation: the password, or the name of an account that signs in elsewhere."""

    fallback = "sure"
    password = forms.CharField(
        label=gettext_lazy("Your password"),
        max_length=128,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    name = forms.CharField(label=gettext_lazy("Your name, typed"), max_length=100, required=False)
    sure = forms.BooleanField(
        label=gettext_lazy("I am sure: a closed account does not come back."), required=False
    )

    def __init__(self, *args: Any, account: Account, **named: Any) -> None:
        super().__init__(*args, **named)
        del self.fields["name" if account.has_usable_password() else "password"]


@sensitive_post_parameters("password")
@own
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: HttpRequest) -> HttpResponse:
    """What is open first; then what goes and what stays, and the confirmation."""
    person, account = person_of(request), request.user
    assert isinstance(account, Account)  # noqa: S101 - it stands for a person
    form = CloseForm(request.POST if request.method == "POST" else None, account=account)
    if request.method == "POST" and form.is_valid():
        access.check_rate("my-close", person.code, TRIES)
        told = form.cleaned_data
        try:
            access.close_account(
                account,
                told.get("password", ""),
                told.get("name", ""),
                is_sure=bool(told["sure"]),
                by=access.acting(request),
            )
        except ProblemError as error:
            form.take(error)
        else:
            logout(request)
            return HttpResponseRedirect(reverse("citizen:closed"))
    kept = [one for one in access.holdings() if one.stays and one.count(person.code)]
    context = frame(
        _("Close my account"),
        open=access.open_matters(person.code),
        goes=[one for one in access.holdings() if one.erase is not None],
        stays=kept,
        form=form,
    )
    return render(request, "citizen/my/close.html", context, status=422 if form.errors else 200)


@never_cache
@require_safe
def closed(request: HttpRequest) -> HttpResponse:
    """That it is done; for whoever opens it, since nobody is signed in any more."""
    return render(request, "citizen/my/closed.html")
