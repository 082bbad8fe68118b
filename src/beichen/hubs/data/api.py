"""`/api/indicators`: what is counted, and the values with their sources.

The list pages by key: pass the last key as ``after``. A series is one indicator's values over time; it
is narrowed by region and by kind (real or demo).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router

from beichen.hubs.data import service
from beichen.hubs.data.models import AnnualTarget, Indicator, IndicatorValue
from beichen.kernel.access.service import acting, require, visible

router = Router(tags=["indicators"])

Key = Annotated[str, Query(pattern="^[a-z0-9-]*$", max_length=80)]
RegionCode = Annotated[str, Query(pattern=r"^(\d{6}(\d{3}(\d{3})?)?)?$")]


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
def read_indicator(
    request: HttpRequest, key: str, region: RegionCode = "", kind: Literal["", "real", "demo"] = ""
) -> dict[str, Any]:
    """The definition, and every value and yearly target that may be seen, by region and time."""
    require(acting(request), service.READ)
    row = service.indicator(key)
    values = visible(acting(request), service.READ, service.series(key, region=region, kind=kind))
    aims = visible(acting(request), service.READ, service.targets(key, region=region))
    return _described(row) | {
        "values": [_measured(value) for value in values],
        "annual_targets": [_stated(aim) for aim in aims],
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
    words = {"status": row.status, "kind": row.kind, "note": {"zh": row.note, "en": row.note_en}}
    return _stated(row) | words


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
