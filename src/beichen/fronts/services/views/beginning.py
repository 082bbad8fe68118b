"""`/services/apply/KEY`: who applies for an item or a bundle, where, the guided check; it begins a draft."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from beichen.fronts.services.applicant import service
from beichen.fronts.services.applicant.filled import given_of
from beichen.fronts.services.applicant.words import Step
from beichen.fronts.services.forms.rendering import AnswersForm, regions
from beichen.fronts.services.items import service as items
from beichen.fronts.services.permissions import START
from beichen.fronts.services.views.filling import signing_in, steps_of
from beichen.kernel.access.service import Subject, acting, chosen_subject, decide, subjects_of
from beichen.kernel.actor import Actor
from beichen.kernel.org.service import city_region, region_by_code
from beichen.problem import ProblemError
from beichen.web.forms import ProblemForm

WINDOW = "window"


class BeginForm(ProblemForm):
    """For whom, and where."""

    region = forms.ChoiceField(label=_("Region"))
    subject = forms.CharField(label=_("Code of the applicant"), max_length=40, required=False)
    subject_name = forms.CharField(label=_("Name of the applicant"), max_length=100, required=False)

    def __init__(self, *args: Any, is_window: bool, **named: Any) -> None:
        super().__init__(*args, **named)
        choice = self.fields["region"]
        if isinstance(choice, forms.ChoiceField):
            choice.choices = regions()
        if not is_window:
            del self.fields["subject"], self.fields["subject_name"]
        else:
            self.fields["subject"].required = True


def _is_window(request: HttpRequest, by: Actor) -> bool:
    return request.GET.get("for") == WINDOW and bool(decide(by, START))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def fill(request: HttpRequest, key: str) -> HttpResponse:
    """Who applies, and the guided check; begun, a draft is there."""
    if (way := signing_in(request)) is not None:
        return way
    by, row = acting(request), service.find_offered(key)
    offered, is_window = service.offer(row, {}, {}), _is_window(request, by)
    sent = request.POST if request.method == "POST" else None
    city = city_region()
    begin = BeginForm(sent, is_window=is_window, initial={"region": city.code if city else ""})
    asked = given_of(offered.asked_form, request.POST if sent is not None else request.GET)
    questions = AnswersForm(offered.asked_form, asked, {}, offered.asked_form.read(asked))
    if sent is not None and begin.is_valid():
        try:
            subject, channel = _subject(request, begin, is_window)
            region = region_by_code(begin.cleaned_data["region"])
            draft = service.begin(
                row.key, subject, region, asked, by=by, channel=channel, at=request.GET.get("at", "")
            )
        except ProblemError as error:
            if error.status in (403, 404):
                raise
            questions.take(error)
        else:
            return HttpResponseRedirect(reverse("services:fill-step", args=[row.key, draft.code, Step.FORM]))
    context = {
        "row": row,
        "item": offered.item,
        "parts": [offered.whole.rows[one].label for one in offered.whole.items] if offered.whole else [],
        "begin": begin,
        "questions": questions,
        "subject": None if is_window else chosen_subject(request),
        "has_others": len(subjects_of(by)) > 1,
        "is_window": is_window,
        "is_known": is_window or items.is_known_enough(offered.item, by=by),
        "drafts": service.drafts(by).filter(item=row.key)[:5],
        "steps": steps_of(row.key, "", Step.WHO),
    }
    is_wrong = sent is not None
    return render(request, "services/applicant/begin.html", context, status=422 if is_wrong else 200)


def _subject(request: HttpRequest, begin: BeginForm, is_window: bool) -> tuple[Subject, items.Channel]:
    if not is_window:
        return chosen_subject(request), items.Channel.ONLINE
    told = begin.cleaned_data
    return (
        Subject(told["subject"].strip().upper(), told["subject_name"].strip(), "person"),
        items.Channel.WINDOW,
    )
