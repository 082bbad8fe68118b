"""`/api/indicators`: what is counted, and the values with their sources.

Both page: pass ``next`` as ``after``. A series is one indicator's values over time, narrowed by region, kind
(real or demo), length of period and days: values of whole regions unless a ``dimension`` is asked for.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from typing import Annotated, Any, Literal

from django.db.models import Q
from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from beichen.hubs.data import service
from beichen.hubs.data.models import AnnualTarget, Computation, Indicator, IndicatorValue
from beichen.kernel.access.service import acting, require, visible
from beichen.problem import restored

router = Router(tags=["indicators"])

Key = Annotated[str, Query(pattern="^[a-z0-9-]*$", max_length=80)]
REGION_CODE = r"^(\d{6}(\d{3}(\d{3})?)?)?$"


DAY = "[1-9][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"


class Narrowed(Schema):
    """Which values are asked for; ``from`` and ``to`` are days within which periods begin."""

    region: str = Field("", pattern=REGION_CODE)
    dimension: str = Field("", pattern=r"^[a-z0-9_+]*$", max_length=80)
    member: str = Field("", max_length=200)
    period: Literal["", "day", "week", "month", "quarter", "half", "year", "range"] = ""
    kind: Literal["", "real", "demo"] = ""
    since: str = Field("", alias="from", pattern=f"^({DAY})?$")
    until: str = Field("", alias="to", pattern=f"^({DAY})?$")
    after: str = Field("", pattern=f"^({DAY}_[0-9]{{1,18}})?$")
    limit: int = Field(1000, ge=1, le=5000)


def _day(text: str) -> date | None:
    """The day that ``text`` says; the last of its month for one that the month does not have."""
    if not text:
        return None
    year, month, day = map(int, text.split("-"))
    return date(year, month, min(day, monthrange(year, month)[1]))


@router.get("", summary="Indicators by key")
def list_indicators(
    request: HttpRequest, after: Key = "", limit: Annotated[int, Query(ge=1, le=500)] = 100
) -> dict[str, Any]:
    """A page of indicators; ``next`` is the ``after`` of the next page, or null at the end."""
    rows = visible(acting(request), service.READ, service.indicators()).filter(key__gt=after)
    page = list(rows[: limit + 1])
    last = page[limit - 1].key if len(page) > limit else None
    return {"indicators": [_described(row) for row in page[:limit]], "next": last}


@router.get("/{slug:key}", summary="An indicator with its values")
def read_indicator(request: HttpRequest, key: str, filters: Annotated[Narrowed, Query()]) -> dict[str, Any]:
    """The definition, how it is computed, and the values that may be seen, in order of time.

    ``next`` is the ``after`` of the next page, or null at the end. Yearly targets come with the first page of
    whole regions.
    """
    by = acting(request)
    require(by, service.READ)
    row = service.indicator(key)
    rows = service.figures(
        key,
        by=by,
        region=filters.region,
        dimension=filters.dimension,
        member=filters.member,
        length=filters.period,
        kind=filters.kind,
        since=_day(filters.since),
        until=_day(filters.until),
    )
    if filters.after:
        starts, _, number = filters.after.partition("_")
        seen = _day(starts)
        rows = rows.filter(Q(starts__gt=seen) | Q(starts=seen, pk__gt=int(number)))
    page = list(rows[: filters.limit + 1])
    last = page[filters.limit - 1] if len(page) > filters.limit else None
    is_first = not filters.after and not filters.dimension
    aims = visible(by, service.READ, service.targets(key, region=filters.region)) if is_first else []
    return _described(row) | {
        "computation": _computed(row),
        "values": [_measured(value) for value in page[: filters.limit]],
        "annual_targets": [_stated(aim) for aim in aims],
        "next": f"{last.starts.isoformat()}_{last.pk}" if last else None,
    }


def _computed(row: Indicator) -> dict[str, Any] | None:
    """Where the values come from: the SQL, tables with columns, and the versions that were read."""
    found = Computation.objects.filter(indicator=row).first()
    if found is None:
        return None
    return {
        "sql": found.sql,
        "every": found.every,
        "by": found.by,
        "target": found.target,
        "package": found.package,
        "sources": found.sources,
        "versions": found.versions,
        "computed_at": found.computed_at.isoformat(timespec="seconds") if found.computed_at else None,
        "problem": str(restored(found.problem)) if found.problem else None,
    }


def _described(row: Indicator) -> dict[str, Any]:
    return {
        "key": row.key,
        "name": {"zh": row.name, "en": row.name_en},
        "unit": row.unit,
        "direction": row.direction,
        "period": row.period,
        "aggregation": row.aggregation,
        "definition": {"zh": row.definition, "en": row.definition_en},
        "source": row.source,
    }


def _measured(row: IndicatorValue) -> dict[str, Any]:
    parts = {"dimension": row.dimension, "member": row.member}
    words = {"status": row.status, "kind": row.kind, "note": {"zh": row.note, "en": row.note_en}}
    return _stated(row) | parts | words


def _stated(row: IndicatorValue | AnnualTarget) -> dict[str, Any]:
    return {
        "region": row.region.code,
        "period": row.period,
        "starts": row.starts.isoformat(),
        "ends": row.ends.isoformat(),
        "value": float(row.value),
        "relation": row.relation,
        "confidence": row.confidence,
        "source": {"title": row.source_title, "url": row.source_url, "quote": row.quote},
    }
