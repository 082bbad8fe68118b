"""What can be done with indicators: define them, record their values, read a series."""

from __future__ import annotations

from beichen.hubs.data.computing.composing import DESK, Composed, declare_by_hand, withdraw
from beichen.hubs.data.computing.feeds import feed_table
from beichen.hubs.data.computing.figures import Verdict, figures, newest_complete, recent, verdict
from beichen.hubs.data.computing.members import name_members, names_of
from beichen.hubs.data.computing.running import Outcome, compute
from beichen.hubs.data.definitions import IndicatorFacts, define_indicators, indicator, indicators
from beichen.hubs.data.evidence import (
    INDICATOR,
    Evidence,
    Figure,
    SubjectKind,
    evidence,
    evidence_of,
    evidence_of_rooms,
)
from beichen.hubs.data.models import Direction
from beichen.hubs.data.period import Period, read_period
from beichen.hubs.data.permissions import READ, WRITE
from beichen.hubs.data.unit_names import unit_name
from beichen.hubs.data.units import convert, is_unit
from beichen.hubs.data.values import ValueFacts, record_targets, record_values, series, series_of, targets

__all__ = [
    "DESK",
    "INDICATOR",
    "READ",
    "WRITE",
    "Composed",
    "Direction",
    "Evidence",
    "Figure",
    "IndicatorFacts",
    "Outcome",
    "Period",
    "SubjectKind",
    "ValueFacts",
    "Verdict",
    "compute",
    "convert",
    "declare_by_hand",
    "define_indicators",
    "evidence",
    "evidence_of",
    "evidence_of_rooms",
    "feed_table",
    "figures",
    "indicator",
    "indicators",
    "is_unit",
    "name_members",
    "names_of",
    "newest_complete",
    "read_period",
    "recent",
    "record_targets",
    "record_values",
    "series",
    "series_of",
    "targets",
    "unit_name",
    "verdict",
    "withdraw",
]
