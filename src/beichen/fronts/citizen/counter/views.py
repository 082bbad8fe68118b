"""`/account/window`: find a person; `/account/window/CODE`: check the identity, record representation."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from beichen.fronts.citizen.counter.firms import firm_of
from beichen.fronts.citizen.counter.forms import CheckForm, FindForm, HeadForm, ParentForm
from beichen.kernel.access import service as access
from beichen.kernel.access.models import IdentityCheck, Representation
from beichen.kernel.actor import Actor
from beichen.kernel.org.models import Person
from beichen.kernel.org.service import city_region, register_person
from beichen.problem import Problem, ProblemError, Where, code, said
from beichen.web.forms import ProblemForm
from beichen.web.links import Link

NOT_FOUND = code("CIT-106", "Nobody is known by this.", status=422)
FIND_RATE = "60/hour"
MOST = 50


@never_cache
@require_http_methods(["GET", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """Whom a clerk has before them; the person sees that they were looked up."""
    by = acting_clerk(request)
    form = FindForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            access.check_rate("window-find", by.key, FIND_RATE)
            person = access.find_person(form.cleaned_data["who"], by=by)
            if person is None:
                raise ProblemError(Problem(NOT_FOUND, said("nobody is known by this"), Where(field="who")))
        except ProblemError as error:
            form.take(error)
        else:
            return HttpResponseRedirect(reverse("citizen:window-person", args=[person.code]))
    return render(request, "citizen/counter/find.html", {"form": form}, status=422 if form.errors else 200)


def acting_clerk(request: HttpRequest) -> Actor:
    """Who may check identities. Raises ProblemError ACC-403."""
    by = access.acting(request)
    access.require(by, access.CHECK_IDENTITY)
    return by


def _person(number: str) -> Person:
    found = Person.objects.filter(code=number).first()
    if found is None:
        raise Http404
    return found


def _page(request: HttpRequest, person: Person, status: int = 200, **bad: ProblemForm) -> HttpResponse:
    by = access.acting(request)
    acts = Representation.objects.filter(representative=person).order_by("-id")[:MOST]
    whole: dict[str, Any] = {
        "person": person,
        "checks": IdentityCheck.objects.filter(person=person).order_by("-id")[:MOST],
        "acts": acts,
        "may_record": access.decide(by, access.RECORD_REPRESENTATION),
        "check_form": bad.get("check") or CheckForm(initial={"name": person.name}),
        "head_form": bad.get("head") or HeadForm(),
        "parent_form": bad.get("parent") or ParentForm(),
        "crumbs": [Link(_("Identity window"), reverse("citizen:window")), Link(person.code)],
    }
    return render(request, "citizen/counter/person.html", whole, status=status)


@never_cache
@require_http_methods(["GET", "HEAD"])
def person(request: HttpRequest, number: str) -> HttpResponse:
    """What a window knows of a person; each look is recorded for them."""
    by = acting_clerk(request)
    access.look_at_person(_person(number), by=by)
    return _page(request, _person(number))


@require_POST
def check(request: HttpRequest, number: str) -> HttpResponse:
    """The clerk has seen a paper."""
    by, someone = acting_clerk(request), _person(number)
    form = CheckForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        evidence = f"{given['paper']} 尾号 {given['last'].upper()}"
        try:
            access.record_identity(someone, access.Assurance.WINDOW, evidence, by=by, name=given["name"])
        except ProblemError as error:
            _take(form, error)
        else:
            return _done(request, someone, _("The identity is recorded as checked."))
    return _page(request, someone, 422, check=form)


@require_POST
def head(request: HttpRequest, number: str) -> HttpResponse:
    """The person heads a firm."""
    by, someone = acting_clerk(request), _person(number)
    form = HeadForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            firm = firm_of(given["firm"], given["firm_name"], by=by)
            access.record_representation(someone, firm, "legal", by=by, evidence=given["evidence"])
        except ProblemError as error:
            _take(form, error)
        else:
            return _done(request, someone, _("The legal representative is recorded."))
    return _page(request, someone, 422, head=form)


@require_POST
def parent(request: HttpRequest, number: str) -> HttpResponse:
    """The person is a child's parent or guardian."""
    by, someone = acting_clerk(request), _person(number)
    form = ParentForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        until = datetime.combine(given["until"], time.min, timezone.get_current_timezone())
        try:
            with transaction.atomic():
                child = child_of(given["child"], given["child_name"], by=by)
                subject = access.Subject(child.code, child.name, "person")
                access.record_representation(
                    someone, subject, "parent", by=by, until=until, evidence=given["evidence"]
                )
        except ProblemError as error:
            _take(form, error)
        else:
            return _done(request, someone, _("The parent is recorded."))
    return _page(request, someone, 422, parent=form)


def child_of(number: str, name: str, *, by: Actor) -> Person:
    """The child of this code and name, or one who is entered now. Raises ProblemError ACC-403, CIT-106."""
    access.require(by, access.RECORD_REPRESENTATION)
    if not number.strip():
        return register_person(name.strip(), by=by, region=city_region())
    found = Person.objects.filter(code=number.strip().upper(), name=name.strip()).first()
    if found is None:
        message = said("nobody has this code and this name")
        raise ProblemError(Problem(NOT_FOUND, message, Where(field="child")))
    return found


@require_POST
def end(request: HttpRequest, number: str, representation: int) -> HttpResponse:
    """End a representation at a window: a firm's head changed, a guardian too."""
    by, someone = acting_clerk(request), _person(number)
    access.require(by, access.RECORD_REPRESENTATION)
    if not Representation.objects.filter(pk=representation, representative=someone).exists():
        raise Http404
    access.revoke_representation(representation, by=by)
    return _done(request, someone, _("It is over."))


def _take(form: ProblemForm, error: ProblemError) -> None:
    if error.status == 403:
        raise error
    form.take(error)


def _done(request: HttpRequest, someone: Person, words: str) -> HttpResponse:
    messages.success(request, words)
    return HttpResponseRedirect(reverse("citizen:window-person", args=[someone.code]))
