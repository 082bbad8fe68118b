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
from beichen.hubs.events.facts import record_all, record_facts
from beichen.hubs.events.identity import Look, erase, export, identify, looks
from beichen.hubs.events.importing import (
    begin_import,
    find_import,
    imports_of,
    progress_of,
    start_import,
    sweep_imports,
    take_rows,
)
from beichen.hubs.events.intake.codes import dated_code
from beichen.hubs.events.intake.pictures import keep_picture, written_anew
from beichen.hubs.events.intake.receive import Receipt, receive
from beichen.hubs.events.intake.report import ReportDraft, ReporterFacts, faults_of, legible
from beichen.hubs.events.intake.sheets import HEADINGS, guess, read_sheet
from beichen.hubs.events.kinds.declaration import Ask, Row, asked_of
from beichen.hubs.events.kinds.routing import Bodies, Route, first_route
from beichen.hubs.events.kinds.schema import ROUTE
from beichen.hubs.events.measuring import measure, measurements, order_learning
from beichen.hubs.events.notices import followed_as
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
from beichen.hubs.events.queries import (
    all_kinds,
    cases,
    categories,
    closed_lately,
    follow,
    open_by_stage,
    public_kind,
    public_kind_names,
    public_kinds,
    report_of,
    reports_of,
    timeline,
)
from beichen.hubs.events.suggesting import learn, trained
from beichen.hubs.events.titles import add_titles, found_by_title, titled

TICK = 500
"""How many clocks :func:`tick` lets speak at once."""

__all__ = [
    "ACCEPT",
    "DISPATCH",
    "ERASE",
    "EXTEND",
    "HANDLE",
    "HEADINGS",
    "IDENTIFY",
    "READ",
    "ROUTE",
    "SEND",
    "SUPERVISE",
    "TAKE",
    "TICK",
    "VERIFY",
    "Ask",
    "Bodies",
    "Look",
    "Receipt",
    "ReportDraft",
    "ReporterFacts",
    "Route",
    "Row",
    "act",
    "acting_body",
    "add_titles",
    "all_kinds",
    "appeal",
    "asked_of",
    "begin_import",
    "cases",
    "categories",
    "closed_lately",
    "command_of",
    "dated_code",
    "declare_categories",
    "declare_kinds",
    "derive",
    "differences",
    "erase",
    "export",
    "faults_of",
    "find_case",
    "find_import",
    "first_route",
    "follow",
    "followed_as",
    "found_by_title",
    "guess",
    "history",
    "identify",
    "imports_of",
    "keep_picture",
    "learn",
    "legible",
    "looks",
    "measure",
    "measurements",
    "merge",
    "open_by_stage",
    "order_learning",
    "photograph",
    "progress_of",
    "public_kind",
    "public_kind_names",
    "public_kinds",
    "rate",
    "read_sheet",
    "receive",
    "record_all",
    "record_facts",
    "report_of",
    "reports_of",
    "start_import",
    "sweep_imports",
    "take_rows",
    "tick",
    "timeline",
    "titled",
    "trained",
    "written_anew",
]
