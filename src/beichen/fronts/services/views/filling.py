"""`/services/apply/KEY/DRAFT/…`: an application step by step, on a draft that is kept as one goes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from beichen.fronts.services.applicant import service
from beichen.fronts.services.applicant.checking import check_page, file_fields, materials_of
from beichen.fronts.services.applicant.filled import FormPage, given_of, removed_row, with_row
from beichen.fronts.services.applicant.models import Submission
from beichen.fronts.services.applicant.words import Step
from beichen.fronts.services.views.answering import at_field
from beichen.kernel.access.service import acting, assurance_of, check_rate, subjects_of
from beichen.kernel.actor import Actor
from beichen.problem import ProblemError
from beichen.web.wording import in_words

UPLOADS, SAVES, READS = "60/hour", "120/minute", "20/hour"


def signing_in(request: HttpRequest) -> HttpResponse | None:
    """The way to sign in, for whom nobody is signed in."""
    if subjects_of(acting(request)):
        return None
    way = urlencode({"next": request.get_full_path()}, safe="/")
    return HttpResponseRedirect(f"{reverse('account_login')}?{way}")


def receipt_address(sent: Submission) -> str:
    """Where the receipt of what was sent stands."""
    route = "services:own-receipt" if sent.affair_id else "services:run-receipt"
    return reverse(route, args=[sent.code])


def steps_of(key: str, code: str, current: str) -> list[dict[str, Any]]:
    """The steps as links; those of a draft that is there can be gone to in any order."""
    return [
        {
            "label": step.label,
            "href": reverse("services:fill-step", args=[key, code, step])
            if code and step != Step.WHO
            else "",
            "is_current": step == current,
        }
        for step in Step
    ]


Handler = Callable[[HttpRequest, service.Writing], HttpResponse]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, key: str, code: str, step: str) -> HttpResponse:
    """A step of a draft. One that was sent leads to its receipt, however often it is sent."""
    if (way := signing_in(request)) is not None:
        return way
    by = acting(request)
    if step not in _HANDLERS:
        raise Http404
    if (sent := service.sent_as(code, by=by)) is not None:
        return HttpResponseRedirect(receipt_address(sent))
    writing = service.write_on(code, by=by)
    if writing.row.key != key:
        raise Http404
    try:
        return _HANDLERS[step](request, writing)
    except ProblemError as error:
        if not _is_fetched(request):
            raise
        told = {**error.as_dict(), "said": " ".join(in_words(one) for one in error.problems)}
        return JsonResponse(told, status=error.status)


def _form(request: HttpRequest, writing: service.Writing) -> HttpResponse:
    if request.method != "POST":
        return _form_page(request, writing)
    by, draft = acting(request), writing.draft
    check_rate("services.draft", by.key, SAVES)
    action, _colon, name = request.POST.get("action", "save").partition(":")
    if action in ("take", "confirm"):
        take = service.take_over if action == "take" else service.confirm
        take(writing, request.POST.getlist(action), by=by)
        return _again(writing, Step.FORM)
    faults = _take_files(request, writing, "")
    if action == "drop":
        service.take_away(draft, name, by=by)
    service.keep(draft.code, _sent(request, writing, action, name), by=by, expected=_version(request))
    writing = service.write_on(draft.code, by=by)
    if _is_fetched(request):
        return JsonResponse({"version": writing.draft.version})
    if action == "read" and faults is None:
        return _read(writing, name, by)
    return _moved(request, writing, action, name, faults)


def _read(writing: service.Writing, name: str, by: Actor) -> HttpResponse:
    """Have the picture that was just brought read; the page shows how that stands."""
    upload = next((one.upload for one in service.suggestions(writing) if one.upload.field == name), None)
    if upload is None:
        return _again(writing, Step.FORM, f"#part-{name.replace('.', '-')}")
    check_rate("services.read", by.key, READS)
    service.read_picture(upload, by=by)
    return _again(writing, Step.FORM, f"#read-{upload.code}")


def _sent(request: HttpRequest, writing: service.Writing, action: str, name: str) -> dict[str, list[str]]:
    """What the page says, with a row more or less where that is asked."""
    given = given_of(writing.form, request.POST)
    if action == "add":
        return with_row(writing.form, given, name)
    return removed_row(writing.form, given, name) if action == "remove" else given


def _moved(
    request: HttpRequest, writing: service.Writing, action: str, name: str, faults: ProblemError | None
) -> HttpResponse:
    """Where a page that was kept leads."""
    if action == "next" or faults is not None:
        page = FormPage(writing)
        wrong = page.judge() if action == "next" else None
        if wrong is None and faults is None:
            return _again(writing, Step.MATERIALS)
        return _form_page(request, writing, page, [one for one in (faults, wrong) if one is not None])
    anchor = f"#part-{name.rpartition('.')[0].replace('.', '-') or name}" if name else ""
    return _again(writing, Step.FORM, anchor)


def _again(writing: service.Writing, step: str, anchor: str = "") -> HttpResponse:
    address = reverse("services:fill-step", args=[writing.row.key, writing.draft.code, step])
    return HttpResponseRedirect(address + anchor)


def _version(request: HttpRequest) -> int | None:
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else None


def _is_fetched(request: HttpRequest) -> bool:
    return request.headers.get("X-Requested-With") == "fetch"


def _take_files(request: HttpRequest, writing: service.Writing, before: str) -> ProblemError | None:
    """Keep the files that came with the page; what is wrong with them."""
    by, problems = acting(request), []
    names = file_fields(writing) if not before else {before + key for key in writing.item.materials}
    for sent_as, files in request.FILES.lists():
        name = sent_as.removeprefix("upload:")
        if name not in names:
            continue
        try:
            check_rate("services.upload", by.key, UPLOADS)
            service.bring(writing.draft, name, files[-1], by=by)
        except ProblemError as error:
            problems += [at_field(one, name) for one in error.problems]
    return ProblemError(*problems) if problems else None


def _form_page(
    request: HttpRequest,
    writing: service.Writing,
    page: FormPage | None = None,
    wrong: list[ProblemError] | None = None,
) -> HttpResponse:
    found = page or FormPage(writing)
    for error in wrong or ():
        found.form.take(error)
    context = {
        **_shared(writing, Step.FORM),
        "form": found.form,
        "proposals": service.proposals(writing),
        "schema": found.declaration(),
        "sentences": found.sentences(),
        "suggestions": service.suggestions(writing),
        "has_reader": service.is_reader_there(),
    }
    return render(request, "services/applicant/form.html", context, status=422 if wrong else 200)


def _shared(writing: service.Writing, step: str) -> dict[str, Any]:
    return {
        "draft": writing.draft,
        "row": writing.row,
        "item": writing.item,
        "steps": steps_of(writing.row.key, writing.draft.code, step),
    }


def _materials(request: HttpRequest, writing: service.Writing) -> HttpResponse:
    wrong = None
    if request.method == "POST":
        by, draft = acting(request), writing.draft
        check_rate("services.draft", by.key, SAVES)
        action, _colon, name = request.POST.get("action", "save").partition(":")
        wrong = _take_files(request, writing, service.MATERIAL)
        if action == "drop":
            service.take_away(draft, name, by=by)
        service.take_over_materials(writing, request.POST.getlist("held"), by=by)
        writing = service.write_on(draft.code, by=by)
        if wrong is None:
            return _again(writing, Step.CHECK if action == "next" else Step.MATERIALS)
    context = {
        **_shared(writing, Step.MATERIALS),
        "materials": materials_of(writing, wrong),
        "endings": service.ENDINGS,
    }
    return render(request, "services/applicant/materials.html", context, status=422 if wrong else 200)


def _check(request: HttpRequest, writing: service.Writing) -> HttpResponse:
    wrong: ProblemError | None = None
    if request.method == "POST":
        by = acting(request)
        check_rate("services.send", by.key, "30/hour")
        said_so = {"agreed": request.POST.get("agreed", ""), "name": request.POST.get("name", "")[:200]}
        try:
            sent, _is_new = service.send(writing.draft.code, said_so, by=by, assurance=str(assurance_of(by)))
        except ProblemError as error:
            if error.status in (403, 404):
                raise
            wrong = error
        else:
            return HttpResponseRedirect(receipt_address(sent))
    context = {**_shared(writing, Step.CHECK), **check_page(writing, wrong, by=acting(request))}
    return render(request, "services/applicant/check.html", context, status=422 if wrong else 200)


_HANDLERS: dict[str, Handler] = {Step.FORM: _form, Step.MATERIALS: _materials, Step.CHECK: _check}
