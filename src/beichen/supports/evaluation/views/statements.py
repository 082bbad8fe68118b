"""`…/subjects/SUBJECT/VERB/CRITERION`: one form for reports, assessments, points, corrections, appeals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from beichen.kernel.access.service import acting, require
from beichen.kernel.actor import Actor
from beichen.problem import ProblemError
from beichen.supports.evaluation.appeals import file_appeal
from beichen.supports.evaluation.forms import AnsweringForm, AppealForm, ReportForm, ScoreForm
from beichen.supports.evaluation.inputs import assess, criterion_fed_by, give_points, report_on
from beichen.supports.evaluation.models import Assessment, Criterion, SelfReport, Subject
from beichen.supports.evaluation.pages import round_crumbs, told
from beichen.supports.evaluation.review import correct_score
from beichen.supports.evaluation.rights import APPEAL, ASSESS, REPORT, REVIEW, RUN, round_for, subject_for
from beichen.supports.evaluation.words import ADJUSTING, SCORED, Source
from beichen.web.links import Link

Given = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Verb:
    """A kind of statement: who may make it, about which criteria, with which form, and what it does."""

    title: str | Promise
    action: str | Promise
    permission: str
    sources: tuple[str, ...]
    form: type[AnsweringForm]
    act: Callable[[Subject, str, Given, Actor], Any]
    is_about_subject: bool = False


def _file(given: Given) -> dict[str, Any]:
    file = given.get("file")
    return {"file": file, "file_name": file.name} if file else {}


VERBS: Mapping[str, Verb] = {
    "report": Verb(
        _("Self-report"),
        _("Send the report"),
        REPORT,
        (Source.SELF_REPORT,),
        ReportForm,
        lambda subject, key, given, by: report_on(
            subject, key, given["score"], given["text"], by=by, **_file(given)
        ),
        is_about_subject=True,
    ),
    "assess": Verb(
        _("Score as a third party"),
        _("Keep the score"),
        ASSESS,
        (Source.THIRD_PARTY,),
        ScoreForm,
        lambda subject, key, given, by: assess(subject, key, given["score"], given["text"], by=by),
    ),
    "points": Verb(
        _("Bonus or deduction"),
        _("Keep the points"),
        RUN,
        ADJUSTING,
        ScoreForm,
        lambda subject, key, given, by: give_points(subject, key, given["score"], given["text"], by=by),
    ),
    "correct": Verb(
        _("Correction of a score"),
        _("Correct the score"),
        REVIEW,
        SCORED,
        ScoreForm,
        lambda subject, key, given, by: correct_score(subject, key, given["score"], given["text"], by=by),
    ),
    "appeal": Verb(
        _("Appeal"),
        _("File the appeal"),
        APPEAL,
        SCORED,
        AppealForm,
        lambda subject, key, given, by: file_appeal(subject, key, given["text"], by=by, **_file(given)),
        is_about_subject=True,
    ),
}


def _initial(verb: str, subject: Subject, criterion: Criterion, by: Actor) -> dict[str, Any]:
    """What the same person said before, to be changed."""
    held: SelfReport | Assessment | None = None
    if verb == "report":
        held = SelfReport.objects.filter(subject=subject, criterion=criterion).first()
    elif verb == "assess":
        held = Assessment.objects.filter(subject=subject, criterion=criterion, by=by.key).first()
    return {"score": held.score, "text": held.text} if held else {}


@require_http_methods(["GET", "HEAD", "POST"])
def state(request: HttpRequest, key: str, subject: str, verb: str, criterion: str) -> HttpResponse:
    """The form, and what it does when it is sent."""
    by = acting(request)
    kind = VERBS.get(verb)
    if kind is None:
        raise Http404
    round_ = round_for(key, by)
    row = subject_for(round_, subject, by)
    require(by, kind.permission, row if kind.is_about_subject else round_)
    about = criterion_fed_by(row, criterion, *kind.sources)
    form = kind.form(request.POST or None, request.FILES or None, initial=_initial(verb, row, about, by))
    back = reverse("supports_evaluation:subject", args=[round_.key, row.key])
    if form.is_valid():
        try:
            kind.act(row, criterion, form.cleaned_data, by)
        except ProblemError as error:
            form.take(error)
        else:
            return HttpResponseRedirect(f"{back}#criterion-{criterion}")
    context = {
        "form": form,
        "title": f"{told(row)} · {told(about)}",
        "eyebrow": kind.title,
        "lede": told(about, "about"),
        "crumbs": round_crumbs(round_, Link(told(row), back), Link(kind.title)),
        "action": kind.action,
        "is_upload": "file" in form.fields,
        "is_demo": round_.is_demo,
    }
    return render(request, "supports_evaluation/form.html", context, status=422 if form.errors else 200)
