"""What the ledger holds of a certificate: the hash of its signed token, without any disclosure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_lazy as _

from beichen.kernel.levels import Level
from beichen.platforms.ledger.kinds import SealedKind
from beichen.platforms.ledger.models import Certificate


def token_hash(text: str) -> str:
    """The SHA-256 of the token before the disclosures, in hexadecimal."""
    return hashlib.sha256(text.strip().partition("~")[0].encode()).hexdigest()


def current_certificates(references: Sequence[str]) -> Mapping[str, str]:
    """The hashes of these certificates as they are now."""
    rows = Certificate.objects.filter(code__in=references).values_list("code", "text")
    found = {code: token_hash(text) for code, text in rows}
    return {one: found.get(one, "") for one in references}


SEALED_CERTIFICATE = SealedKind("certificate", _("Certificate"), Level.L3, current_certificates)
