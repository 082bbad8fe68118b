"""`/services/follow`: how an affair or an objection stands, by number and code, without an account."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from beichen.fronts.services.applicant import service
from beichen.fronts.services.applicant.forms import FollowForm
from beichen.fronts.services.items.models import BundleRun
from beichen.fronts.services.models import Affair
from beichen.fronts.services.objection.models import Objection
from beichen.fronts.services.objection.reading import followed_objection, looks, own_objections
from beichen.fronts.services.objection.words import Ruling
from beichen.fronts.services.signs import name_of
from beichen.fronts.services.views import bundles
from beichen.fronts.services.views.own import diagram_of, page, rated
from beichen.kernel.access.service import acting, address_of, check_rate, person_code
from beichen.problem import ProblemError

FOLLOWED = "services_followed"
MOST = 10
RATE = "30/hour"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest) -> HttpResponse:
    """Asks for number and code; knows those of this session."""
    sent = request.POST if request.method == "POST" else None
    form = FollowForm(sent, initial={"code": request.GET.get("code", "")[:20]})
    if sent is not None and form.is_valid():
        code, secret = form.cleaned_data["code"].strip().upper(), form.cleaned_data["secret"]
        try:
            check_rate("services.follow", address_of(request), RATE)
            row = _find(code, secret)
        except ProblemError as error:
            form.take(error)
        else:
            remember(request, row.code, secret)
            return HttpResponseRedirect(reverse("services:followed", args=[row.code]))
    own = own_objections(person_code(acting(request))).values_list("code", flat=True)[:MOST]
    context = {"form": form, "known": list(dict.fromkeys([*request.session.get(FOLLOWED, {}), *own]))}
    return render(request, "services/applicant/follow.html", context, status=422 if form.errors else 200)


def remember(request: HttpRequest, code: str, secret: str) -> None:
    """Let this session follow it without asking again."""
    known = request.session.get(FOLLOWED, {})
    request.session[FOLLOWED] = {**dict(list(known.items())[1 - MOST :]), code: secret}


def _objection_page(request: HttpRequest, row: Objection) -> HttpResponse:
    """How an objection stands, for who filed it, with the code that follows it."""
    context = {
        "row": row,
        "ruling": Ruling(row.ruling).label,
        "body": name_of(row.body),
        "looks": looks(row),
    }
    return render(request, "services/objection/followed.html", context)


def _find(code: str, secret: str) -> Affair | BundleRun | Objection:
    """The affair, the bundle or the objection of a number and its code. Raises ProblemError SRV-521."""
    if (objection := followed_objection(code, secret)) is not None:
        return objection
    try:
        return service.followed(code, secret)
    except ProblemError:
        return service.followed_run(code, secret)


def _known(request: HttpRequest, code: str) -> Affair | BundleRun | Objection | None:
    """What has this number, when this session knows its code, or it is one's own objection."""
    own = own_objections(person_code(acting(request))).filter(code=code).first()
    if own is not None:
        return own
    secret = request.session.get(FOLLOWED, {}).get(code)
    if secret is None:
        return None
    try:
        return _find(code, secret)
    except ProblemError:
        return None


def _followed(request: HttpRequest, code: str) -> Affair | None:
    """The same of an affair."""
    row = _known(request, code)
    return row if isinstance(row, Affair) else None


def objection_of(request: HttpRequest, code: str) -> Objection | None:
    """The same of an objection."""
    row = _known(request, code)
    return row if isinstance(row, Objection) else None


def _asked() -> HttpResponse:
    return HttpResponseRedirect(reverse("services:follow"))


@never_cache
@require_safe
def followed(request: HttpRequest, code: str) -> HttpResponse:
    """One affair or bundle; whoever does not know its code is asked for it."""
    row = _known(request, code)
    if row is None:
        return _asked()
    if isinstance(row, Objection):
        return _objection_page(request, row)
    if isinstance(row, BundleRun):
        return bundles.page(request, row, is_followed=True)
    return page(request, row, is_followed=True)


@require_safe
def diagram(request: HttpRequest, code: str) -> HttpResponse:
    """The process's diagram, for the viewer."""
    row = _followed(request, code)
    return _asked() if row is None else diagram_of(row)


@require_POST
def rate(request: HttpRequest, code: str) -> HttpResponse:
    """Rate an affair that one follows."""
    row = _followed(request, code)
    if row is None:
        return _asked()
    return rated(request, row, reverse("services:followed", args=[row.code]), is_followed=True)
