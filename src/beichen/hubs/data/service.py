"""What can be done with indicators: define them, record their values, read a series."""

from __future__ import annotations

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
from beichen.hubs.data.unit_names import unit_name
from beichen.hubs.data.units import convert, is_unit
from beichen.hubs.data.values import ValueFacts, record_targets, record_values, series, series_of, targets
from beichen.kernel.access.service import permission

__all__ = [
    "INDICATOR",
    "READ",
    "WRITE",
    "Direction",
    "Evidence",
    "Figure",
    "IndicatorFacts",
    "Period",
    "SubjectKind",
    "ValueFacts",
    "convert",
    "define_indicators",
    "evidence",
    "evidence_of",
    "evidence_of_rooms",
    "indicator",
    "indicators",
    "is_unit",
    "read_period",
    "record_targets",
    "record_values",
    "series",
    "series_of",
    "targets",
    "unit_name",
]

READ = permission("data.read", "查看指标与数据目录", "Read indicators and the catalogue")
WRITE = permission("data.indicator.write", "维护指标与数值", "Keep indicators and values")
