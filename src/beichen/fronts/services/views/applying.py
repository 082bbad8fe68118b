"""`/services/new`: what may be applied for, and an application that a clerk takes in."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from beichen.fronts.services import service
from beichen.fronts.services.affair.forms import ApplicationForm
from beichen.fronts.services.declaration import read_process
from beichen.fronts.services.listing import address
from beichen.kernel.access.service import acting, require
from beichen.kernel.org.models import Region
from beichen.kernel.org.service import city_region, region_by_code
from beichen.problem import ProblemError


def regions() -> list[Region]:
    city = city_region()
    if city is None:
        return []
    rows = Region.objects.filter(path__under=city.path, level__in=("city", "county"), is_current=True)
    return list(rows.order_by("code"))


@require_safe
def processes(request: HttpRequest) -> HttpResponse:
    """The processes that are offered."""
    require(acting(request), service.START)
    found = [(row, read_process(row.declared)) for row in service.processes()]
    return render(request, "services/processes.html", {"processes": found})


@require_http_methods(["GET", "HEAD", "POST"])
def apply(request: HttpRequest, key: str) -> HttpResponse:
    """The form of an application; sent, it opens an affair."""
    by = acting(request)
    require(by, service.START)
    definition = service.newest(key)
    process = read_process(definition.declared)
    form = ApplicationForm(process, regions(), request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            region = region_by_code(str(told.get("region", "")))
            row, _is_new = service.start(key, form.data_values(), str(told.get("subject", "")), region, by=by)
        except ProblemError as error:
            if error.status == 403:
                raise
            form.take(error)
        else:
            messages.success(request, gettext("The application is taken in: %(code)s.") % {"code": row.code})
            return HttpResponseRedirect(address(row.code))
    context = {"definition": definition, "process": process, "form": form}
    return render(request, "services/apply.html", context, status=422 if form.errors else 200)
