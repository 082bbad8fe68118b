"""`/certificates`: what was issued, issuing, one as a card and as a PDF; `/my/certificates`: one's own."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.utils.translation import pgettext_lazy as pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from beichen.kernel.access.service import acting, chosen_subject, decide, subjects_of
from beichen.platforms.ledger.certificates import issuing
from beichen.platforms.ledger.certificates.forms import IssueForm, StateForm
from beichen.platforms.ledger.certificates.holders import holder_of
from beichen.platforms.ledger.certificates.paper import pdf, qr_picture
from beichen.platforms.ledger.certificates.words import TONES, issuer_name, kind_name, shown_rows
from beichen.platforms.ledger.models import Cause, Certificate, CertificateKind, CertificateState
from beichen.platforms.ledger.pages import badge, ending, moment
from beichen.platforms.ledger.rights import ISSUE, REVOKE
from beichen.problem import ProblemError
from beichen.web.links import Link
from beichen.web.tables import Column, Filter, Table, answer

MOST_KINDS, MOST_OWN = 200, 200


def state_badge(row: Certificate) -> SafeString:
    """Whether it holds."""
    state = CertificateState(row.state)
    return badge(TONES[state], state.label)


def _link(row: Certificate) -> SafeString:
    demo = format_html(' <span class="badge">{}</span>', _("Demo")) if row.is_demo else ""
    address = reverse("platforms_ledger:certificate", args=[row.code])
    return format_html('<a href="{}">{}</a>{}', address, row.code, demo)


COLUMNS: list[Column[Certificate]] = [
    Column(
        "code", gettext_lazy("Certificate number"), lambda row: row.code, _link, ("code",), is_header=True
    ),
    Column("kind", pgettext("certificate", "Kind"), lambda row: kind_name(row.kind), sort=("kind__key",)),
    Column(
        "issuer", gettext_lazy("Issuing body"), lambda row: issuer_name(row.issuer), sort=("issuer__name",)
    ),
    Column(
        "issued",
        gettext_lazy("Issued at"),
        lambda row: row.issued_at,
        lambda row: moment(row.issued_at),
        ("issued_at",),
    ),
    Column(
        "until", gettext_lazy("Valid until"), lambda row: row.until, lambda row: ending(row.until), ("until",)
    ),
    Column(
        "state",
        pgettext("certificate", "State"),
        lambda row: str(CertificateState(row.state).label),
        state_badge,
        ("state",),
    ),
]


@require_safe
def index(request: HttpRequest) -> HttpResponseBase:
    """The list; the same selection as a file. Nobody's data stands in it."""
    by = acting(request)
    rows = issuing.certificates(by=by)
    may_issue = bool(decide(by, ISSUE))
    kinds = list(CertificateKind.objects.filter(is_current=True)[:MOST_KINDS])
    filters = [
        Filter("state", pgettext("certificate", "State"), "state", CertificateState.choices),
        *(
            [
                Filter(
                    "kind",
                    pgettext("certificate", "Kind"),
                    "kind__key",
                    [(one.key, kind_name(one)) for one in kinds],
                )
            ]
            if kinds
            else []
        ),
    ]
    table: Table[Certificate] = Table(
        "certificates", _("Certificates"), rows, COLUMNS, filters, ("code", "issuer__name")
    )
    offered = list(issuing.certificate_kinds(by=by)[:MOST_KINDS]) if may_issue else []
    context = {
        "kinds": [(kind_name(one), reverse("platforms_ledger:issue", args=[one.key])) for one in offered]
    }
    return answer(request, table, "platforms_ledger/certificates/index.html", context)


@never_cache
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """The certificates of whom the reader acts for: themselves, or a firm that they chose."""
    if not subjects_of(acting(request)):
        return redirect(f"{reverse('account_login')}?next={request.path}")
    subject = chosen_subject(request)
    rows = issuing.own_certificates(subject)[:MOST_OWN]
    cards = [
        {
            "row": row,
            "name": kind_name(row.kind),
            "issuer": issuer_name(row.issuer),
            "state": state_badge(row),
            "until": ending(row.until),
        }
        for row in rows
    ]
    context = {"cards": cards, "subject": subject}
    return render(request, "platforms_ledger/certificates/mine.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def issue(request: HttpRequest, key: str) -> HttpResponse:
    """Issue a certificate of a kind."""
    by = acting(request)
    kind = issuing.find_kind(key, by=by)
    form = IssueForm(request.POST if request.method == "POST" else None, kind=kind)
    if request.method == "POST" and form.is_valid():
        try:
            person, firm = holder_of(form.cleaned_data["holder"], by=by)
            row = issuing.issue(kind, form.given(), by=by, holder=person, firm=firm)
        except ProblemError as error:
            if error.status == 403:
                raise
            form.take(error)
        else:
            messages.success(request, _("The certificate was issued and sealed."))
            return HttpResponseRedirect(reverse("platforms_ledger:certificate", args=[row.code]))
    crumbs = [Link(_("Certificates"), reverse("platforms_ledger:certificates")), Link(kind_name(kind))]
    context = {"form": form, "kind": kind, "name": kind_name(kind), "crumbs": crumbs}
    return render(
        request, "platforms_ledger/certificates/issue.html", context, status=422 if form.errors else 200
    )


def _chosen(request: HttpRequest, row: Certificate) -> set[str]:
    """The fields that are to be shown: all of them where none is named."""
    if "choose" not in request.GET:
        return {field["key"] for field in row.kind.fields}
    return set(request.GET.getlist("show"))


def _found(request: HttpRequest, code: str) -> Certificate:
    return issuing.find_certificate(code, by=acting(request))


def _card(request: HttpRequest, row: Certificate, form: StateForm | None = None) -> HttpResponse:
    by, chosen = acting(request), _chosen(request, row)
    may_change = row.state != CertificateState.REVOKED and bool(decide(by, REVOKE, row))
    own = issuing.own_subject(row, by)
    everything = shown_rows(row, {field["key"] for field in row.kind.fields})
    top = (
        Link(_("My certificates"), reverse("platforms_ledger:own-certificates"))
        if own is not None
        else Link(_("Certificates"), reverse("platforms_ledger:certificates"))
    )
    text = issuing.shown_text(row, chosen)
    context: dict[str, Any] = {
        "row": row,
        "name": kind_name(row.kind),
        "issuer": issuer_name(row.issuer),
        "state": state_badge(row),
        "cause": Cause(row.cause).label if row.cause else "",
        "whose": own.name if own is not None and own.representation is not None else "",
        "rows": shown_rows(row, chosen),
        "choices": [{**one, "is_shown": one["key"] in chosen} for one in everything if one["optional"]],
        "picture": mark_safe(qr_picture(text)),  # noqa: S308 - of segno, from a text of letters and digits
        "text": text,
        "query": request.GET.urlencode(),
        "form": (form or StateForm()) if may_change else None,
        "issued": moment(row.issued_at),
        "changed": moment(row.changed_at),
        "until": ending(row.until),
        "crumbs": [top, Link(row.code)],
    }
    is_wrong = form is not None and bool(form.errors)
    return render(
        request, "platforms_ledger/certificates/card.html", context, status=422 if is_wrong else 200
    )


@never_cache
@require_safe
def certificate(request: HttpRequest, code: str) -> HttpResponse:
    """The card."""
    return _card(request, _found(request, code))


@never_cache
@require_safe
def paper(request: HttpRequest, code: str) -> HttpResponse:
    """The PDF, with the fields that were chosen."""
    row = _found(request, code)
    response = HttpResponse(pdf(row, _chosen(request, row)), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{row.code}.pdf"'
    return response


@never_cache
@require_safe
def text(request: HttpRequest, code: str) -> HttpResponse:
    """The certificate itself, with the fields that were chosen, for a wallet."""
    row = _found(request, code)
    response = HttpResponse(
        issuing.shown_text(row, _chosen(request, row)), content_type="application/dc+sd-jwt"
    )
    response["Content-Disposition"] = f'attachment; filename="{row.code}.sd-jwt"'
    return response


@require_POST
def change(request: HttpRequest, code: str) -> HttpResponse:
    """Suspend, resume or revoke."""
    by = acting(request)
    form = StateForm(request.POST)
    row = _found(request, code)
    if form.is_valid():
        try:
            issuing.change_state(code, form.cleaned_data["step"], form.cleaned_data["reason"], by=by)
        except ProblemError as error:
            if error.status == 403:
                raise
            form.take(error)
        else:
            messages.success(request, _("The certificate's state was changed."))
            return HttpResponseRedirect(reverse("platforms_ledger:certificate", args=[code]))
    return _card(request, row, form)
