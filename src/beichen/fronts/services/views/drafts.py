"""`/my/drafts`: one's own drafts and their files: look, have read, throw away."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from beichen.fronts.services.applicant import service
from beichen.fronts.services.applicant.lists import drafts_table
from beichen.fronts.services.applicant.words import Step
from beichen.fronts.services.views.answering import shown_file
from beichen.fronts.services.views.filling import READS, signing_in
from beichen.kernel.access.service import acting, check_rate
from beichen.web.tables import answer


@never_cache
@require_safe
def drafts(request: HttpRequest) -> HttpResponseBase:
    """The reader's drafts."""
    if (way := signing_in(request)) is not None:
        return way
    return answer(request, drafts_table(acting(request)), "services/applicant/drafts.html")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def throw(request: HttpRequest, code: str) -> HttpResponse:
    """Throw a draft away, once that is confirmed."""
    if (way := signing_in(request)) is not None:
        return way
    by = acting(request)
    if request.method != "POST":
        return render(request, "services/applicant/throw.html", {"draft": service.own_draft(code, by=by)})
    service.throw_away(code, by=by)
    messages.success(request, gettext("The draft was thrown away, with its files."))
    return HttpResponseRedirect(reverse("services:drafts"))


@never_cache
@require_safe
def draft_file(request: HttpRequest, code: str) -> HttpResponseBase:
    """A file of one's own draft, to look at."""
    return shown_file(service.own_upload(code, by=acting(request)))


@require_POST
def read_file(request: HttpRequest, code: str) -> HttpResponse:
    """Have a picture of one's own draft read."""
    by = acting(request)
    upload = service.own_upload(code, by=by)
    check_rate("services.read", by.key, READS)
    service.read_picture(upload, by=by)
    draft = upload.draft
    if draft is None:
        raise Http404
    address = reverse("services:fill-step", args=[draft.item, draft.code, Step.FORM])
    return HttpResponseRedirect(f"{address}#read-{upload.code}")
