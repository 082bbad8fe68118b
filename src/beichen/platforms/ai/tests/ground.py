"""Tanks that fill, a model that looks ahead at them, and readings without devices, for tests of the room."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa

from beichen.kernel.access.service import load_roles
from beichen.kernel.actor import Actor, Scope, system
from beichen.kernel.org.service import RegionFacts, load_regions, region_by_code
from beichen.platforms.ai import service
from beichen.platforms.ai.models import Model
from beichen.platforms.warehouse import service as warehouse
from beichen.registry import service as registry
from beichen.registry.document.context import CORE_ONLY
from beichen.registry.document.expansion import Expander
from beichen.registry.models import Object

BY = system("test")
NOW = datetime(2026, 7, 1, 4, 0, tzinfo=UTC)
KEY = "tanks.ahead"
TYPES = {
    "tank": {
        "fields": {"full_m": {"type": "number"}},
        "measures": {"level_m": {"unit": "m"}, "soon_m": {"unit": "m"}, "state": {"type": "text"}},
        "relations": {"drains_to": {"to": "tank"}},
    }
}
DECLARED: dict[str, Any] = {
    "name": {"zh": "水箱预报", "en": "Tanks ahead"},
    "says": {"zh": "照旧上涨", "en": "It rises as it did"},
    "function": "ahead",
    "over": {"tank": {"measures": ["level_m"], "history": "2h"}},
    "run": "*/10 * * * *",
    "horizon": "1h",
    "foretells": ["tank.level_m"],
    "keeps": {"tank.soon_m": {"take": "max", "of": "level_m"}},
    "finds": ["tanks.full"],
    "parameters": {"step_min": 30},
    "limits": {"seconds": 60, "memory_mb": 512},
}
HEAD = """
from datetime import timedelta
from beichen.sdk import Answer, Finding, Forecast, Inputs, NotEnough, model

"""
RISES = (
    HEAD
    + '''
@model
def ahead(inputs: Inputs) -> Answer:
    """Each tank goes on as it did between its first and its last reading."""
    forecasts, findings = [], []
    step = timedelta(minutes=inputs.parameters["step_min"])
    for one in inputs.of("tank"):
        series = one.series.get("level_m", ())
        if len(series) < 2:
            continue
        first, last = series[0], series[-1]
        rate = (last.value - first.value) / ((last.at - first.at) / step)
        ends = [last.value + rate * n for n in (1, 2)]
        for n, value in enumerate(ends, 1):
            at = inputs.now + n * step
            forecasts.append(Forecast(one.code, "level_m", at, value, value - 0.5, value + 0.5))
        if ends[-1] >= one.number("full_m", 9):
            findings.append(Finding(one.code, "tanks.full", "将满", "It will be full", {"level_m": ends[-1]}))
    if not forecasts:
        raise NotEnough("没有读数", "No readings")
    return Answer(forecasts, findings, {"tanks": len(forecasts) / 2})
'''
)


def town() -> None:
    """A city with a district, and the type of tanks."""
    load_roles(by=BY)
    load_regions(
        [
            RegionFacts("990000", "试省", "province"),
            RegionFacts("990100", "试市", "city", "990000"),
            RegionFacts("990102", "甲区", "county", "990100"),
            RegionFacts("990103", "乙区", "county", "990100"),
        ],
        by=BY,
    )
    kind = TYPES["tank"]
    registry.declare_types(
        [
            registry.TypeFacts(
                key="tank", name="水箱", fields=kind["fields"], measures=kind["measures"],
                relations=kind["relations"],
            )
        ],
        scene="tanks",
        by=BY,
    )  # fmt: skip


def tank(code: str = "T-1", region: str = "990102", **fields: Any) -> Object:
    """A tank of four metres."""
    place = {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [125.33, 43.88]}}
    document = {"id": f"urn:ngsi-ld:tank:{code}", "type": "tank", "full_m": 4, "location": place, **fields}
    entity = Expander(CORE_ONLY).entity(document)
    registry.write_object(registry.Draft(entity, code=code, region=region_by_code(region)), by=BY)
    return Object.objects.get(code=code)


def measured(
    values: Mapping[str, list[float]], *, until: datetime = NOW, every: int = 30, is_demo: bool = False
) -> None:
    """Levels of tanks, the last of each at ``until``, one each so many minutes before it."""
    rows = [
        (code, until - timedelta(minutes=every * back), level)
        for code, levels in values.items()
        for back, level in enumerate(reversed(levels))
    ]
    time = pa.timestamp("us", "UTC")
    table = pa.table(
        {
            "thing": [code for code, _at, _level in rows],
            "measure": ["level_m"] * len(rows),
            "device": ["D-1"] * len(rows),
            "region": ["990102"] * len(rows),
            "measured_at": pa.array([at for _code, at, _level in rows], time),
            "received_at": pa.array([at for _code, at, _level in rows], time),
            "value": pa.array([level for _code, _at, level in rows], pa.float64()),
            "quality": ["accepted"] * len(rows),
            "is_demo": [is_demo] * len(rows),
        }
    )
    warehouse.append("readings", table, by=BY, source="test", load=f"{until} {sorted(values)}")


def declare(source: str = RISES, **declared: Any) -> Model:
    """The model, with this Python and these entries changed."""
    service.declare_models({"ahead": {**DECLARED, **declared}}, source, TYPES, scene="tanks", by=BY)
    return Model.objects.get(key=KEY)


def officer(role: str = "engineer", region: str = "") -> Actor:
    """Somebody with a role in a region."""
    path = region_by_code(region).path if region else ""
    return Actor("person:TEST", "test", (Scope(role, region_path=path),))
