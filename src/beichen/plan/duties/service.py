"""What can be done with duties: open and assign them, report on them, supervise, remind, count."""

from __future__ import annotations

from beichen.plan.duties.assignment import Assignment, assign_duties, take_back
from beichen.plan.duties.evidence import Upload
from beichen.plan.duties.milestones import add_milestone, finish_milestone
from beichen.plan.duties.opening import open_duties
from beichen.plan.duties.progress import (
    BodyProgress,
    Totals,
    missing_in,
    owed_in,
    parts_of,
    progress_of,
    totals_of,
    with_standing,
)
from beichen.plan.duties.queries import body_by_key, duties_by_number, duties_of, duty_by_number, own_bodies
from beichen.plan.duties.reminders import remind
from beichen.plan.duties.reports import (
    ReportFacts,
    accept_report,
    may_report_now,
    return_report,
    save_report,
    submit_report,
)
from beichen.plan.duties.rights import (
    ANSWER,
    ASSIGN,
    INSPECT,
    MARK,
    READ,
    REPORT,
    REVIEW,
    SCHEDULE,
    SUPERVISE,
    may_inspect,
    may_mark,
    may_read_note,
)
from beichen.plan.duties.rounds import (
    last_round,
    next_periods,
    open_round,
    round_by_number,
    rule_of,
    set_rule,
)
from beichen.plan.duties.sheet_reading import read_assignments
from beichen.plan.duties.sheets import assignment_sheet
from beichen.plan.duties.supervision import answer_note, close_note, note_by_number, reopen_note, write_note

__all__ = [
    "ANSWER",
    "ASSIGN",
    "INSPECT",
    "MARK",
    "READ",
    "REPORT",
    "REVIEW",
    "SCHEDULE",
    "SUPERVISE",
    "Assignment",
    "BodyProgress",
    "ReportFacts",
    "Totals",
    "Upload",
    "accept_report",
    "add_milestone",
    "answer_note",
    "assign_duties",
    "assignment_sheet",
    "body_by_key",
    "close_note",
    "duties_by_number",
    "duties_of",
    "duty_by_number",
    "finish_milestone",
    "last_round",
    "may_inspect",
    "may_mark",
    "may_read_note",
    "may_report_now",
    "missing_in",
    "next_periods",
    "note_by_number",
    "open_duties",
    "open_round",
    "owed_in",
    "own_bodies",
    "parts_of",
    "progress_of",
    "read_assignments",
    "remind",
    "reopen_note",
    "return_report",
    "round_by_number",
    "rule_of",
    "save_report",
    "set_rule",
    "submit_report",
    "take_back",
    "totals_of",
    "with_standing",
    "write_note",
]
