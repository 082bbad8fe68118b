"""Audit heads: the record of who did what is a chain of hashes; its head is sealed every hour.

Whoever rewrites the chain, with its head and the anchors beside it, would have to rewrite the ledger too,
and with it what every witness remembers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_lazy as _

from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.audit.models import AuditRecord
from beichen.kernel.levels import Level
from beichen.platforms.ledger.kinds import SealedKind
from beichen.platforms.ledger.models import Entry
from beichen.platforms.ledger.sealing import seal


def seal_audit_head(*, by: Actor) -> Entry | None:
    """Seal the head of the audit chain; None when there is no record yet."""
    sequence, hash_ = audit.head()
    return seal(AUDIT_HEAD.key, str(sequence), hash_, by=by) if sequence else None


def current_heads(references: Sequence[str]) -> Mapping[str, str]:
    """The hashes of these records as they are now; one that is missing says so by an empty hash."""
    wanted = [int(one) for one in references if one.isdecimal()]
    rows = AuditRecord.objects.filter(sequence__in=wanted).values_list("sequence", "hash")
    found = {str(sequence): hash_ for sequence, hash_ in rows}
    return {reference: found.get(reference, "") for reference in references}


AUDIT_HEAD = SealedKind("audit.head", _("Head of the audit record"), Level.L1, current_heads)
