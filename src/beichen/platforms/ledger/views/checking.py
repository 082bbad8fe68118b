"""`/verify`: anybody checks a certificate; an issuer's keys, status lists and kinds for programs."""

from __future__ import annotations

from typing import Any

from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from beichen.kernel.access.service import address_of, check_rate
from beichen.platforms.ledger.certificates import issuers, statuses
from beichen.platforms.ledger.certificates.checking import MOST_BYTES, Finding, check, shown_fields, text_of
from beichen.platforms.ledger.certificates.forms import CheckForm
from beichen.platforms.ledger.certificates.trust import sentences, trust
from beichen.platforms.ledger.certificates.words import (
    REASONS,
    field_name,
    kind_name,
    stated_issuer,
    value_words,
)
from beichen.platforms.ledger.codes import NO_CERTIFICATE_KIND, UNREADABLE
from beichen.platforms.ledger.models import Cause, CertificateKind
from beichen.platforms.ledger.pages import badge, moment
from beichen.problem import Problem, ProblemError, Where, said

RATE = "60/minute"


@csp_update({"script-src": ["'wasm-unsafe-eval'"]})
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Scan it, paste it, or bring its file: whether it may be believed, and if not, why."""
    form = CheckForm(request.POST, request.FILES) if request.method == "POST" else CheckForm()
    finding = None
    if request.method == "POST" and form.is_valid():
        check_rate("ledger.verify", address_of(request), RATE)
        try:
            finding = check(_text(form))
        except ProblemError as error:
            form.take(error)
    context: dict[str, Any] = {
        "form": form,
        "trust": trust(),
        "sentences": sentences(),
        **(_told(finding) if finding else {}),
    }
    return render(
        request, "platforms_ledger/certificates/verify.html", context, status=422 if form.errors else 200
    )


def _text(form: CheckForm) -> str:
    file = form.cleaned_data["file"]
    if file is None:
        pasted = str(form.cleaned_data["text"]).strip()
        if not pasted:
            raise ProblemError(Problem(UNREADABLE, said("nothing was brought"), Where(field="text")))
        return pasted
    if file.size > MOST_BYTES:
        raise ProblemError(Problem(UNREADABLE, said("the file holds no certificate"), Where(field="file")))
    return text_of(file.read())


def _told(finding: Finding) -> dict[str, Any]:
    label = _("May be believed") if finding.is_sound else _("Must not be believed")
    claims = finding.credential.claims if finding.credential else {}
    return {
        "finding": finding,
        "verdict": badge("on-course" if finding.is_sound else "missed", label),
        "why": REASONS.get(finding.reason, finding.message) if finding.reason else "",
        "cause": Cause(finding.cause).label if finding.cause else "",
        "since": moment(finding.since),
        "name": kind_name(finding.kind) if finding.kind else "",
        "rows": [(field_name(field), value_words(field, value)) for field, value in shown_fields(finding)],
        "body": stated_issuer(claims.get("issuing_body", ""), claims.get("number", "")),
        "number": claims.get("number", ""),
        "is_demo": claims.get("demo") is True,
        "sealed_at": moment(finding.sealed.at) if finding.sealed else "",
    }


def _open(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = f"public, max-age={statuses.FRESH_SECONDS}"
    response["Access-Control-Allow-Origin"] = "*"
    return response


@require_safe
def issuer(_request: HttpRequest) -> HttpResponse:
    """`/.well-known/jwt-vc-issuer`: the keys with which certificates are or were signed."""
    return _open(JsonResponse(issuers.metadata()))


@require_safe
def status(_request: HttpRequest, number: int) -> HttpResponse:
    """A status list, signed."""
    return _open(
        HttpResponse(statuses.status_token(min(number, 2**30)), content_type="application/statuslist+jwt")
    )


@require_safe
def kind(_request: HttpRequest, key: str) -> HttpResponse:
    """What a kind of certificates is called and holds (SD-JWT VC type metadata)."""
    row = CertificateKind.objects.filter(key=key).first()
    if row is None:
        raise ProblemError(Problem(NO_CERTIFICATE_KIND, said("no kind of certificates has this key")))
    claims = [
        {
            "path": [field["key"]],
            "display": [{"lang": "zh-CN", "label": field["zh"]}, {"lang": "en", "label": field["en"]}],
            "sd": "allowed" if field["optional"] else "never",
        }
        for field in row.fields
    ]
    display = [{"lang": "zh-CN", "name": row.name}, {"lang": "en", "name": row.name_en}]
    address = f"{issuers.issuer_address()}/certificates/kinds/{row.key}"
    return _open(JsonResponse({"vct": address, "name": row.name_en, "display": display, "claims": claims}))
