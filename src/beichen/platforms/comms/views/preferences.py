"""`/messages/preferences`: how one is reached; the city's quiet hours for who may set them."""

from __future__ import annotations

from dataclasses import asdict

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from beichen.kernel.access.service import acting, decide
from beichen.platforms.comms import channels
from beichen.platforms.comms.addresses import OUTSIDE, masked
from beichen.platforms.comms.forms import CityQuietForm, PreferencesForm
from beichen.platforms.comms.pages import own_person
from beichen.platforms.comms.rights import SET_QUIET
from beichen.platforms.comms.service import (
    Preferences,
    city_quiet,
    preferences_of,
    set_city_quiet,
    set_preferences,
)
from beichen.platforms.comms.words import ChannelName
from beichen.problem import ProblemError


def _page(
    request: HttpRequest, form: PreferencesForm | None = None, city_form: CityQuietForm | None = None
) -> HttpResponse:
    person = own_person(request)
    if person is None:
        raise Http404
    quiet = city_quiet()
    initial = {"quiet_from": quiet.starts, "quiet_until": quiet.ends} if quiet else {}
    may_set = bool(decide(acting(request), SET_QUIET))
    context = {
        "form": form or PreferencesForm(initial=asdict(preferences_of(person))),
        "quiet": quiet,
        "missing": [name.label for name in OUTSIDE if name not in channels.set_up()],
        "mail": masked(ChannelName.MAIL, person.email),
        "phone": masked(ChannelName.SMS, person.phone),
        "city_form": (city_form or CityQuietForm(initial=initial, prefix="city")) if may_set else None,
    }
    return render(
        request, "platforms_comms/preferences.html", context, status=422 if form or city_form else 200
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """One's own channels, language and quiet hours."""
    person = own_person(request)
    if request.method != "POST" or person is None:
        return _page(request)
    form = PreferencesForm(request.POST)
    if form.is_valid():
        try:
            set_preferences(person, Preferences(**form.cleaned_data), by=acting(request))
        except ProblemError as error:
            form.take(error)
        else:
            messages.success(request, gettext("Kept."))
            return HttpResponseRedirect(reverse("platforms_comms:preferences"))
    return _page(request, form)


@login_required
@require_POST
def city(request: HttpRequest) -> HttpResponse:
    """The city's quiet hours."""
    form = CityQuietForm(request.POST, prefix="city")
    if form.is_valid():
        said = form.cleaned_data
        try:
            set_city_quiet(said["quiet_from"], said["quiet_until"], by=acting(request))
        except ProblemError as error:
            if error.status == 403:
                raise
            form.take(error)
        else:
            messages.success(request, gettext("Kept."))
            return HttpResponseRedirect(reverse("platforms_comms:preferences"))
    return _page(request, city_form=form)
