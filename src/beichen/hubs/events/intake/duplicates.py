"""Which open case a new report is about, by its kind's rule: near, recent, of one kind, alike in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from beichen.hubs.events.intake.places import cells_within, metres_between
from beichen.hubs.events.intake.report import ReportDraft
from beichen.hubs.events.kinds.declaration import SameAs
from beichen.hubs.events.models import Case, EventKind
from beichen.hubs.events.suggestion.similarity import similarity
from beichen.hubs.events.words import Stage
from beichen.kernel.statements import Prepared, slot

MOST_COMPARED = 200
JOINABLE = (Stage.ACCEPT, Stage.DISPATCH, Stage.HANDLE)


@dataclass(frozen=True, slots=True)
class Match:
    """A case that a report is about, by its row's key and its code, and how near and alike they are."""

    case: int
    code: str
    metres: float
    similarity: float


def same_case(draft: ReportDraft, cell: int | None, rule: SameAs | None, now: datetime) -> Match | None:
    """The nearest open case that the rule joins the report to; None when there is none.

    At most :data:`MOST_COMPARED` cases are compared, the newest: one query over one index.
    """
    if rule is None or cell is None or draft.longitude is None or draft.latitude is None or not draft.kind:
        return None
    cells = {_cell(number): one for number, one in enumerate(cells_within(cell, rule.metres))}
    found = []
    for key, code, longitude, latitude, text in _near(len(cells)).tuples(
        since=now - rule.span, kind=draft.kind, **cells
    ):
        metres = metres_between((draft.longitude, draft.latitude), (longitude or 0.0, latitude or 0.0))
        if metres > rule.metres:
            continue
        alike = similarity(draft.text, text)
        if alike >= rule.alike:
            found.append(Match(key, code, metres, alike))
    return min(found, key=lambda match: (match.metres, -match.similarity), default=None)


def _cell(number: int) -> str:
    return f"cell{number}"


@lru_cache(maxsize=64)  # kinds say few distances
def _near(cells: int) -> Prepared[Case]:
    """Open cases of a kind since a time in so many cells, the newest."""
    return Prepared(
        lambda: (
            Case.objects.filter(
                is_open=True,
                cell__in=[slot(Case, _cell(number), "cell") for number in range(cells)],
                opened_at__gte=slot(Case, "since", "opened_at"),
                kind__key=slot(EventKind, "kind", "key"),
                stage__in=JOINABLE,
            )
            .order_by("-opened_at")
            .values_list("pk", "code", "longitude", "latitude", "text")[:MOST_COMPARED]
        )
    )
