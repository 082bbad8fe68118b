"""How the city runs: the newest month of each indicator that scenes put upon the screen, for one region."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.translation import get_language

from beichen.fronts.overview.figures import small_line
from beichen.fronts.overview.models import Card
from beichen.hubs.data.models import IndicatorValue, Kind
from beichen.hubs.data.service import Verdict, recent, verdict
from beichen.kernel.actor import Actor
from beichen.kernel.org.models import Region

MOST = 12
MONTHS = 13


@dataclass(frozen=True, slots=True)
class Operation:
    """A card with its monthly values, oldest first."""

    title: str
    region: str
    values: Sequence[IndicatorValue]
    today: date

    @property
    def latest(self) -> IndicatorValue:
        """The newest month that has a value."""
        return self.values[-1]

    @property
    def key(self) -> str:
        """The indicator's key."""
        return str(self.latest.indicator.key)

    @property
    def is_running(self) -> bool:
        """Whether the month is not over: the value says how it stands so far."""
        return self.latest.ends >= self.today

    @property
    def is_demo(self) -> bool:
        """Whether nobody measured it."""
        return bool(self.latest.kind == Kind.DEMO)

    @property
    def verdict(self) -> Verdict | None:
        """How it stands against the indicator's target."""
        computation = getattr(self.latest.indicator, "computation", None)
        return verdict(self.latest, computation.target if computation else "")

    @property
    def line(self) -> str:
        """Its months as a small line."""
        months = [(value.starts.year * 12 + value.starts.month, float(value.value)) for value in self.values]
        return small_line(months)


def months_before(today: date, number: int) -> date:
    """The first day of the month that is ``number`` months before that of ``today``."""
    months = today.year * 12 + today.month - 1 - number
    return date(months // 12, months % 12 + 1, 1)


def operations(region: Region, *, by: Actor, scene: str = "") -> list[Operation]:
    """The cards whose indicators have a value for the region that ``by`` may see, or those of a scene alone:
    two queries."""
    rows = Card.objects.filter(owner=f"scene:{scene}") if scene else Card.objects.all()
    cards = list(rows)
    today = timezone.localdate()
    since = months_before(today, MONTHS - 1)
    found = recent([card.indicator for card in cards], region=region.code, since=since, by=by)
    shown = {card.indicator: card for card in reversed(cards) if card.indicator in found}
    ordered = [card for card in cards if shown.get(card.indicator) is card]
    return [
        Operation(_title(card, found[card.indicator][-1]), region.code, found[card.indicator], today)
        for card in ordered[:MOST]
    ]


def _title(card: Card, value: IndicatorValue) -> str:
    if get_language() == "en":
        return str(card.title_en or card.title or value.indicator.name_en)
    return str(card.title or value.indicator.name)
