"""`/follow`: how a report stands, in plain words, and what its reporter may still do."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from beichen.fronts.citizen.forms import AppealForm, CitizenForm, FollowForm, RatingForm
from beichen.fronts.citizen.reporting import FOLLOWED
from beichen.fronts.citizen.wording import steps_of, way_of
from beichen.hubs.events import service as events
from beichen.hubs.events.models import Report
from beichen.hubs.events.pages import Outcome
from beichen.kernel.access import service as access
from beichen.kernel.actor import PUBLIC, Actor
from beichen.platforms.comms.pages import asked_of_browser, browser_context
from beichen.problem import ProblemError
from beichen.web.wording import in_words

RATE = "30/hour"
View = Callable[..., HttpResponse]


def _reader(request: HttpRequest) -> Actor:
    return Actor(PUBLIC.key, PUBLIC.name, PUBLIC.scopes, address=access.address_of(request))


@require_http_methods(["GET", "POST"])
def follow(request: HttpRequest) -> HttpResponse:
    """Asks for number and code; knows those of this session."""
    form = FollowForm(request.POST or None, initial={"code": request.GET.get("code", "")[:20]})
    if request.method == "POST" and form.is_valid():
        code, secret = form.cleaned_data["code"].strip().upper(), form.cleaned_data["secret"]
        try:
            access.check_rate("follow", _reader(request).address, RATE)
            events.follow(code, secret)
        except ProblemError as error:
            form.take(error)
        else:
            request.session[FOLLOWED] = {**request.session.get(FOLLOWED, {}), code: secret}
            return HttpResponseRedirect(reverse("citizen:status", args=[code]))
    context = {"form": form, "known": list(request.session.get(FOLLOWED, {}))}
    return render(request, "citizen/follow.html", context, status=422 if form.errors else 200)


def _followed(request: HttpRequest, code: str) -> Report | None:
    """The report, when it is one's own, or this session knows its secret."""
    own = events.report_of(access.person_code(access.acting(request)), code)
    secret = request.session.get(FOLLOWED, {}).get(code)
    if own is not None or secret is None:
        return own
    try:
        return events.follow(code, secret)
    except ProblemError:
        return None


def _page(request: HttpRequest, report: Report, **bad: CitizenForm) -> HttpResponse:
    case = report.case
    may_rate = (
        case.answered_at is not None and case.outcome in {"", Outcome.RESOLVED} and report.rating is None
    )
    context = {
        "report": report,
        "case": case,
        "way": way_of(case),
        "steps": steps_of(case, report),
        "answer": case.state.get("answer", ""),
        "refusal": case.state.get("refusal", ""),
        "looks": events.looks(report),
        "rating_form": bad.get("rating") or (RatingForm() if may_rate else None),
        "appeal_form": bad.get("appeal") or (AppealForm() if case.outcome == Outcome.REFUSED else None),
        **browser_context(reverse("citizen:browser", args=[report.code])),
        "has_reporter": report.reporter is not None and report.reporter.erased_at is None,
    }
    return render(request, "citizen/status.html", context, status=422 if bad else 200)


@require_http_methods(["GET"])
def status(request: HttpRequest, code: str) -> HttpResponse:
    """One report; whoever does not know its code is asked for it."""
    report = _followed(request, code)
    if report is None:
        return HttpResponseRedirect(reverse("citizen:follow"))
    return _page(request, report)


def _for_reporter(act: Callable[[HttpRequest, Report], HttpResponse]) -> View:
    """Something that only who knows the code may do; refusals come back as a message."""

    @require_POST
    def view(request: HttpRequest, code: str) -> HttpResponse:
        report = _followed(request, code)
        if report is None:
            return HttpResponseRedirect(reverse("citizen:follow"))
        try:
            return act(request, report)
        except ProblemError as error:
            for problem in error.problems:
                messages.error(request, in_words(problem))
            return HttpResponseRedirect(reverse("citizen:status", args=[code]))

    return view


def _back(report: Report) -> HttpResponse:
    return HttpResponseRedirect(reverse("citizen:status", args=[report.code]))


@_for_reporter
def browser(request: HttpRequest, report: Report) -> HttpResponse:
    """This browser shows what happens to the report, or no more."""
    try:
        return asked_of_browser(request, events.followed_as(report), by=_reader(request))
    except ProblemError as error:
        return JsonResponse(error.problems[0].as_dict(), status=error.status)


@_for_reporter
def rate(request: HttpRequest, report: Report) -> HttpResponse:
    """Rate the handling."""
    form = RatingForm(request.POST)
    if not form.is_valid():
        return _page(request, report, rating=form)
    given = form.cleaned_data
    is_solved = given["is_solved"] == "yes"
    events.rate(report, given["stars"], is_solved=is_solved, opinion=given["opinion"], by=_reader(request))
    messages.success(request, _("Thank you. Your rating counts."))
    return _back(report)


@_for_reporter
def appeal(request: HttpRequest, report: Report) -> HttpResponse:
    """Object to a refusal."""
    form = AppealForm(request.POST)
    if not form.is_valid():
        return _page(request, report, appeal=form)
    events.appeal(report, form.cleaned_data["text"], by=_reader(request))
    messages.success(request, _("The case will be looked at again."))
    return _back(report)


@_for_reporter
def export(request: HttpRequest, report: Report) -> HttpResponse:
    """Everything that is held, as a file."""
    answer = JsonResponse(
        events.export(report, by=_reader(request)), json_dumps_params={"ensure_ascii": False, "indent": 1}
    )
    answer["Content-Disposition"] = f'attachment; filename="report-{report.code}.json"'
    return answer


@_for_reporter
def erase(request: HttpRequest, report: Report) -> HttpResponse:
    """Forget who reported; with the words once the case is closed."""
    events.erase(report, with_words="words" in request.POST, by=_reader(request))
    messages.success(request, _("What identified you was erased."))
    return _back(report)
