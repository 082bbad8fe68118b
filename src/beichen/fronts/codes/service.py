"""What can be done with codes: print, withdraw and look at those of things; show and read those of people."""

from __future__ import annotations

from beichen.fronts.codes.forgetting import forget_scans
from beichen.fronts.codes.gates import GateFacts, close_gate, enter_gate, gate_of, gates, readers
from beichen.fronts.codes.granting import change_grant, find_entitlement, grant, grants, suspend_open
from beichen.fronts.codes.holding import Held, Standing, card_of, held_by, not_held
from beichen.fronts.codes.keys import key_set, look_at_keys, refuse_key, rotate_key
from beichen.fronts.codes.looking import Look, look
from beichen.fronts.codes.printing import Choice, find_run, make_print, order_print, runs
from beichen.fronts.codes.reconciling import Disagreement, count_days, days, disagreements
from beichen.fronts.codes.returning import ask_back, ask_no_more, decide_return, own_scan, returns, returns_of
from beichen.fronts.codes.scanning import (
    Answer,
    Brought,
    Point,
    desk,
    own_scans,
    point_of,
    read_codes,
    withdrawals,
)
from beichen.fronts.codes.showing import Made, make_codes, withdraw_codes
from beichen.fronts.codes.stickers import change_sticker, sticker_address, stickers

__all__ = [
    "Answer",
    "Brought",
    "Choice",
    "Disagreement",
    "GateFacts",
    "Held",
    "Look",
    "Made",
    "Point",
    "Standing",
    "ask_back",
    "ask_no_more",
    "card_of",
    "change_grant",
    "change_sticker",
    "close_gate",
    "count_days",
    "days",
    "decide_return",
    "desk",
    "disagreements",
    "enter_gate",
    "find_entitlement",
    "find_run",
    "forget_scans",
    "gate_of",
    "gates",
    "grant",
    "grants",
    "held_by",
    "key_set",
    "look",
    "look_at_keys",
    "make_codes",
    "make_print",
    "not_held",
    "order_print",
    "own_scan",
    "own_scans",
    "point_of",
    "read_codes",
    "readers",
    "refuse_key",
    "returns",
    "returns_of",
    "rotate_key",
    "runs",
    "sticker_address",
    "stickers",
    "suspend_open",
    "withdraw_codes",
    "withdrawals",
]
