"""`/report`: choose what it is, say what happened, show where, and get a number and a code."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from beichen.fronts.citizen.forms import MOST_PHOTOS, ReportForm
from beichen.hubs.events.models import EventKind
from beichen.hubs.events.pages import Channel, is_fetched, scanned, sent_answer
from beichen.hubs.events.service import (
    Receipt,
    ReportDraft,
    ReporterFacts,
    public_kinds,
    receive,
)
from beichen.kernel.access import service as access
from beichen.kernel.access.models import Account
from beichen.kernel.actor import PUBLIC, Actor
from beichen.platforms.geo import service as geo
from beichen.platforms.geo.pages import drawing
from beichen.problem import ProblemError
from beichen.web.offline import is_shell

SENT = "citizen_sent"
FOLLOWED = "citizen_followed"
RATE = "20/hour"


def _sender(request: HttpRequest) -> Actor:
    """Who sends: the public, at the address that is counted; an account adds a person, no rights."""
    return Actor(PUBLIC.key, PUBLIC.name, PUBLIC.scopes, address=access.address_of(request))


def _groups(rows: Iterable[EventKind]) -> list[tuple[str, list[EventKind]]]:
    """The kinds by the name of their class, in the order of its first."""
    found: dict[str, list[EventKind]] = {}
    for row in rows:
        category = row.category
        name = (category.parent or category).label if category is not None else _("Other")
        found.setdefault(name, []).append(row)
    return list(found.items())


def _map() -> dict[str, Any]:
    drawn = drawing(list(access.visible(PUBLIC, geo.READ, geo.layers())))
    if drawn is None:
        return {}
    bounds = drawn.sheet.bounds
    return {"drawing": drawn, "bounds": str(bounds), "view_box": drawn.view_box(bounds)}


def _at(request: HttpRequest) -> dict[str, Any]:
    """Where the object of a scanned code is (``?at=``), for the form; nothing where the public sees none."""
    code = request.GET.get("at", "")
    try:
        return scanned(code, by=_sender(request)) if code else {}
    except ProblemError:
        return {}


@require_http_methods(["GET", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """The kinds to choose from; with ``?kind=`` (or ``kind=other``) the form; sending it."""
    kinds = list(public_kinds())
    at = _at(request)
    chosen = request.GET.get("kind", "") or at.get("kind", "")
    kind = next((row for row in kinds if row.key == chosen), None)
    if kind is None and chosen != "other":
        return render(request, "citizen/kinds.html", {"groups": _groups(kinds)})
    form = ReportForm(kind, request.POST or None, request.FILES or None, initial=at)
    if request.method == "POST" and form.is_valid():
        answer = _send(request, form, kind)
        if answer is not None:
            return answer
    if request.method == "POST" and is_fetched(request):
        return JsonResponse({"errors": form.errors}, status=422)
    context = {
        "form": form,
        "kind": kind,
        "most": MOST_PHOTOS,
        "has_account": isinstance(request.user, Account) and not is_shell(request),
        **_map(),
    }
    return render(request, "citizen/report.html", context, status=422 if form.errors else 200)


def _send(request: HttpRequest, form: ReportForm, kind: EventKind | None) -> HttpResponse | None:
    """The way to the receipt; None when the form shows what was refused."""
    if form.cleaned_data["website"]:
        return HttpResponseRedirect(reverse("citizen:report"))  # a machine, which need not know why
    by = _sender(request)
    try:
        access.check_rate("report", by.address, RATE)
        receipt = receive(_draft(request, form, kind, by), by=by)
    except ProblemError as error:
        form.take(error)
        return None
    _remember(request, receipt)
    return sent_answer(request, reverse("citizen:sent"))


def _draft(request: HttpRequest, form: ReportForm, kind: EventKind | None, by: Actor) -> ReportDraft:
    given = form.cleaned_data
    account = request.user
    person = account.person.code if isinstance(account, Account) and account.person is not None else ""
    is_kept = bool(given["name"] or given["phone"] or given["email"] or given["mine"])
    return ReportDraft(
        channel=Channel.WEB,
        text=given["text"],
        key=f"web:{given['key']}" if given["key"] else "",
        kind=kind.key if kind is not None else "",
        answers=form.answers,
        reporter=ReporterFacts(
            name=given["name"],
            phone=given["phone"],
            email=given["email"],
            language=get_language() or "zh-hans",
            wants_callback=given["callback"],
            person=person if is_kept else "",
        ),
        files=form.pictures(by=by),
        **form.place(),
    )


def _remember(request: HttpRequest, receipt: Receipt) -> None:
    """Keep the receipt's two words for this session: the next page shows them, following needs no typing."""
    request.session[SENT] = {"code": receipt.report.code, "secret": receipt.report.secret}
    known = request.session.get(FOLLOWED, {})
    request.session[FOLLOWED] = {**dict(list(known.items())[-9:]), receipt.report.code: receipt.report.secret}


@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """The number and the code of what was just sent."""
    words = request.session.get(SENT)
    if not words:
        return HttpResponseRedirect(reverse("citizen:follow"))
    return render(request, "citizen/sent.html", {"words": words})
