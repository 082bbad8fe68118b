"""What is kept: keys, what became of printed codes, readers and gates, entitlements, scans, prints."""

from beichen.fronts.codes.models.people import (
    Counter,
    Entitlement,
    Gate,
    Grant,
    GrantState,
    Holder,
    Pseudonym,
    Reader,
    Scan,
)
from beichen.fronts.codes.models.printed import (
    CODE_LENGTH,
    CodeKey,
    KeyUse,
    PrintedLabel,
    PrintRun,
    RunState,
    Sticker,
    StickerStep,
)

__all__ = [
    "CODE_LENGTH",
    "CodeKey",
    "Counter",
    "Entitlement",
    "Gate",
    "Grant",
    "GrantState",
    "Holder",
    "KeyUse",
    "PrintRun",
    "PrintedLabel",
    "Pseudonym",
    "Reader",
    "RunState",
    "Scan",
    "Sticker",
    "StickerStep",
]
