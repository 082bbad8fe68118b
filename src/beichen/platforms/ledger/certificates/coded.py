"""Certificates behind codes: the number of one leads to checking it; its page opens for who may see it."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from beichen.kernel.access.service import decide
from beichen.kernel.actor import Actor
from beichen.platforms.ledger.certificates.issuing import own_subject
from beichen.platforms.ledger.certificates.words import issuer_name, kind_name
from beichen.platforms.ledger.models import Certificate
from beichen.platforms.ledger.rights import READ, READ_CERTIFICATES
from beichen.registry.service import Coded, Offer

KIND = "certificate"


def _row(code: str) -> Certificate | None:
    rows = Certificate.objects.select_related("kind", "issuer", "holder").defer("text", "claims")
    return rows.filter(code=code).first()


def _may_open(row: Certificate, by: Actor) -> bool:
    return own_subject(row, by) is not None or bool(decide(by, READ_CERTIFICATES, row))


def find_coded_certificate(code: str, by: Actor) -> Coded | None:
    """What kind of certificate it is; nothing of its holder."""
    row = _row(code)
    if row is None or not (decide(by, READ) or _may_open(row, by)):
        return None
    return Coded(row.code, KIND, row.kind.key, kind_name(row.kind), issuer_name(row.issuer))


def offer_certificate(found: Coded, by: Actor) -> Iterator[Offer]:
    """Check it, for everybody; open it, for its holder and for who may see it."""
    row = _row(found.code)
    if row is not None and _may_open(row, by):
        href = reverse("platforms_ledger:certificate", args=[row.code])
        yield Offer("certificate.open", _("Open the certificate"), href, _("A look at it is recorded"), 10)
    words = _("By the code on the certificate itself, or by its file")
    yield Offer(
        "certificate.check", _("Check the certificate"), reverse("platforms_ledger:verify"), words, 20
    )
