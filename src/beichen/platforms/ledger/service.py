"""What can be done with the ledger: seal, prove, be witnessed, verify; issue and check certificates.

A room above names its kind in `apps.ready()` and seals in its own transaction:

    ledger.add_sealed_kind(ledger.SealedKind("plan.version", _("Version of a plan"), Level.L1,
    current_versions)) ledger.seal("plan.version", f"{plan.key}/{number}", sha256, by=actor)
"""

from __future__ import annotations

from beichen.platforms.ledger.anchoring import anchor
from beichen.platforms.ledger.anchors import add_anchor
from beichen.platforms.ledger.certificates.checking import check
from beichen.platforms.ledger.certificates.declaring import load_certificate_kinds
from beichen.platforms.ledger.certificates.issuers import rotate_issuer_key
from beichen.platforms.ledger.certificates.issuing import (
    certificate_kinds,
    certificates,
    change_state,
    find_certificate,
    find_kind,
    issue,
    own_certificates,
    own_subject,
    revoke_given,
    shown_text,
)
from beichen.platforms.ledger.heads import seal_audit_head
from beichen.platforms.ledger.integrating import integrate
from beichen.platforms.ledger.keeping import look
from beichen.platforms.ledger.kinds import SealedKind, add_sealed_kind, sealed_kinds
from beichen.platforms.ledger.proving import bundle, consistency, inclusion
from beichen.platforms.ledger.sealing import entries, entries_of, find_entry, seal
from beichen.platforms.ledger.verifying import Verification, verify
from beichen.platforms.ledger.witnessing import add_witness, ask_witnesses, retire_witness, witnesses

__all__ = [
    "SealedKind",
    "Verification",
    "add_anchor",
    "add_sealed_kind",
    "add_witness",
    "anchor",
    "ask_witnesses",
    "bundle",
    "certificate_kinds",
    "certificates",
    "change_state",
    "check",
    "consistency",
    "entries",
    "entries_of",
    "find_certificate",
    "find_entry",
    "find_kind",
    "inclusion",
    "integrate",
    "issue",
    "load_certificate_kinds",
    "look",
    "own_certificates",
    "own_subject",
    "retire_witness",
    "revoke_given",
    "rotate_issuer_key",
    "seal",
    "seal_audit_head",
    "sealed_kinds",
    "shown_text",
    "verify",
    "witnesses",
]
