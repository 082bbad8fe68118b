"""What can be done with the catalogue of plans: list, file, check, settle, approve."""

from __future__ import annotations

from beichen.plan.catalogue.checking import check
from beichen.plan.catalogue.entries import EDIT, EntryFacts, decide_own, entry_of, require_own, save_entry
from beichen.plan.catalogue.filings import APPROVE, FILE, WAYS, file_plan, move_filing, unsettled
from beichen.plan.catalogue.reading import statements_of
from beichen.plan.catalogue.worklist import (
    CHECK,
    SETTLE,
    check_filing,
    check_filings,
    checkable,
    finding_of,
    findings,
    settle_finding,
)

__all__ = [
    "APPROVE",
    "CHECK",
    "EDIT",
    "FILE",
    "SETTLE",
    "WAYS",
    "EntryFacts",
    "check",
    "check_filing",
    "check_filings",
    "checkable",
    "decide_own",
    "entry_of",
    "file_plan",
    "finding_of",
    "findings",
    "move_filing",
    "require_own",
    "save_entry",
    "settle_finding",
    "statements_of",
    "unsettled",
]
