"""`/codes/gates`: gates of one's bodies; entering one, which shows its key once; closing one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.utils.translation import pgettext_lazy as pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from beichen.fronts.codes import service
from beichen.fronts.codes.bodies import waiting, with_body
from beichen.fronts.codes.forms import GateForm
from beichen.fronts.codes.models import Entitlement, Gate, Reader
from beichen.fronts.codes.permissions import EDIT_GATES
from beichen.fronts.codes.problems import HAS_KEY
from beichen.fronts.codes.wording import badge, called
from beichen.kernel.access.service import acting, decide, visible
from beichen.kernel.actor import Actor
from beichen.problem import ProblemError
from beichen.web.tables import Column, Filter, Table, answer

OPEN, CLOSED = pgettext("gate", "Open"), pgettext("gate", "Closed")


def _state(row: Gate) -> SafeString:
    return badge("on-course", OPEN) if row.is_open else badge("unknown", CLOSED)


COLUMNS: list[Column[Gate]] = [
    Column("key", gettext_lazy("Key of the gate"), lambda row: row.key, sort=("key",), is_header=True),
    Column("name", gettext_lazy("Name of the gate"), lambda row: row.name, sort=("name",)),
    Column("reader", gettext_lazy("Who reads"), lambda row: called(row.reader), sort=("reader__name",)),
    Column("place", pgettext("gate", "Where it stands"), lambda row: row.place, sort=("place",)),
    Column("for", gettext_lazy("What it opens for"), lambda row: ", ".join(row.entitlements)),
    Column(
        "state",
        pgettext("gate", "State"),
        lambda row: str(OPEN if row.is_open else CLOSED),
        _state,
        ("is_open",),
    ),
]
FILTERS = [Filter("state", pgettext("gate", "State"), "is_open", [("True", OPEN), ("False", CLOSED)])]


def _form(by: Actor, data: object = None) -> GateForm:
    readers = visible(by, EDIT_GATES, with_body(Reader.objects.filter(is_current=True)))[:200]
    kinds = Entitlement.objects.filter(is_current=True)[:500]
    keys = {row.key for row in readers}
    offered = [(row.key, called(row)) for row in kinds if keys & set(row.readers)]
    return GateForm([(row.key, called(row)) for row in readers], offered, data)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponseBase:
    """The list, and the form for who may enter gates."""
    by = acting(request)
    rows = service.gates(by=by)
    form = _form(by, request.POST if request.method == "POST" else None)
    secret, entered, asked = "", "", None
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        facts = service.GateFacts(
            given["key"],
            given["name"],
            given["reader"],
            given["place"],
            tuple(given["entitlements"]),
            given["takes"],
        )
        try:
            is_sure = request.POST.get("rotate") == "yes"
            row, secret = service.enter_gate(facts, by=by, rotate=is_sure)
        except ProblemError as error:
            if error.status == 403:
                raise
            form.take(error)
            asked = rows.filter(key=facts.key).first() if error.problems[0].code == HAS_KEY else None
        else:
            entered, form = row.key, _form(by)
    table: Table[Gate] = Table("gates", _("Gates"), rows, COLUMNS, FILTERS, ("key", "name", "place"))
    may_edit = bool(decide(by, EDIT_GATES))
    context = {
        "form": form if may_edit else None,
        "secret": secret,
        "asked": asked,
        "entered": entered,
        "waiting": [(called(row), row.body_id) for row in waiting(Reader.objects.filter(is_current=True))],
        "closable": rows.filter(is_open=True)[:200] if may_edit else [],
    }
    response = answer(request, table, "codes/gates.html", context)
    response.status_code = 422 if form.errors else response.status_code
    return response


@require_POST
def close(request: HttpRequest, key: str) -> HttpResponse:
    """Close a gate."""
    row = service.close_gate(key, by=acting(request))
    messages.success(request, format_html(_("Gate {} is closed; its key opens nothing."), row.name))
    return HttpResponseRedirect(reverse("codes:gates"))
