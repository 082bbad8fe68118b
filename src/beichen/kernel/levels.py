"""Data levels and the fields that scope a row: the two words that every model uses about access.

They stand below the rooms of the kernel because models of every room declare them:
``ACCESS = ScopeFields(region="region__path", body="body__path", level="level")`` and
``FIELD_LEVELS = {"phone": Level.L3}``. What they mean is decided in :mod:`beichen.kernel.access`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Level(IntEnum):
    """How sensitive data is (数据分级): L1 open, L2 internal, L3 personal, L4 sensitive personal."""

    L1 = 1
    L2 = 2
    L3 = 3
    L4 = 4


@dataclass(frozen=True, slots=True)
class ScopeFields:
    """Which lookups of a model hold its region's path, its body's path and its level; None: unscoped."""

    region: str | None = None
    body: str | None = None
    level: str | None = None
