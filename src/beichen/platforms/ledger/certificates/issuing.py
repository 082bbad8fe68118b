"""Issuing certificates, and what becomes of them: suspended, valid again, revoked.

A certificate is signed, sealed in the ledger and written in one transaction. The ledger holds a commitment to
the signed token: a certificate that was never sealed was not issued by the city, whoever has its key.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from sd_jwt.common import SDObj
from sd_jwt.issuer import SDJWTIssuer

from beichen.kernel.access import service as access
from beichen.kernel.access.service import Subject
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.bus import service as bus
from beichen.kernel.org.models import Person
from beichen.platforms.ledger.certificates import issuers, statuses
from beichen.platforms.ledger.certificates.claims import read_claims
from beichen.platforms.ledger.certificates.sealed import SEALED_CERTIFICATE, token_hash
from beichen.platforms.ledger.codes import BAD_STATE, NO_CERTIFICATE, NO_CERTIFICATE_KIND, NO_REASON
from beichen.platforms.ledger.models import Cause, Certificate, CertificateKind, CertificateState
from beichen.platforms.ledger.models.certificates import new_code
from beichen.platforms.ledger.rights import ISSUE, READ_CERTIFICATES, REVOKE
from beichen.platforms.ledger.sealing import seal
from beichen.problem import Problem, ProblemError, Where, said
from beichen_proof.credential import TYPES
from beichen_proof.jose import decoded, json_of

_S = CertificateState
WAYS = {
    "suspend": (_S.VALID, _S.SUSPENDED, "ledger.certificate.suspended"),
    "resume": (_S.SUSPENDED, _S.VALID, "ledger.certificate.resumed"),
    "revoke": (None, _S.REVOKED, "ledger.certificate.revoked"),
}


def certificate_kinds(*, by: Actor) -> QuerySet[CertificateKind]:
    """The kinds that the actor may issue. Raises ProblemError ACC-403."""
    access.require(by, ISSUE)
    rows = CertificateKind.objects.filter(is_current=True).select_related("issuer__region")
    return access.visible(by, ISSUE, rows)


def find_kind(key: str, *, by: Actor) -> CertificateKind:
    """A kind that the actor may issue. Raises ProblemError LED-402, ACC-403."""
    row = CertificateKind.objects.select_related("issuer__region").filter(key=key, is_current=True).first()
    if row is None:
        raise ProblemError(Problem(NO_CERTIFICATE_KIND, said("no kind of certificates has this key")))
    access.require(by, ISSUE, row)
    return row


@transaction.atomic
def issue(
    kind: CertificateKind,
    given: Mapping[str, Any],
    *,
    by: Actor,
    holder: Person | None = None,
    firm: str = "",
    origin: str = "",
    matter: str = "",
    is_demo: bool = False,
    now: datetime | None = None,
) -> Certificate:
    """Sign, seal and keep a certificate of a person, of the firm with a code, or of nobody.

    ``origin`` is what gave it, by which :func:`revoke_given` finds it again; ``matter`` limits which of a
    firm's representatives see it. Raises ProblemError ACC-403, LED-202, LED-403 with each mistake.
    """
    access.require(by, ISSUE, kind)
    claims = read_claims(kind, given)
    moment = (now or timezone.now()).replace(microsecond=0)
    status_list, place = statuses.take_place()
    row = Certificate(
        code=new_code(),
        kind=kind,
        holder=holder,
        firm="" if holder else firm[:64],
        origin=origin[:80],
        matter=matter[:60],
        issuer=kind.issuer,
        region=kind.issuer.region,
        claims=claims,
        issued_at=moment,
        issued_by=by.key[:120],
        until=moment + timedelta(days=kind.days) if kind.days else None,
        status_list=status_list,
        place=place,
        is_demo=is_demo or by.is_simulator,
    )
    row.text = _signed(row)
    row.save(force_insert=True)
    seal(SEALED_CERTIFICATE.key, row.code, token_hash(row.text), by=by, now=moment)
    audit.record(
        by, ISSUE, f"platforms_ledger.certificate:{row.code}", detail={"kind": kind.key}, subject=row.subject
    )
    _publish(row, "ledger.certificate.issued", by)
    return row


def _publish(row: Certificate, kind: str, by: Actor) -> None:
    region = row.region.path if row.region else ""
    bus.publish(kind, row.code, {"kind": row.kind.key, "state": row.state}, by=by, region=region, level=2)


def type_of(kind: CertificateKind) -> str:
    """What a certificate says of its kind: an address that describes it."""
    return f"{issuers.issuer_address()}/certificates/kinds/{kind.key}"


def _signed(row: Certificate) -> str:
    """The SD-JWT: what anybody may see stands openly, each other field is a disclosure."""
    hidden = {field["key"] for field in row.kind.fields if field["optional"]}
    content: dict[Any, Any] = {
        "iss": issuers.issuer_address(),
        "iat": int(row.issued_at.timestamp()),
        "vct": type_of(row.kind),
        "number": row.code,
        "issuing_body": row.issuer.name,
        "status": {"status_list": {"uri": statuses.address_of(row.status_list), "idx": row.place}},
    }
    if row.until:
        content["exp"] = int(row.until.timestamp())
    if row.is_demo:
        content["demo"] = True
    for name, value in row.claims.items():
        content[SDObj(name) if name in hidden else name] = value
    key = issuers.active_key()
    head = {"typ": TYPES[0], "kid": key.kid}
    made = SDJWTIssuer(content, issuers.private_of(key), sign_alg="ES256", extra_header_parameters=head)
    return str(made.sd_jwt_issuance)


def shown_text(row: Certificate, fields: Collection[str]) -> str:
    """The certificate with these fields shown and every other disclosure left out."""
    token, *disclosures = row.text.split("~")
    kept = [one for one in disclosures if one and json_of(decoded(one))[1] in fields]
    return "~".join([token, *kept, ""])


def certificates(*, by: Actor) -> QuerySet[Certificate]:
    """What the actor's bodies have issued. Raises ProblemError ACC-403."""
    access.require(by, READ_CERTIFICATES)
    rows = Certificate.objects.select_related("kind", "issuer", "region")
    return access.visible(by, READ_CERTIFICATES, rows)


def own_certificates(subject: Subject) -> QuerySet[Certificate]:
    """Those of whom somebody acts for, a person or a firm, as far as the representation reaches."""
    rows = Certificate.objects.select_related("kind", "issuer", "holder")
    own = Q(firm=subject.code) if subject.kind == "firm" else Q(holder__code=subject.code)
    return rows.filter(own, matter__in=subject.affairs) if subject.affairs else rows.filter(own)


def own_subject(row: Certificate, by: Actor) -> Subject | None:
    """As whom the actor holds the certificate: themselves, or whom they represent in what gave it."""
    whose = row.subject
    found = next((one for one in access.subjects_of(by) if one.code == whose), None) if whose else None
    return found if found is not None and found.covers(row.matter) else None


def find_certificate(code: str, *, by: Actor, purpose: str = "") -> Certificate:
    """A certificate for its holder and who represents them in it, and for who may read it.

    Every look but the holder's own leaves a record for the holder to see. Raises ProblemError LED-401,
    ACC-403.
    """
    rows = Certificate.objects.select_related("kind", "issuer", "region", "holder", "status_list")
    row = rows.filter(code=code).first()
    if row is None:
        raise ProblemError(Problem(NO_CERTIFICATE, said("no certificate has this code")))
    own, why = own_subject(row, by), purpose or "certificate"
    if own is None:
        access.disclose(by, READ_CERTIFICATES, row, ["claims"], subject=row.subject, purpose=why)
    elif own.representation is not None:
        detail = {"representation": own.representation, "purpose": why}
        resource = f"platforms_ledger.certificate:{row.code}"
        audit.record(by, "ledger.certificate.represent", resource, detail=detail, subject=row.subject)
    return row


@transaction.atomic
def change_state(code: str, step: str, reason: str, *, by: Actor, now: datetime | None = None) -> Certificate:
    """suspend, resume or revoke. Raises ProblemError LED-401, LED-404, LED-405, ACC-403."""
    row = _locked().filter(code=code).first()
    if row is None:
        raise ProblemError(Problem(NO_CERTIFICATE, said("no certificate has this code")))
    access.require(by, REVOKE, row)
    return _changed(row, step, reason, by=by, now=now)


@transaction.atomic
def revoke_given(
    origin: str, cause: Cause, reason: str, *, by: Actor, now: datetime | None = None
) -> list[Certificate]:
    """Revoke what ``origin`` gave, because it was taken back; what is revoked already stays as it is.

    Called by the room that gave it, in the transaction and with the right by which it was taken back: none
    over certificates is asked for. ``cause`` is for everybody who checks, ``reason`` for the holder.
    Raises ProblemError LED-405.
    """
    rows = _locked().filter(origin=origin).exclude(state=_S.REVOKED).order_by("id") if origin else ()
    return [_changed(row, "revoke", reason, by=by, cause=cause, now=now) for row in rows]


def _locked() -> QuerySet[Certificate]:
    rows = Certificate.objects.select_for_update(of=("self",))
    return rows.select_related("kind", "issuer", "region", "holder")


def _changed(
    row: Certificate, step: str, reason: str, *, by: Actor, cause: str = "", now: datetime | None = None
) -> Certificate:
    before, after, event = WAYS.get(step, (None, None, ""))
    if after is None or row.state == _S.REVOKED or (before is not None and row.state != before):
        message = said(
            "a certificate that is {state} cannot take the step {step}", state=row.state, step=step[:20]
        )
        raise ProblemError(Problem(BAD_STATE, message))
    if not reason.strip():
        raise ProblemError(Problem(NO_REASON, said("say why"), Where(field="reason")))
    row.state, row.reason, row.changed_at = after, reason.strip()[:300], now or timezone.now()
    row.cause = cause
    row.save(update_fields=["state", "reason", "cause", "changed_at"])
    detail = {"step": step, **({"cause": str(cause), "origin": row.origin} if cause else {})}
    resource = f"platforms_ledger.certificate:{row.code}"
    audit.record(by, REVOKE, resource, detail=detail, reason=row.reason, subject=row.subject)
    _publish(row, event, by)
    return row
