"""What is kept: declared kinds, reports, cases with their streams, and who takes part in them."""

from beichen.hubs.events.models.case import Case, CaseBand, CaseDesk, CaseEvent, CaseFile, Likeness
from beichen.hubs.events.models.kind import Category, EventKind
from beichen.hubs.events.models.quality import SuggestionQuality
from beichen.hubs.events.models.report import Report, Reporter
from beichen.hubs.events.models.sheet import RowState, SheetImport, SheetRow, SheetState

__all__ = [
    "Case",
    "CaseBand",
    "CaseDesk",
    "CaseEvent",
    "CaseFile",
    "Category",
    "EventKind",
    "Likeness",
    "Report",
    "Reporter",
    "RowState",
    "SheetImport",
    "SheetRow",
    "SheetState",
    "SuggestionQuality",
]
