"""`/codes/grants`: what one's bodies have granted; granting, suspending and revoking."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
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
from beichen.fronts.codes.forms import GrantForm, GrantStateForm
from beichen.fronts.codes.granting import person_with
from beichen.fronts.codes.models import Entitlement, Grant, GrantState
from beichen.fronts.codes.permissions import EDIT_GRANTS
from beichen.fronts.codes.wording import badge, called, moment
from beichen.kernel.access.service import acting, decide, visible
from beichen.kernel.actor import Actor
from beichen.problem import ProblemError
from beichen.web.tables import Column, Filter, Table, answer

TONES = {GrantState.VALID: "on-course", GrantState.SUSPENDED: "behind", GrantState.REVOKED: "missed"}


def _state(row: Grant) -> SafeString:
    state = GrantState(row.state)
    return badge(TONES[state], state.label)


def _number(row: Grant) -> SafeString | int:
    return format_html('{} <span class="badge">{}</span>', row.pk, _("Demo")) if row.is_demo else row.pk


COLUMNS: list[Column[Grant]] = [
    Column(
        "number", gettext_lazy("Number of the grant"), lambda row: row.pk, _number, ("id",), is_header=True
    ),
    Column(
        "entitlement",
        gettext_lazy("Entitlement"),
        lambda row: called(row.entitlement),
        sort=("entitlement__key",),
    ),
    Column("person", gettext_lazy("Code of the person"), lambda row: row.person.code),
    Column(
        "state",
        pgettext("entitlement", "State"),
        lambda row: str(GrantState(row.state).label),
        _state,
        ("state",),
    ),
    Column(
        "since", gettext_lazy("Valid from"), lambda row: row.since, lambda row: moment(row.since), ("since",)
    ),
    Column(
        "until", gettext_lazy("Valid until"), lambda row: row.until, lambda row: moment(row.until), ("until",)
    ),
    Column("reason", gettext_lazy("Reason"), lambda row: row.reason),
]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponseBase:
    """The list, and the form for who may grant."""
    by = acting(request)
    form = _form(by, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            kind = service.find_entitlement(form.cleaned_data["entitlement"])
            row = service.grant(kind, person_with(form.cleaned_data["person"]), by=by)
        except ProblemError as error:
            if error.status == 403:
                raise
            form.take(error)
        else:
            messages.success(request, _("Granted under number %(number)d.") % {"number": row.pk})
            return HttpResponseRedirect(reverse("codes:grants"))
    return _page(request, by, form, GrantStateForm())


@require_POST
def change(request: HttpRequest, number: int) -> HttpResponseBase:
    """Suspend, resume or revoke one; the form says which."""
    by = acting(request)
    form = GrantStateForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            service.change_grant(given["number"], given["step"], given["reason"], by=by)
        except ProblemError as error:
            if error.status == 403:
                raise
            form.take(error)
        else:
            messages.success(request, _("The grant's state was changed."))
            return HttpResponseRedirect(reverse("codes:grants"))
    return _page(request, by, _form(by), form)


def _form(by: Actor, data: object = None) -> GrantForm:
    kinds = with_body(Entitlement.objects.filter(is_current=True, is_open=False))
    rows = visible(by, EDIT_GRANTS, kinds)[:500]
    return GrantForm([(row.key, called(row)) for row in rows], data)


def _page(request: HttpRequest, by: Actor, form: GrantForm, state_form: GrantStateForm) -> HttpResponseBase:
    rows = service.grants(by=by)
    kinds = [(row.key, called(row)) for row in Entitlement.objects.filter(is_open=False)[:500]]
    filters = [Filter("state", pgettext("entitlement", "State"), "state", GrantState.choices)]
    if kinds:
        filters.append(Filter("entitlement", gettext_lazy("Entitlement"), "entitlement__key", kinds))
    table: Table[Grant] = Table(
        "grants", _("Entitlements"), rows, COLUMNS, filters, ("person__code", "reason")
    )
    may_edit = bool(decide(by, EDIT_GRANTS))
    rows_waiting = waiting(Entitlement.objects.filter(is_current=True))
    context = {
        "form": form if may_edit else None,
        "state_form": state_form if may_edit else None,
        "waiting": [(called(row), row.grantor_id) for row in rows_waiting],
    }
    response = answer(request, table, "codes/grants.html", context)
    response.status_code = 422 if form.errors or state_form.errors else response.status_code
    return response
