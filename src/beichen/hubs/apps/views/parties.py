"""`/relying-parties`: the systems to which people sign in; registering one, its secret, closing it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.utils.translation import pgettext_lazy as pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from beichen.hubs.apps.forms import PartyForm, initial_of
from beichen.hubs.apps.pages import moment
from beichen.hubs.apps.words import LEVEL_WORDS, body_name, party_name, party_purpose, scope_names
from beichen.kernel.access.models import RelyingParty
from beichen.kernel.access.openid import service as openid
from beichen.kernel.access.service import acting, decide, require
from beichen.problem import ProblemError
from beichen.web.links import Link
from beichen.web.tables import Column, Filter, Table, answer

YES_NO = {"True": gettext_lazy("Yes"), "False": gettext_lazy("No")}
STATES = {"True": gettext_lazy("Open to sign-in"), "False": gettext_lazy("Closed to sign-in")}


def _link(row: RelyingParty) -> SafeString:
    demo = format_html(' <span class="badge">{}</span>', _("Demo")) if row.is_demo else ""
    return format_html('<a href="{}">{}</a>{}', reverse("apps:party", args=[row.key]), party_name(row), demo)


COLUMNS: list[Column[RelyingParty]] = [
    Column("name", gettext_lazy("System"), party_name, _link, ("name",), is_header=True),
    Column("key", gettext_lazy("Its key (client_id)"), lambda row: row.key, sort=("key",)),
    Column("body", gettext_lazy("Whose it is"), body_name, sort=("body__name",)),
    Column("scopes", gettext_lazy("What it may ask for"), lambda row: scope_names(row.scopes)),
    Column(
        "public",
        gettext_lazy("Keeps a secret"),
        lambda row: str(YES_NO[str(not row.is_public)]),
        sort=("is_public",),
    ),
    Column(
        "state",
        pgettext("system", "State"),
        lambda row: str(STATES[str(row.is_active)]),
        sort=("is_active",),
    ),
    Column(
        "redirects", gettext_lazy("Where people come back to"), lambda row: " ".join(row.redirect_uris),
        is_exported_only=True,
    ),
    Column("made", gettext_lazy("Registered at"), lambda row: row.made_at, is_exported_only=True),
]  # fmt: skip


@require_safe
def parties(request: HttpRequest) -> HttpResponseBase:
    """The list; the same selection as a file. No secret stands in it."""
    by = acting(request)
    filters = [
        Filter("state", pgettext("system", "State"), "is_active", list(STATES.items())),
        Filter("trusted", gettext_lazy("The city's own"), "is_trusted", list(YES_NO.items())),
    ]
    search = ("key", "name", "name_en", "purpose", "body__name")
    table: Table[RelyingParty] = Table(
        "relying-parties", _("Connected systems"), openid.parties(by=by), COLUMNS, filters, search
    )
    return answer(request, table, "hubs_apps/parties.html", {"may_edit": bool(decide(by, openid.EDIT))})


def _crumbs(*more: Link) -> list[Link]:
    return [Link(_("Connected systems"), reverse("apps:parties")), *more]


def _form_page(request: HttpRequest, form: PartyForm, title: str, action: str) -> HttpResponse:
    context = {"form": form, "title": title, "action": action, "crumbs": _crumbs(Link(title))}
    return render(request, "hubs_apps/party_form.html", context, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Register a system; the answer shows its secret, once."""
    by = acting(request)
    require(by, openid.EDIT)
    form = PartyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            row, secret = openid.register_party(form.facts(), by=by)
        except ProblemError as error:
            if error.status == 403:
                raise
            form.take(error)
        else:
            return _with_secret(request, row, secret)
    return _form_page(request, form, _("Register a system"), reverse("apps:new-party"))


def _with_secret(request: HttpRequest, row: RelyingParty, secret: str) -> HttpResponse:
    context = {"row": row, "name": party_name(row), "secret": secret, "issuer": openid.issuer()}
    return render(request, "hubs_apps/secret.html", {**context, "crumbs": _crumbs(Link(party_name(row)))})


@require_safe
def party(request: HttpRequest, key: str) -> HttpResponse:
    """One system."""
    by = acting(request)
    row = openid.find_party(key, by=by)
    context = {
        "row": row,
        "name": party_name(row),
        "body": body_name(row),
        "purpose": party_purpose(row),
        "scopes": scope_names(row.scopes),
        "least": LEVEL_WORDS.get(row.needs_identity, ""),
        "made": moment(row.made_at),
        "state": STATES[str(row.is_active)],
        "may_edit": bool(decide(by, openid.EDIT, row)),
        "issuer": openid.issuer(),
        "crumbs": _crumbs(Link(party_name(row))),
    }
    return render(request, "hubs_apps/party.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, key: str) -> HttpResponse:
    """Change what a system stated."""
    by = acting(request)
    row = openid.find_party(key, by=by)
    require(by, openid.EDIT, row)
    given = request.POST if request.method == "POST" else None
    form = PartyForm(given, initial=initial_of(row), is_new=False)
    if request.method == "POST" and form.is_valid():
        try:
            openid.change_party(key, form.facts(), by=by)
        except ProblemError as error:
            if error.status == 403:
                raise
            form.take(error)
        else:
            messages.success(request, _("The system was changed."))
            return HttpResponseRedirect(reverse("apps:party", args=[key]))
    return _form_page(request, form, party_name(row), reverse("apps:change-party", args=[key]))


@never_cache
@require_POST
def secret(request: HttpRequest, key: str) -> HttpResponse:
    """Another secret; the old one is worth nothing."""
    by = acting(request)
    fresh = openid.renew_secret(key, by=by)
    return _with_secret(request, openid.find_party(key, by=by), fresh)


@require_POST
def state(request: HttpRequest, key: str) -> HttpResponse:
    """Close it, or open it again."""
    openid.switch_party(key, is_active=request.POST.get("state") == "open", by=acting(request))
    return HttpResponseRedirect(reverse("apps:party", args=[key]))
