"""`/account/consents`: which systems know what of me, what they were told, and taking it back."""

from __future__ import annotations

from datetime import datetime

import orjson
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Case, Value, When
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.utils.translation import pgettext_lazy as pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from beichen.hubs.apps.leaving import tell_soon
from beichen.hubs.apps.pages import moment
from beichen.hubs.apps.views.authorize import account_of
from beichen.hubs.apps.words import body_name, claim_names, party_name, party_purpose, scope_names
from beichen.kernel.access.models import Account, Consent
from beichen.kernel.access.openid import service as openid
from beichen.kernel.access.service import acting
from beichen.kernel.audit.models import AuditRecord
from beichen.problem import Problem, ProblemError, said
from beichen.web.errors import NOT_FOUND
from beichen.web.links import Link
from beichen.web.tables import Column, Filter, Rows, Table, answer

MOST_RECORDS = 100
ACTS = {
    "access.signon.begin": gettext_lazy("You signed in to it"),
    "access.signon.refuse": gettext_lazy("You refused it"),
    "access.signon.end": gettext_lazy("It was stopped: a code or token was shown twice"),
    "access.claims.disclose": gettext_lazy("It was told of you"),
    "access.consent.give": gettext_lazy("You allowed it"),
    "access.consent.withdraw": gettext_lazy("You took it back"),
    "access.logout.fail": gettext_lazy("It could not be told that you signed out"),
}
STATES = {"allowed": gettext_lazy("Allowed"), "withdrawn": gettext_lazy("Consent taken back")}


def _link(row: Consent) -> SafeString:
    demo = format_html(' <span class="badge">{}</span>', _("Demo")) if row.party.is_demo else ""
    address = reverse("apps:own-consent", args=[row.party.key])
    return format_html('<a href="{}">{}</a>{}', address, party_name(row.party), demo)


def _state(row: Consent) -> str:
    return str(STATES["withdrawn" if row.withdrawn_at else "allowed"])


COLUMNS: list[Column[Consent]] = [
    Column(
        "party",
        gettext_lazy("System"),
        lambda row: party_name(row.party),
        _link,
        ("party__name",),
        is_header=True,
    ),
    Column(
        "body", gettext_lazy("Whose it is"), lambda row: body_name(row.party), sort=("party__body__name",)
    ),
    Column("scopes", gettext_lazy("What it may know"), lambda row: scope_names(row.scopes)),
    Column("purpose", gettext_lazy("What it is for"), lambda row: party_purpose(row.party)),
    Column(
        "given",
        gettext_lazy("Allowed at"),
        lambda row: row.given_at,
        lambda row: moment(row.given_at),
        ("given_at",),
    ),
    Column("state", pgettext("consent", "State"), _state, sort=("withdrawn_at",)),
]


@never_cache
@login_required
@require_safe
def consents(request: HttpRequest) -> HttpResponseBase:
    """The reader's own; the same selection as a file."""
    account = _reader(request)
    state = Filter("state", pgettext("consent", "State"), "state", list(STATES.items()))
    search = ("party__name", "party__name_en", "party__body__name")
    rows = openid.consents_of(account).annotate(
        state=Case(When(withdrawn_at=None, then=Value("allowed")), default=Value("withdrawn"))
    )
    table: Table[Consent] = Table("consents", _("Systems that know me"), rows, COLUMNS, [state], search)
    return answer(request, table, "hubs_apps/consents.html", {})


def _reader(request: HttpRequest) -> Account:
    account = account_of(request)
    assert account is not None  # noqa: S101 - somebody is signed in
    return account


def _found(request: HttpRequest, key: str) -> Consent:
    row = openid.consents_of(_reader(request)).filter(party__key=key).first()
    if row is None:
        raise ProblemError(Problem(NOT_FOUND, said("nothing was allowed to it")))
    return row


def _told(record: AuditRecord) -> str:
    detail = orjson.loads(record.detail)
    if "claims" in detail:
        return claim_names(detail["claims"])
    return scope_names(detail.get("scopes", []))


_RECORDS: list[Column[AuditRecord]] = [
    Column("at", gettext_lazy("When"), lambda row: moment(datetime.fromisoformat(row.at))),
    Column("act", gettext_lazy("What it did"), lambda row: str(ACTS.get(row.action, row.action))),
    Column("told", gettext_lazy("What of you"), _told),
]


@never_cache
@login_required
@require_safe
def consent(request: HttpRequest, key: str) -> HttpResponse:
    """One system: what it may know, what for, and each time that it was told."""
    row = _found(request, key)
    person = _reader(request).person
    resource = f"kernel_access.relyingparty:{row.party.key}"
    records = (
        list(
            AuditRecord.objects.filter(resource=resource, subject=person.code).order_by("-sequence")[
                :MOST_RECORDS
            ]
        )
        if person
        else []
    )
    context = {
        "row": row,
        "name": party_name(row.party),
        "body": body_name(row.party),
        "purpose": party_purpose(row.party),
        "scopes": scope_names(row.scopes),
        "given": moment(row.given_at),
        "withdrawn": moment(row.withdrawn_at),
        "records": Rows(_("What it did"), _RECORDS, records),
        "crumbs": [Link(_("Systems that know me"), reverse("apps:consents")), Link(party_name(row.party))],
    }
    return render(request, "hubs_apps/own_consent.html", context)


@login_required
@require_POST
def withdraw(request: HttpRequest, key: str) -> HttpResponse:
    """Take it back."""
    row = _found(request, key)
    openid.withdraw_consent(key, _reader(request), by=acting(request))
    tell_soon()
    messages.success(
        request, _("%(name)s may know nothing of you from now on.") % {"name": party_name(row.party)}
    )
    return HttpResponseRedirect(reverse("apps:consents"))
