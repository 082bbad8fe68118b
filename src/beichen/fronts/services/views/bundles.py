"""`/services/bundles/runs/CODE`: one application for several items, its progress, its one answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from beichen.fronts.services import service as services
from beichen.fronts.services.applicant import service
from beichen.fronts.services.applicant.forms import WithdrawForm
from beichen.fronts.services.applicant.models import Submission
from beichen.fronts.services.applicant.tracking import stand_of, told_words
from beichen.fronts.services.declaration import read_process
from beichen.fronts.services.forms.showing import shown_answers
from beichen.fronts.services.items import bundling
from beichen.fronts.services.items.certifying import certificates_of
from beichen.fronts.services.items.models import BundlePart, BundleRun
from beichen.fronts.services.items.payment.dues import is_due
from beichen.fronts.services.items.words import PartState
from beichen.fronts.services.listing import end_of
from beichen.fronts.services.models import Affair
from beichen.fronts.services.signs import name_of
from beichen.fronts.services.views.answering import shown_file
from beichen.fronts.services.views.filling import signing_in
from beichen.fronts.services.words import Status
from beichen.kernel.access.service import acting
from beichen.problem import ProblemError

TONES = {
    PartState.DONE: "on-course",
    PartState.RUNNING: "ahead",
    PartState.WAITING: "unknown",
    PartState.SKIPPED: "unknown",
    PartState.REFUSED: "missed",
    PartState.BLOCKED: "missed",
    PartState.WITHDRAWN: "unknown",
}


def answer_of(run: BundleRun) -> str:
    """The one answer of a run, in words."""
    if run.closed_at is None:
        return gettext("In progress: you will get one answer when all parts are concluded.")
    if run.withdrawn_at is not None:
        return gettext("You took it back. What was concluded before stands; the rest does not go on.")
    if run.is_good:
        return gettext("Everything is concluded: all parts gave their results.")
    return gettext("Concluded in part: what stands and what does not is said below.")


def page(
    request: HttpRequest,
    run: BundleRun,
    *,
    is_own: bool = False,
    is_followed: bool = False,
    bad: WithdrawForm | None = None,
) -> HttpResponse:
    """A run; ``is_own``: with what its applicant alone sees, and what they must do.

    ``bad`` is the form to withdraw it that was refused.
    """
    parts = bundling.parts_of(run)
    counted = [one for one in parts if one.state != PartState.SKIPPED]
    route = "services:own-affair" if is_own else "services:affair"
    within = _within_reach(request, parts, is_own=is_own, is_followed=is_followed)
    context: dict[str, Any] = {
        "run": run,
        "answer": answer_of(run),
        "promised": localtime(run.promised_at) if run.promised_at else None,
        "parts": [_part(one, route if one.affair_id in within else "", is_own=is_own) for one in parts],
        "over": sum(one.state not in (PartState.WAITING, PartState.RUNNING) for one in counted),
        "count": len(counted),
        "is_own": is_own,
        "is_followed": is_followed,
    }
    if is_own:
        context |= _own(run, parts) | _withdrawing(run, parts, bad)
    return render(request, "services/bundle_run.html", context, status=422 if bad is not None else 200)


def _withdrawing(run: BundleRun, parts: list[BundlePart], bad: WithdrawForm | None) -> dict[str, Any]:
    """What one act would take back, and what may not be taken back any more, with who could."""
    open_parts = [one for one in parts if one.state in (PartState.WAITING, PartState.RUNNING)]
    standing = [
        {"part": one.part, "since": one.since, "body": name_of(one.body) if one.body else ""}
        for one in service.standing_parts(parts)
    ]
    if run.closed_at is not None:
        return {"standing": standing if run.withdrawn_at else []}
    form = bad or WithdrawForm(auto_id="withdraw-%s")
    return {"withdraw_form": form, "withdrawable": open_parts, "standing": standing}


def _within_reach(
    request: HttpRequest, parts: list[BundlePart], *, is_own: bool, is_followed: bool
) -> set[int | None]:
    """The keys of the parts' affairs that the reader may open: officers those of bodies that they are of."""
    keys = {one.affair_id for one in parts if one.affair_id}
    if is_own or is_followed:
        return set(keys) if is_own else set()
    return set(services.affairs(acting(request)).filter(pk__in=keys).order_by().values_list("pk", flat=True))


def _part(part: BundlePart, route: str, *, is_own: bool) -> Mapping[str, Any]:
    """A part as it is shown; ``route`` leads to its affair, empty where the reader may not open it."""
    state, affair = PartState(part.state), part.affair
    found: dict[str, Any] = {
        "part": part,
        "state": state.label,
        "tone": TONES[state],
        "affair": affair,
        "sentence": "",
        "address": "",
        "reason": part.reason,
    }
    if affair is not None:
        if part.reason == end_of(affair):  # the sentence says it
            found["reason"] = ""
        found["sentence"] = _sentence(affair)
        if route:
            found["address"] = reverse(route, args=[affair.code])
    if affair is not None and is_own:
        found["asked"] = [one for one in affair.pauses if one.get("kind") == "material"]
        found["is_due"] = is_due(affair)
        found["said"] = _said(affair)
    return found


def _said(affair: Affair) -> str:
    """What was written to the applicant in the step that concluded it."""
    if affair.status != Status.DONE:
        return ""
    process = read_process(affair.definition.declared)
    last = affair.stream.filter(name="completed").order_by("-id").first()
    return " · ".join(told_words(last, process)) if last is not None else ""


def _sentence(affair: Affair) -> str:
    process, tasks = read_process(affair.definition.declared), services.tasks_of(affair)
    timers = services.timers_of(affair)
    return stand_of(affair, process, tasks, timers, [], timezone.now()).sentence


def _own(run: BundleRun, parts: list[BundlePart]) -> dict[str, Any]:
    """What was sent, and the results."""
    sent = Submission.objects.select_related("form").filter(run=run).first()
    results = certificates_of(*(one.affair for one in parts if one.affair is not None))
    found: dict[str, Any] = {"sent": sent, "certificates": results}
    if sent is not None:
        files = list(service.files_of(sent))
        names = {one.code: one.file.name for one in files}
        schema = service.form_schema(sent, None)
        found |= {"answers": shown_answers(schema, sent.answers, sent.sources, names), "files": files}
    return found


@never_cache
@require_safe
def run(request: HttpRequest, code: str) -> HttpResponse:
    """The run of a bundle, for its subject and for whoever sees affairs there."""
    by = acting(request)
    row = bundling.find_run(code, by=by)
    return page(request, row, is_own=bundling.is_own(row, by))


@require_POST
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """Take back all of it that is not decided yet."""
    by = acting(request)
    row = service.own_run(code, by=by)
    form = WithdrawForm(request.POST, auto_id="withdraw-%s")
    if form.is_valid():
        try:
            service.withdraw_all(row.code, form.cleaned_data["reason"], by=by)
        except ProblemError as error:
            if error.status == 403:
                raise
            form.take(error)
        else:
            messages.success(request, gettext("You took back everything that was not decided yet."))
            return HttpResponseRedirect(reverse("services:bundle-run", args=[row.code]))
    return page(request, row, is_own=True, bad=form)


@never_cache
@require_safe
def receipt(request: HttpRequest, code: str) -> HttpResponse:
    """The receipt on the screen."""
    if (way := signing_in(request)) is not None:
        return way
    facts = service.receipt_facts(service.own_submission(code, by=acting(request)))
    return render(request, "services/applicant/receipt.html", facts)


@never_cache
@require_safe
def receipt_paper(request: HttpRequest, code: str) -> HttpResponse:
    """The receipt as a PDF."""
    sent = service.own_submission(code, by=acting(request))
    response = HttpResponse(service.receipt_pdf(sent), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{sent.code}.pdf"'
    return response


@never_cache
@require_safe
def file(request: HttpRequest, code: str, upload: str) -> HttpResponseBase:
    """A file that came with one's own application."""
    run = service.own_run(code, by=acting(request))
    return shown_file(service.own_file(run, upload))
