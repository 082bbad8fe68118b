"""What is kept: keys, what became of printed codes, readers, gates, entitlements, scans, returns, prints."""

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
from beichen.fronts.codes.models.returned import Return, ReturnState, Tally

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
    "Return",
    "ReturnState",
    "RunState",
    "Scan",
    "Sticker",
    "StickerStep",
    "Tally",
]
