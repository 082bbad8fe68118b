"""Certificates in words: names of kinds and fields in the reader's language, states, reasons of refusals."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from beichen.kernel.org.models import Body
from beichen.platforms.ledger.models import Certificate, CertificateKind, CertificateState
from beichen_proof.refusal import Reason

TONES = {
    CertificateState.VALID: "on-course",
    CertificateState.SUSPENDED: "behind",
    CertificateState.REVOKED: "missed",
}
REASONS = {
    Reason.MALFORMED: _("This is no certificate."),
    Reason.FORGED: _("Forged: the signature does not fit, or a field was changed or added."),
    Reason.UNKNOWN_ISSUER: _("Nobody here knows the issuer, or the key with which it was signed."),
    Reason.EXPIRED: _("Expired: it was valid, and is no longer."),
    Reason.NOT_YET_VALID: _("It is not valid yet."),
    Reason.SUSPENDED: _("Suspended: for now it does not count."),
    Reason.REVOKED: _("Revoked: it counts no more."),
    Reason.STATUS_UNKNOWN: _("Whether it was revoked cannot be told."),
    Reason.NOT_INCLUDED: _("The signature fits, but the ledger does not know it: do not trust it."),
}


def _is_english() -> bool:
    return get_language() == "en"


def kind_name(kind: CertificateKind) -> str:
    """A kind in the reader's language."""
    return kind.name_en if _is_english() else kind.name


def issuer_name(issuer: Body) -> str:
    """A body in the reader's language."""
    return (issuer.name_en or issuer.name) if _is_english() else issuer.name


def stated_issuer(stated: Any, number: Any = "") -> str:
    """The body that a certificate names, in the reader's language where the city knows it by that name.

    Two bodies may have one name in Chinese: the certificate's own issuer counts, else a name that is alone.

    The certificate itself says it in Chinese alone: what is signed stays as it is.
    """
    if not isinstance(stated, str):
        return ""
    if not _is_english():
        return stated
    named = Body.objects.filter(name=stated[:200]).exclude(name_en="")
    own = named.filter(pk__in=Certificate.objects.filter(code=str(number)[:40]).values("issuer"))
    found = {*own.values_list("name_en", flat=True)} or {*named.values_list("name_en", flat=True)}
    return found.pop() if len(found) == 1 else stated


def field_name(field: Mapping[str, Any]) -> str:
    """A field in the reader's language."""
    return str(field["en"] if _is_english() else field["zh"])


def value_words(field: Mapping[str, Any], value: Any) -> str:
    """A value as people read it: a choice by its name."""
    for choice in field["choices"]:
        if choice["key"] == value:
            return field_name(choice)
    return str(value)


def shown_rows(row: Certificate, fields: Collection[str]) -> list[dict[str, Any]]:
    """The fields of a certificate that are shown: those that always are, and the chosen ones."""
    return [
        {
            "key": field["key"],
            "name": field_name(field),
            "value": value_words(field, row.claims[field["key"]]),
            "optional": field["optional"],
        }
        for field in row.kind.fields
        if field["key"] in row.claims and (not field["optional"] or field["key"] in fields)
    ]
