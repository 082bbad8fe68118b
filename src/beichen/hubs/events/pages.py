"""What pages of rooms above share about cases: vocabularies, the state behind a row, what could happen,
what the forms of a report share. Templates beside them, within ``<bc-report>``:
``hubs_events/report_state.html`` and ``hubs_events/locate.html``."""

from __future__ import annotations

from beichen.hubs.events.case.changes import BY_NAME
from beichen.hubs.events.case.clock import ALERTS, Clock
from beichen.hubs.events.case.projection import state_of
from beichen.hubs.events.case.state import CaseState, Evidence, Note, Task
from beichen.hubs.events.commands import COMMANDS, Command, Merge
from beichen.hubs.events.forms import (
    REPORT_ASSETS,
    PhotosField,
    PlacedForm,
    districts,
    is_fetched,
    sent_answer,
)
from beichen.hubs.events.kinds.declaration import UNKNOWN, Ask, Kind, read_kind
from beichen.hubs.events.models import Case
from beichen.hubs.events.objects import scanned
from beichen.hubs.events.words import OPEN_STAGES, Channel, Grade, Outcome, Part, Stage

__all__ = [
    "ALERTS",
    "BY_NAME",
    "COMMANDS",
    "OPEN_STAGES",
    "REPORT_ASSETS",
    "Ask",
    "CaseState",
    "Channel",
    "Clock",
    "Command",
    "Evidence",
    "Grade",
    "Kind",
    "Merge",
    "Note",
    "Outcome",
    "Part",
    "PhotosField",
    "PlacedForm",
    "Stage",
    "Task",
    "districts",
    "is_fetched",
    "kind_of",
    "scanned",
    "sent_answer",
    "state_of",
]


def kind_of(row: Case) -> Kind:
    """What the case's kind declares; what holds for the unclassified where nobody has decided it."""
    return UNKNOWN if row.kind is None else read_kind(row.kind.declared)
