"""`/console/new`: take a report at the telephone or on a round; then the case, with what is like it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from beichen.fronts.governance.maps import map_context
from beichen.fronts.governance.queue import case_address
from beichen.fronts.governance.taking import TakingForm
from beichen.hubs.events.service import TAKE, all_kinds, keep_picture, receive
from beichen.kernel.access import service as access
from beichen.kernel.org.models import Region
from beichen.kernel.org.service import city_region
from beichen.problem import ProblemError

MOST_PHOTOS = 9


@require_http_methods(["GET", "POST"])
def take(request: HttpRequest) -> HttpResponse:
    """The form; sending it leads to the case."""
    by = access.acting(request)
    access.require(by, TAKE)
    is_fetched = (
        request.headers.get("X-Requested-With") == "fetch"
    )  # by <bc-report>, which keeps it if need be
    city = city_region()
    districts = list(Region.objects.filter(parent=city, is_current=True).order_by("code")) if city else []
    form = TakingForm(
        list(all_kinds()),
        districts,
        is_english=(get_language() or "").startswith("en"),
        data=request.POST or None,
        files=request.FILES or None,
    )
    if request.method == "POST" and form.is_valid():
        try:
            photos = form.cleaned_data["photos"][:MOST_PHOTOS]
            files = tuple(keep_picture(one, one.name or "photo", by=by).code for one in photos)
            receipt = receive(form.draft(files), by=by)
        except ProblemError as error:
            form.take(error)
        else:
            words = _("Number %(code)s, code %(secret)s: tell them to the caller.")
            messages.success(request, words % {"code": receipt.report.code, "secret": receipt.report.secret})
            address = case_address(receipt.case.code)
            return JsonResponse({"href": address}) if is_fetched else HttpResponseRedirect(address)
    if request.method == "POST" and is_fetched:
        return JsonResponse({"errors": form.errors}, status=422)
    context = {"form": form, **map_context(request)}
    return render(request, "governance/taking.html", context, status=422 if form.errors else 200)
