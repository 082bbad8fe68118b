"""Evidence (评价依据): figures about bodies or regions that rooms offer to whoever judges them.

A room names what it can count in its ``offers.py``, as ``EVIDENCE = (Evidence(...), …)``; these modules are
imported at the first question, not at the start. Every current indicator is evidence about regions at once,
under the key ``indicator:KEY``. Who asks knows no room: it names keys and gets figures with their sources.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache, partial
from importlib import import_module

from django.apps import apps
from django.utils.module_loading import module_has_submodule

from beichen.hubs.data.definitions import indicators
from beichen.hubs.data.models import Direction, Indicator, IndicatorValue
from beichen.hubs.data.period import Period
from beichen.problem import Problem, ProblemError, code, nearest, said, shorten

__all__ = ["INDICATOR", "Evidence", "Figure", "SubjectKind", "evidence", "evidence_of", "evidence_of_rooms"]

NO_EVIDENCE = code("DAT-405", "No room offers this evidence.", status=404)
INDICATOR = "indicator:"
ROOMS = "beichen."


class SubjectKind(StrEnum):
    """What evidence can be about. There is no third: people are never a subject."""

    BODY = "body"
    REGION = "region"


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with where it comes from; ``note`` says what a reader must know to trust it."""

    value: Decimal
    source: str
    note: str = ""
    is_demo: bool = False


Figures = Callable[[Period, Sequence[str]], Mapping[str, Figure]]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Something that is counted about every subject of a kind.

    ``figures(period, subjects)`` answers for bodies by key or regions by code, in a fixed number of queries;
    a subject without a figure is left out, never given a zero.
    """

    key: str
    name: str
    name_en: str
    unit: str
    direction: Direction
    subject: SubjectKind
    figures: Figures


@cache
def _of_rooms() -> Mapping[str, Evidence]:
    """What the rooms declare. Raises ValueError when a key is declared twice."""
    found: dict[str, Evidence] = {}
    for room in apps.get_app_configs():
        if not room.name.startswith(ROOMS) or room.module is None:
            continue
        if not module_has_submodule(room.module, "offers"):
            continue
        for item in import_module(f"{room.name}.offers").EVIDENCE:
            if found.setdefault(item.key, item) is not item:
                raise ValueError(f"the evidence {item.key!r} is declared twice")
    return found


def _measured(key: str, period: Period, subjects: Sequence[str]) -> Mapping[str, Figure]:
    """The last real value of each region whose own period lies within ``period``."""
    rows = IndicatorValue.objects.filter(
        indicator__key=key,
        region__code__in=subjects,
        kind="real",
        starts__gte=period.starts,
        ends__lte=period.ends,
    ).order_by("ends", "-starts")
    named = rows.values_list("region__code", "value", "source_title", "period")
    return {region: Figure(value, source, f"{year}") for region, value, source, year in named}


def _of_indicator(row: Indicator) -> Evidence:
    key = f"{INDICATOR}{row.key}"
    return Evidence(
        key=key,
        name=row.name,
        name_en=row.name_en,
        unit=row.unit,
        direction=Direction(row.direction),
        subject=SubjectKind.REGION,
        figures=partial(_measured, row.key),
    )


def evidence(kind: SubjectKind) -> list[Evidence]:
    """Everything that is offered about subjects of a kind: what rooms declare, then the indicators by key."""
    declared = [item for item in evidence_of_rooms() if item.subject is kind]
    measured = [_of_indicator(row) for row in indicators()] if kind is SubjectKind.REGION else []
    return [*declared, *measured]


def evidence_of_rooms() -> list[Evidence]:
    """What the rooms declare, without a database; indicators come with the city."""
    return list(_of_rooms().values())


def evidence_of(keys: Iterable[str]) -> dict[str, Evidence]:
    """The evidence of each key, in one query. Raises ProblemError DAT-405 with each that nobody offers."""
    wanted = set(keys)
    declared = _of_rooms()
    names = {key.removeprefix(INDICATOR) for key in wanted if key.startswith(INDICATOR)}
    measured = [_of_indicator(row) for row in indicators().filter(key__in=names)] if names else []
    found = {key: declared[key] for key in wanted if key in declared} | {item.key: item for item in measured}
    missing = sorted(wanted - found.keys())
    if missing:
        known = {*declared, *(f"{INDICATOR}{key}" for key in indicators().values_list("key", flat=True))}
        raise ProblemError(
            *(
                Problem(NO_EVIDENCE, shorten(said("nobody offers {key}", key=key)), hint=nearest(key, known))
                for key in missing
            )
        )
    return found
