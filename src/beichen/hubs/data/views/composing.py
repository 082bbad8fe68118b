"""`/indicators/new`: a question in SQL becomes an indicator of the city; and is withdrawn."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from beichen.hubs.data import service
from beichen.hubs.data.forms import IndicatorForm
from beichen.kernel.access.service import acting, require
from beichen.problem import ProblemError
from beichen.web.links import Link


@require_http_methods(["GET", "HEAD", "POST"])
def new_indicator(request: HttpRequest) -> HttpResponse:
    """The form, with a question that was asked; posted with a key it declares the indicator."""
    by = acting(request)
    require(by, service.WRITE)
    is_declared = request.method == "POST" and "key" in request.POST
    form = IndicatorForm(request.POST if is_declared else None, initial={"sql": request.POST.get("sql", "")})
    if is_declared and form.is_valid():
        try:
            service.declare_by_hand(form.facts(), by=by)
        except ProblemError as error:
            form.take(error)
        else:
            messages.success(request, _("The indicator is declared; it is computed within a minute."))
            return HttpResponseRedirect(reverse("data:indicator", args=[form.cleaned_data["key"]]))
    context = {
        "form": form,
        "crumbs": [Link(_("City indicators"), reverse("data:indicators")), Link(_("New indicator"))],
    }
    return render(request, "data/compose.html", context, status=422 if form.errors else 200)


@require_POST
def withdraw_indicator(request: HttpRequest, key: str) -> HttpResponse:
    """Compute it no more; its values stay."""
    service.withdraw(key, by=acting(request))
    messages.success(request, _("The indicator is withdrawn; its values stay."))
    return HttpResponseRedirect(reverse("data:indicators"))
