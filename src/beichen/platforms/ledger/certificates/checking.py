"""Checking what somebody shows: a text, a file, or a PDF that carries it; with the reason of a refusal."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

from django.utils import timezone

from beichen.platforms.ledger.certificates import issuers, statuses
from beichen.platforms.ledger.certificates.sealed import SEALED_CERTIFICATE, token_hash
from beichen.platforms.ledger.codes import UNREADABLE
from beichen.platforms.ledger.models import Certificate, CertificateKind, Entry
from beichen.problem import Problem, ProblemError, Where, said
from beichen_proof.credential import LONGEST, Credential, check_status, read
from beichen_proof.refusal import Reason, RefusedError

MOST_BYTES = 4 << 20
ATTACHED = "certificate.sd-jwt"
_TEXT = re.compile(r"[A-Za-z0-9_\-.~]+\Z")


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found: the reason of a refusal or None, what was shown, its kind if it is known here.

    Of a certificate of this house that counts no more also since when, and why where its affair was taken
    back; never anybody's own words.
    """

    reason: Reason | None
    message: str
    credential: Credential | None = None
    kind: CertificateKind | None = None
    sealed: Entry | None = None
    cause: str = ""
    since: datetime | None = None

    @property
    def is_sound(self) -> bool:
        """Whether the certificate may be believed."""
        return self.reason is None


def text_of(content: bytes) -> str:
    """The certificate in a file: a text, or the attachment of a PDF. Raises ProblemError LED-407."""
    if content[:5] == b"%PDF-":
        content = _attached(content)
    try:
        text = content.decode("ascii").strip()
    except UnicodeDecodeError:
        text = ""
    if not text or len(text) > LONGEST or not _TEXT.match(text):
        hint = said("a certificate's text or PDF, as its holder got it")
        raise ProblemError(
            Problem(UNREADABLE, said("the file holds no certificate"), Where(field="file"), hint)
        )
    return text


def _attached(content: bytes) -> bytes:
    from pypdf import PdfReader  # 20 MB in each process, most of which read no PDF
    from pypdf.errors import PyPdfError

    try:
        found = PdfReader(BytesIO(content)).attachments.get(ATTACHED, [b""])
        return bytes(found[0])[: LONGEST + 1]
    except (PyPdfError, ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError, OSError):
        return b""


def check(text: str) -> Finding:
    """All that can be known of a certificate: signature, times, state, and whether the ledger has it."""
    now = timezone.now().timestamp()
    trusted = issuers.trusted()
    try:
        credential = read(text, trusted, now)
    except RefusedError as error:
        return Finding(error.reason, error.message)
    kind = _kind(credential)
    try:
        if credential.status_uri:
            check_status(credential, _status(credential), trusted, now)
    except RefusedError as error:
        return _refused(error, credential, kind)
    number = str(credential.claims.get("number", ""))
    rows = Entry.objects.filter(kind=SEALED_CERTIFICATE.key, reference=number, sha256=token_hash(text))
    sealed = rows.first()
    if sealed is None:
        return Finding(Reason.NOT_INCLUDED, "the ledger does not know it", credential, kind)
    return Finding(None, "", credential, kind, sealed)


def _refused(error: RefusedError, credential: Credential, kind: CertificateKind | None) -> Finding:
    """Whoever holds the signed certificate may know why it does not count."""
    if error.reason not in (Reason.REVOKED, Reason.SUSPENDED):
        return Finding(error.reason, error.message, credential, kind)
    number = str(credential.claims.get("number", ""))[:16]
    row = Certificate.objects.filter(code=number, kind=kind).only("cause", "changed_at").first()
    cause, since = (row.cause, row.changed_at) if row is not None else ("", None)
    return Finding(error.reason, error.message, credential, kind, cause=cause, since=since)


def _kind(credential: Credential) -> CertificateKind | None:
    prefix = f"{issuers.issuer_address()}/certificates/kinds/"
    if not credential.type.startswith(prefix):
        return None
    return CertificateKind.objects.filter(key=credential.type.removeprefix(prefix)[:60]).first()


def _status(credential: Credential) -> str:
    prefix = f"{issuers.issuer_address()}/certificates/status/"
    number = credential.status_uri.removeprefix(prefix)
    if not credential.status_uri.startswith(prefix) or not number.isdecimal() or len(number) > 9:
        raise RefusedError(Reason.STATUS_UNKNOWN, "the status list is not one of this house")
    return statuses.status_token(int(number))


def shown_fields(finding: Finding) -> list[tuple[dict[str, Any], Any]]:
    """The declared fields that were shown, in their order."""
    if finding.credential is None or finding.kind is None:
        return []
    claims = finding.credential.claims
    return [(field, claims[field["key"]]) for field in finding.kind.fields if field["key"] in claims]
