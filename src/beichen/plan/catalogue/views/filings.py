"""What is done with filings: a file comes in, a step is taken, the check runs."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from beichen.kernel.access.service import acting
from beichen.plan.catalogue.forms import FileForm, StepForm
from beichen.plan.catalogue.models import Entry, Filing
from beichen.plan.catalogue.service import (
    FILE,
    check_filing,
    entry_of,
    file_plan,
    move_filing,
    require_own,
)
from beichen.plan.catalogue.views.entries import entry_page
from beichen.problem import ProblemError


def _back(entry: Entry) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("plan_catalogue:entry", args=[entry.key]))


def _latest(entry: Entry) -> Filing | None:
    return entry.filings.select_related("entry__region", "entry__body", "plan__region").first()


@require_POST
def file(request: HttpRequest, key: str) -> HttpResponse:
    """Take a file as a new filing."""
    entry = entry_of(key)
    require_own(acting(request), FILE, entry)
    form = FileForm(request.POST, request.FILES)
    if form.is_valid():
        said = form.cleaned_data
        upload = said["file"]
        try:
            file_plan(
                entry,
                upload.file,
                upload.name,
                on=said["on"],
                by=acting(request),
                as_document=said["as_document"],
            )
        except ProblemError as error:
            if error.status == 403:
                raise
            form.take(error)
        else:
            messages.success(request, _("The plan is filed as a draft."))
            return _back(entry)
    return entry_page(request, entry, {"file_form": form})


@require_POST
def step(request: HttpRequest, key: str, step: str) -> HttpResponse:
    """Lead the latest filing one step on; taking it into the check runs the check."""
    entry, by = entry_of(key), acting(request)
    filing = _latest(entry)
    form = StepForm(request.POST)
    if filing is not None and form.is_valid():
        said = form.cleaned_data
        try:
            with transaction.atomic():
                moved = move_filing(
                    filing, step, on=said["on"], document=said["document"], note=said["note"], by=by
                )
                if step == "link" and moved.plan_id is not None:
                    check_filing(moved, by=by)
        except ProblemError as error:
            if error.status == 403:
                raise
            form.take(error)
        else:
            return _back(entry)
    return entry_page(request, entry, {"step_form": form})


@require_POST
def check(request: HttpRequest, key: str) -> HttpResponse:
    """Check the latest filing against the outline."""
    entry = entry_of(key)
    filing = _latest(entry)
    if filing is not None:
        counts = check_filing(filing, by=acting(request))
        messages.success(request, _("Checked: %(found)d findings, %(new)d of them new.") % counts)
    return HttpResponseRedirect(reverse("plan_catalogue:findings", args=[entry.key]))
