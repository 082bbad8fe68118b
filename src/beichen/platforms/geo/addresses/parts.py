"""An address in parts (地址要素), after the levels of GB/T 39609: regions, road, number, building, room."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Parts:
    """What an address says, each part in the folded notation; empty where it says nothing.

    ``region`` is the code and ``path`` the path of the smallest region that was named. ``crossing`` is the
    other road of a junction. ``within`` are roads that were named before the one that counts. ``estate`` is
    what has buildings or a name of its own: a compound, a market, a tower. ``metres`` and ``towards`` say how
    far from the rest the place is. ``notes`` stood in brackets.
    """

    text: str
    region: str = ""
    path: str = ""
    county: str = ""
    street: str = ""
    road: str = ""
    crossing: str = ""
    within: tuple[str, ...] = ()
    number: str = ""
    estate: str = ""
    building: str = ""
    unit: str = ""
    floor: str = ""
    room: str = ""
    towards: str = ""
    metres: int = 0
    notes: tuple[str, ...] = ()

    @property
    def door(self) -> str:
        """The key of a number on a road, or of a junction; empty without."""
        return door_of(self.road, self.number, self.crossing)

    @property
    def block(self) -> str:
        """The key of a building of an estate, or of a road that counts its buildings; empty without."""
        return block_of(self.estate or self.road, self.building)

    def as_dict(self) -> dict[str, Any]:
        """What was said, for JSON."""
        return {name: value for name, value in asdict(self).items() if value and name != "path"}


def door_of(road: str, number: str, crossing: str = "") -> str:
    """The key of a number on a road, or of a junction, whichever of its roads is named first."""
    if road and crossing and not number:
        return "×".join(sorted((road, crossing)))
    return f"{road}|{number}" if road and number else ""


def block_of(estate: str, building: str) -> str:
    """The key under which the library keeps a building."""
    return f"{estate}|{building}" if estate and building else ""


def first_number(number: str) -> int | None:
    """The number that orders doors along a road: 316 of 316-A."""
    digits = number.partition("-")[0]
    digits = "".join(one for one in digits if one.isdecimal())
    return int(digits) if digits and len(digits) < 7 else None
