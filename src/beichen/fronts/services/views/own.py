"""`/my/affairs`: an applicant's own affairs, how each stands, what is done to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from beichen.fronts.services import service as services
from beichen.fronts.services.affair.forms import AnswerForm
from beichen.fronts.services.applicant import service
from beichen.fronts.services.applicant.forms import RatingForm, WithdrawForm
from beichen.fronts.services.applicant.lists import own_table
from beichen.fronts.services.applicant.models import Submission
from beichen.fronts.services.applicant.tracking import stand_of
from beichen.fronts.services.applicant.words import Contact
from beichen.fronts.services.declaration import Process, read_process
from beichen.fronts.services.forms.service import form_of_process
from beichen.fronts.services.forms.showing import shown_answers
from beichen.fronts.services.items import bundling
from beichen.fronts.services.items.certifying import certificates_of
from beichen.fronts.services.items.payment.dues import is_due
from beichen.fronts.services.items.payment.paying import payment_of
from beichen.fronts.services.items.payment.wording import stands_in_words, withdrawing_in_words
from beichen.fronts.services.models import Affair
from beichen.fronts.services.objection.reading import MOST_OBJECTIONS, objections_of
from beichen.fronts.services.signs import promise_badge
from beichen.fronts.services.views.affair import main_file
from beichen.fronts.services.views.answering import shown_file
from beichen.fronts.services.views.bundles import answer_of
from beichen.fronts.services.views.filling import receipt_address, signing_in
from beichen.fronts.services.words import CLOSED, Status
from beichen.kernel.access.service import acting, check_rate, chosen_subject
from beichen.problem import ProblemError
from beichen.web.tables import answer
from beichen.web.wording import in_words

RUNS = 20
"""So many bundles stand above the list of affairs, the newest first."""


@never_cache
@require_safe
def affairs(request: HttpRequest) -> HttpResponseBase:
    """The affairs of whom the reader acts for."""
    if (way := signing_in(request)) is not None:
        return way
    subject = chosen_subject(request)
    table = own_table(subject, timezone.now())
    runs = list(bundling.runs_of(subject)[:RUNS])
    context = {"subject": subject, "runs": [(run, answer_of(run)) for run in runs]}
    return answer(request, table, "services/applicant/affairs.html", context)


def page(
    request: HttpRequest,
    row: Affair,
    *,
    is_followed: bool = False,
    status: int = 200,
    bad: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """How an affair stands; with ``is_followed`` without what only who is signed in may see.

    ``bad`` are forms that were refused, by what they do.
    """
    bad = bad or {}
    process, now = read_process(row.definition.declared), timezone.now()
    by = acting(request)
    tasks, trail = services.tasks_of(row), services.trail(row)
    standing = stand_of(row, process, tasks, services.timers_of(row), trail, now)
    sent = service.submission_of(row)
    rated = {one.contact for one in row.ratings.all()}
    course = services.course_of(row)
    code = row.code
    context: dict[str, Any] = {
        "affair": row,
        "process": process,
        "standing": standing,
        "promise": promise_badge(row, now),
        "is_open": row.status not in CLOSED,
        "is_followed": is_followed,
        "sent": sent,
        "answers": [] if is_followed else _answers(row, sent, process),
        "files": [] if is_followed or sent is None else service.files_for(sent, row),
        "objections": objections_of(row)[:MOST_OBJECTIONS],
        "receipt": receipt_address(sent) if sent is not None else "",
        "bundle": sent.run if sent is not None and sent.run_id else None,
        "is_due": not is_followed and is_due(row),
        "paid": "" if is_followed else stands_in_words(payment_of(row)),
        "waits": " ".join(course["waits"]),
        "done": " ".join(course["done"]),
        "is_drawn": "BPMNDiagram" in main_file(row),
        "diagram": reverse(
            "services:followed-diagram" if is_followed else "services:own-diagram", args=[code]
        ),
        "rating_form": bad.get("rating") or _rating_form(row, rated),
        "rate_address": reverse(
            "services:followed-rate" if is_followed else "services:own-rate", args=[code]
        ),
        "ratings": list(row.ratings.all()),
        "status_label": Status(row.status).label,
    }
    if not is_followed:
        context |= _acts(row, process, bad) | {"certificates": certificates_of(row), "signed": by.name}
    return render(request, "services/applicant/affair.html", context, status=status)


def _rating_form(row: Affair, rated: set[str]) -> RatingForm | None:
    """A concluded affair is rated once for each kind of contact."""
    left = [one for one in Contact.values if one not in rated]
    return RatingForm(contacts=left) if row.status in CLOSED and left else None


def _acts(row: Affair, process: Process, bad: Mapping[str, Any]) -> dict[str, Any]:
    """What the applicant may do now: answer each step that asked for material, take the application back."""
    if row.status in CLOSED:
        return {}
    asked = [one for one in row.pauses if one.get("kind") == "material"]
    initial = {**row.data, "version": row.version}
    answers = [
        {
            "pause": one,
            "address": reverse("services:own-answer", args=[row.code, one["task"]]),
            "form": bad.get(f"answer-{one['task']}")
            or AnswerForm(process, process.start, initial=initial, auto_id=f"answer-{one['task']}-%s"),
        }
        for one in asked
    ]
    withdraw = bad.get("withdraw") or WithdrawForm(initial={"version": row.version}, auto_id="withdraw-%s")
    return {
        "asked": answers,
        "withdraw_form": withdraw,
        "withdraw_fee": withdrawing_in_words(payment_of(row)),
    }


def _answers(row: Affair, sent: Submission | None, process: Process) -> list[Any]:
    """What was said for it: of a bundle's part what that part asks for."""
    if sent is None or sent.run_id:
        return shown_answers(form_of_process(process).schema, row.data)
    files = {one.code: one.file.name for one in service.files_of(sent)}
    return shown_answers(service.form_schema(sent, row), sent.answers, sent.sources, files)


@never_cache
@require_safe
def affair(request: HttpRequest, code: str) -> HttpResponse:
    """One's own affair."""
    if (way := signing_in(request)) is not None:
        return way
    return page(request, service.own_affair(code, by=acting(request)))


@require_safe
def diagram(request: HttpRequest, code: str) -> HttpResponse:
    """The process's diagram, for the viewer."""
    return diagram_of(service.own_affair(code, by=acting(request)))


def diagram_of(row: Affair) -> HttpResponse:
    """The diagram as it was when the affair began; it is the same for everybody."""
    response = HttpResponse(main_file(row), content_type="application/xml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{row.code}.bpmn"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@never_cache
@require_safe
def receipt(request: HttpRequest, code: str) -> HttpResponse:
    """The receipt on the screen."""
    if (way := signing_in(request)) is not None:
        return way
    sent = service.own_submission(code, by=acting(request))
    return render(request, "services/applicant/receipt.html", service.receipt_facts(sent))


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
    """A file that came with one's own affair."""
    row = service.own_affair(code, by=acting(request))
    sent = service.submission_of(row)
    files = service.files_for(sent, row) if sent is not None else []
    found = next((one for one in files if one.code == upload), None)
    if found is None:
        raise service.none(code)
    return shown_file(found)


@never_cache
@require_safe
def officers_file(request: HttpRequest, code: str, upload: str) -> HttpResponseBase:
    """A file of an affair, for an officer who takes part in it."""
    return shown_file(service.open_paper(code, upload, by=acting(request)))


@require_POST
def answer_material(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Bring what was asked for."""
    by = acting(request)
    row = service.own_affair(code, by=by)
    process = read_process(row.definition.declared)
    form = AnswerForm(process, process.start, request.POST, auto_id=f"answer-{number}-%s")
    form.fields["note"].required = not request.FILES
    if form.is_valid():
        told = form.values()
        try:
            check_rate("services.answer", by.key, "30/hour")
            service.answer_material(
                row.code,
                number,
                told["data"],
                told["note"],
                request.FILES.getlist("files"),
                by=by,
                expected=form.expected(),
            )
        except ProblemError as error:
            if error.status == 403:
                raise
            form.take(error)
        else:
            messages.success(request, gettext("What you brought is with the office. The clock runs again."))
            return _back(code)
    return page(request, row, status=422, bad={f"answer-{number}": form})


@require_POST
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """Take the application back."""
    by = acting(request)
    row = service.own_affair(code, by=by)
    form = WithdrawForm(request.POST, auto_id="withdraw-%s")
    if form.is_valid():
        try:
            service.withdraw(row.code, form.cleaned_data["reason"], by=by, expected=form.expected())
        except ProblemError as error:
            if error.status == 403:
                raise
            form.take(error)
        else:
            messages.success(request, gettext("You took the application back."))
            return _back(code)
    return page(request, row, status=422, bad={"withdraw": form})


def rated(request: HttpRequest, row: Affair, back: str, *, is_followed: bool) -> HttpResponse:
    """Keep a rating that came with the request."""
    form = RatingForm(request.POST, contacts=list(Contact.values))
    if row.status not in CLOSED:
        messages.error(request, gettext("An affair is rated once it is concluded."))
        return HttpResponseRedirect(back)
    if form.is_valid():
        told, by = form.cleaned_data, acting(request)
        try:
            check_rate("services.rate", by.address or by.key, "20/hour")
            service.rate(row, told["contact"], int(told["grade"]), told["reasons"], told["text"], by=by)
        except ProblemError as error:
            for problem in error.problems:
                messages.error(request, in_words(problem))
        else:
            messages.success(request, gettext("Thank you. Your rating counts, and the office sees it."))
        return HttpResponseRedirect(back)
    return page(request, row, is_followed=is_followed, status=422, bad={"rating": form})


@require_POST
def rate(request: HttpRequest, code: str) -> HttpResponse:
    """Rate one's own affair."""
    row = service.own_affair(code, by=acting(request))
    return rated(request, row, reverse("services:own-affair", args=[row.code]), is_followed=False)


def _back(code: str) -> HttpResponse:
    return HttpResponseRedirect(reverse("services:own-affair", args=[code.upper()]))
