"""What gates took and bodies give back: `/my/codes/back/NUMBER` asks for it, `/codes/returns` decides."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from beichen.fronts.codes import service
from beichen.fronts.codes.forms import AskForm, ReturnForm
from beichen.fronts.codes.models import Reader, Return, ReturnState, Scan
from beichen.fronts.codes.views.mine import for_person
from beichen.fronts.codes.wording import badge, called, moment
from beichen.kernel.access.service import acting, check_rate
from beichen.kernel.actor import Actor
from beichen.kernel.org.models import Person
from beichen.problem import ProblemError
from beichen.web.links import Link
from beichen.web.tables import Column, Filter, Table, answer
from beichen.web.wording import in_words

ASK_RATE = "20/hour"
TONES = {
    ReturnState.ASKED: "behind",
    ReturnState.GIVEN: "on-course",
    ReturnState.REFUSED: "missed",
    ReturnState.UNDONE: "missed",
    ReturnState.WITHDRAWN: "unknown",
}


def _state(row: Return) -> SafeString:
    state = ReturnState(row.state)
    return badge(TONES[state], state.label)


def _number(row: Return) -> SafeString:
    return format_html('<a href="?reference={0}#decide">{0}</a>', row.reference)


COLUMNS: list[Column[Return]] = [
    Column(
        "number",
        gettext_lazy("Number of the reading"),
        lambda row: row.reference,
        _number,
        ("reference",),
        is_header=True,
    ),
    Column("reader", gettext_lazy("Who reads"), lambda row: called(row.reader), sort=("reader__name",)),
    Column(
        "entitlement",
        gettext_lazy("Entitlement"),
        lambda row: called(row.entitlement),
        sort=("entitlement__key",),
    ),
    Column("place", pgettext_lazy("gate", "Where it stands"), lambda row: row.place, sort=("place",)),
    Column(
        "taken",
        pgettext_lazy("return", "Taken at"),
        lambda row: row.taken_at,
        lambda row: moment(row.taken_at),
        ("taken_at",),
    ),
    Column(
        "state",
        pgettext_lazy("return", "State"),
        lambda row: str(ReturnState(row.state).label),
        _state,
        ("state",),
    ),
    Column("wish", pgettext_lazy("return", "What happened"), lambda row: row.wish),
    Column("reason", gettext_lazy("Reason"), lambda row: row.reason),
    Column(
        "changed",
        gettext_lazy("Changed at"),
        lambda row: row.changed_at,
        lambda row: moment(row.changed_at),
        ("changed_at",),
    ),
]


@require_http_methods(["GET", "HEAD", "POST"])
@for_person
def ask(request: HttpRequest, _person: Person, reference: str) -> HttpResponseBase:
    """A reading of one's own code that took something: what became of it, or asking for it back."""
    by = acting(request)
    scan = service.own_scan(reference, by=by)
    if request.method == "POST" and "withdraw" in request.POST:
        return _no_more(request, scan, by)
    form = AskForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            check_rate("codes.ask", by.key, ASK_RATE)
            service.ask_back(reference, form.cleaned_data["wish"], by=by)
        except ProblemError as error:
            form.take(error)
        else:
            messages.success(
                request, _("You have asked for it back. The answer stands here, with its reason.")
            )
            return HttpResponseRedirect(reverse("codes:ask-back", args=[scan.nonce]))
    asked = service.returns_of(by).get(scan.nonce)
    context = {
        "scan": scan,
        "reader": called(scan.reader),
        "name": called(scan.entitlement) if scan.entitlement else "",
        "at": moment(scan.at),
        "asked": asked,
        "state": _state(asked) if asked else "",
        "form": form if scan.took and (asked is None or asked.state == ReturnState.WITHDRAWN) else None,
        "is_asked": asked is not None and asked.state == ReturnState.ASKED,
        "crumbs": [Link(_("Who read my codes"), reverse("codes:scans")), Link(scan.nonce)],
    }
    return render(request, "codes/ask.html", context, status=422 if form.errors else 200)


def _no_more(request: HttpRequest, scan: Scan, by: Actor) -> HttpResponseBase:
    try:
        service.ask_no_more(scan.nonce, by=by)
    except ProblemError as error:  # it was decided meanwhile: the page says how
        messages.error(request, in_words(error.problems[0]))
    else:
        messages.success(request, _("You no longer ask for it; what you wrote is forgotten."))
    return HttpResponseRedirect(reverse("codes:ask-back", args=[scan.nonce]))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponseBase:
    """What was asked for and given back, and the form that decides."""
    by = acting(request)
    rows = service.returns(by=by)
    initial = {"reference": request.GET.get("reference", "")[:20]}
    form = ReturnForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            row = service.decide_return(given["reference"], given["step"], given["reason"], by=by)
        except ProblemError as error:
            if error.status == 403:
                raise
            form.take(error)
        else:
            words = f"{row.reference} · {ReturnState(row.state).label}"
            messages.success(request, words)
            return HttpResponseRedirect(reverse("codes:returns"))
    filters = [Filter("state", pgettext_lazy("return", "State"), "state", ReturnState.choices)]
    readers = Reader.objects.filter(pk__in=rows.order_by().values("reader"))
    if readers:
        choices = [(row.key, called(row)) for row in readers]
        filters.append(Filter("reader", gettext_lazy("Who reads"), "reader__key", choices))
    table: Table[Return] = Table(
        "returns", pgettext("codes", "Given back"), rows, COLUMNS, filters, ("reference", "place")
    )
    response = answer(request, table, "codes/returns.html", {"form": form})
    response.status_code = 422 if form.errors else response.status_code
    return response
