"""What can be done with events: receive reports, act on cases, let clocks speak, read, declare kinds."""

from __future__ import annotations

from beichen.hubs.events.acting import (
    act,
    acting_body,
    appeal,
    command_of,
    find_case,
    merge,
    rate,
    tick,
)
from beichen.hubs.events.case.stream import derive, differences, history
from beichen.hubs.events.declaring import declare_categories, declare_kinds
from beichen.hubs.events.evidence import photograph
from beichen.hubs.events.intake.receive import Receipt, receive
from beichen.hubs.events.intake.report import ReportDraft, ReporterFacts
from beichen.hubs.events.permissions import (
    ACCEPT,
    DISPATCH,
    ERASE,
    EXTEND,
    HANDLE,
    IDENTIFY,
    READ,
    SEND,
    SUPERVISE,
    TAKE,
    VERIFY,
)
from beichen.hubs.events.queries import all_kinds, cases, categories, follow, public_kinds, timeline

TICK = 500
"""How many clocks :func:`tick` lets speak at once."""

__all__ = [
    "ACCEPT",
    "DISPATCH",
    "ERASE",
    "EXTEND",
    "HANDLE",
    "IDENTIFY",
    "READ",
    "SEND",
    "SUPERVISE",
    "TAKE",
    "TICK",
    "VERIFY",
    "Receipt",
    "ReportDraft",
    "ReporterFacts",
    "act",
    "acting_body",
    "all_kinds",
    "appeal",
    "cases",
    "categories",
    "command_of",
    "declare_categories",
    "declare_kinds",
    "derive",
    "differences",
    "find_case",
    "follow",
    "history",
    "merge",
    "photograph",
    "public_kinds",
    "rate",
    "receive",
    "tick",
    "timeline",
]
