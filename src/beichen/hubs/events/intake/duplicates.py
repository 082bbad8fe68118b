"""Which open case a new report is about, by its kind's rule: near, recent, of one kind, alike in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from beichen.hubs.events.intake.places import cells_within, metres_between
from beichen.hubs.events.intake.report import ReportDraft
from beichen.hubs.events.kinds.declaration import SameAs
from beichen.hubs.events.models import Case
from beichen.hubs.events.suggestion.similarity import similarity
from beichen.hubs.events.words import Stage

MOST_COMPARED = 200
_JOINABLE = (Stage.ACCEPT, Stage.DISPATCH, Stage.HANDLE)


@dataclass(frozen=True, slots=True)
class Match:
    """A case that a report is about, and how near and alike they are."""

    case: Case
    metres: float
    similarity: float


def same_case(draft: ReportDraft, cell: int | None, rule: SameAs | None, now: datetime) -> Match | None:
    """The nearest open case that the rule joins the report to; None when there is none.

    At most :data:`MOST_COMPARED` cases are compared, the newest: one query over one index.
    """
    if rule is None or cell is None or draft.longitude is None or draft.latitude is None or not draft.kind:
        return None
    rows = Case.objects.select_related("kind", "region", "centre").filter(
        is_open=True, cell__in=cells_within(cell, rule.metres), opened_at__gte=now - rule.span
    )
    found = []
    for row in rows.filter(kind__key=draft.kind, stage__in=_JOINABLE).order_by("-opened_at")[:MOST_COMPARED]:
        here = (draft.longitude, draft.latitude)
        metres = metres_between(here, (row.longitude or 0.0, row.latitude or 0.0))
        if metres > rule.metres:
            continue
        alike = similarity(draft.text, row.text)
        if alike >= rule.alike:
            found.append(Match(row, metres, alike))
    return min(found, key=lambda match: (match.metres, -match.similarity), default=None)
