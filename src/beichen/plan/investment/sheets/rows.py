"""A line of a project list, as values: what reading makes, what applying takes, what writing shows.

None (or an empty text) is a blank cell, which says nothing and changes nothing. Money is in 万元.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal


@dataclass(slots=True)
class ListRow:
    """One project; ``row`` is where it stands in the sheet, ``columns`` which column says each field."""

    name: str = ""
    key: str = ""
    box_title: str = ""
    builder: str = ""
    nature: str = ""
    content: str = ""
    region: str = ""
    address: str = ""
    longitude: Decimal | None = None
    latitude: Decimal | None = None
    total: Decimal | None = None
    funds: dict[str, Decimal | None] = field(default_factory=dict)  # None: named, its amount unknown
    starts: str = ""
    ends: str = ""
    planned: dict[int, Decimal] = field(default_factory=dict)
    done: dict[int, Decimal] = field(default_factory=dict)
    done_total: Decimal | None = None
    done_until: str = ""
    stage: str = ""
    stage_on: date | None = None
    progress: str = ""
    land_state: str = ""
    land_area: Decimal | None = None
    lead: str = ""
    is_demo: bool = False
    row: int = field(default=0, compare=False)
    columns: dict[str, str] = field(default_factory=dict, compare=False)
