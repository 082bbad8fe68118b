"""Grading (定级): the kind's own grade, made graver by the first condition that holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from beichen.hubs.events.kinds.declaration import Kind
from beichen.kernel.scene.expressions import condition

KNOWN = ("reports", "hour", "channel", "text", "region")
"""What every condition may ask of a case beside the answers that its kind asks for: how many reports it has,
the hour of the day at which it was opened, by which channel, the reporter's text, the region's code."""


def grade(kind: Kind, values: Mapping[str, Any]) -> tuple[int, str]:
    """The grade of a case with these values, and the condition that made it so (empty: the default)."""
    for harder in kind.grade.escalate:
        if condition(harder.when).holds(values):
            return min(harder.to, kind.grade.default), harder.when
    return kind.grade.default, ""
