"""The public edition (公开版): the plan's progress at the open data level, the same for every reader.

It is put together with the rights of the public alone, whoever asks: signing in shows nothing more.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from beichen.hubs.data.models import IndicatorValue
from beichen.hubs.data.service import READ as READ_DATA
from beichen.kernel.access.service import decide
from beichen.kernel.actor import PUBLIC
from beichen.plan.models import Plan, Project
from beichen.plan.reports.making import reports_of
from beichen.plan.reports.models import Report, State
from beichen.plan.service import READ as READ_PLAN
from beichen.plan.service import Standing, box_counts, standings
from beichen.web.status import Status

LICENCE = {"name": "CC BY 4.0", "url": "https://creativecommons.org/licenses/by/4.0/"}


@dataclass(frozen=True)
class PublicEdition:
    """What everybody may know: standings with sources, projects, published reports."""

    plan: Plan
    standings: list[Standing]
    counts: dict[Status, int]
    boxes: list[dict[str, Any]]
    projects: list[Project]
    reports: list[Report]

    @property
    def known(self) -> int:
        """Lines with data."""
        return len(self.standings) - self.counts[Status.NO_DATA]


def public_edition(plan: Plan) -> PublicEdition:
    """The public edition; empty where the public may not read the plan or its figures."""
    is_open = bool(decide(PUBLIC, READ_PLAN, plan)) and bool(decide(PUBLIC, READ_DATA))
    rows = standings(plan) if is_open else []
    found = Counter(row.status for row in rows)
    open_reports = reports_of(plan, by=PUBLIC).filter(state=State.PUBLISHED)
    return PublicEdition(
        plan=plan,
        standings=rows,
        counts={status: found[status] for status in Status},
        boxes=box_counts(plan) if is_open else [],
        projects=list(Project.objects.filter(plan=plan).order_by("position")) if is_open else [],
        reports=list(open_reports[:50]),
    )


def _value(row: Standing, value: IndicatorValue) -> dict[str, Any]:
    factor = row.measures[0].factor if row.measures else 1.0
    return {
        "year": value.starts.year,
        "value": float(value.value) * factor,
        "standing": value.status,
        "confidence": value.confidence,
        "source": {"title": value.source_title, "url": value.source_url},
    }


def _standing(row: Standing) -> dict[str, Any]:
    values = [value for value in row.values if decide(PUBLIC, READ_DATA, value)]
    return {
        "number": row.number,
        "name": {"zh": row.name, "en": row.name_en},
        "category": {"zh": row.group, "en": row.group_en},
        "binding": row.attribute == "binding",
        "unit": row.unit,
        "base": {"year": row.goal.base_year, "value": row.base, "printed": row.base_raw},
        "target": {"year": row.goal.target_year, "value": row.target, "printed": row.target_raw},
        "counted": row.goal.period,
        "status": row.status.value,
        "reasoning": row.reasoning,
        "values": [_value(row, value) for value in values],
    }


def as_open_data(edition: PublicEdition) -> dict[str, Any]:
    """The public edition as JSON; numbers are typed, each value with its source."""
    plan = edition.plan
    return {
        "plan": {
            "key": plan.key,
            "title": {"zh": plan.title, "en": plan.title_en},
            "start_year": plan.start_year,
            "end_year": plan.end_year,
            "region": plan.region.code if plan.region else None,
        },
        "licence": LICENCE,
        "level": "L1",
        "counts": {status.value: number for status, number in edition.counts.items()},
        "indicators": [_standing(row) for row in edition.standings],
        "projects": [
            {"name": row.name, "group": row.group, "box": row.box, "box_title": row.box_title}
            for row in edition.projects
        ],
        "reports": [
            {
                "code": row.code,
                "title": row.title,
                "kind": row.kind,
                "year": row.year,
                "edition": row.edition,
                "language": row.language,
                "hash": row.hash,
                "published_at": row.published_at.isoformat() if row.published_at else None,
                "is_demo": row.is_demo,
            }
            for row in edition.reports
        ],
    }
