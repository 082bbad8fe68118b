"""Which indicator and which region a row means: by key, by name, or by its number in the plan's table.

A line of the plan that a statistic of the city measures takes that statistic; one that none measures
takes an indicator of its own, which comes to be when the first value is applied.
"""

from __future__ import annotations

from dataclasses import dataclass

from beichen.hubs.data.models import Indicator
from beichen.hubs.data.service import indicators
from beichen.kernel.org.models import Region
from beichen.plan.models import Plan
from beichen.plan.service import Standing, own_statistic, standings


@dataclass(frozen=True, slots=True)
class Counted:
    """What a value belongs to; ``line`` is the plan's, where the indicator is the plan's own."""

    key: str
    name: str
    unit: str
    line: Standing | None = None


class Directory:
    """The names of one plan's indicators and regions, read once a file."""

    def __init__(self, plan: Plan) -> None:
        self.region = plan.region
        known = {row.key: Counted(row.key, row.name, row.unit) for row in indicators()}
        self._counted = dict(known)
        for counted in known.values():
            self._counted.setdefault(counted.name, counted)
        lines: dict[int, int] = {}
        for line in standings(plan):
            index = lines[line.number] = lines.get(line.number, -1) + 1
            counted = self._of(plan, line, index, known)
            self._counted[line.name] = self._counted[counted.key] = counted
            if not line.indicator.parts:
                self._counted[str(line.number)] = counted
        self._regions: dict[str, Region] = {}
        if plan.region is not None:
            for region in Region.objects.filter(parent=plan.region, is_current=True):
                self._regions[region.code] = self._regions[region.name] = region
            self._regions[plan.region.code] = self._regions[plan.region.name] = plan.region

    @staticmethod
    def _of(plan: Plan, line: Standing, index: int, known: dict[str, Counted]) -> Counted:
        statistic = next((measure.statistic for measure in line.measures if measure.statistic in known), "")
        own = own_statistic(plan, line.number, index)
        if statistic and statistic != own:
            return known[statistic]
        return Counted(own, line.name, line.unit, line)

    def indicator(self, word: str) -> Counted | None:
        """What ``word`` means, or None."""
        return self._counted.get(word)

    def region_of(self, word: str) -> Region | None:
        """The plan's region for no word; else the region of this code or name in it."""
        return self._regions.get(word) if word else self.region

    @property
    def indicator_words(self) -> list[str]:
        """What may stand in the column of indicators."""
        return list(self._counted)

    @property
    def region_words(self) -> list[str]:
        """What may stand in the column of regions."""
        return list(self._regions)


def own_indicators(plan: Plan) -> list[Indicator]:
    """The data hub's indicators that the plan's own lines brought about."""
    return list(Indicator.objects.filter(owner=f"plan:{plan.key}", is_current=True))
