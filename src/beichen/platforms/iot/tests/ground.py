"""An invented city's well with its types, for tests of the room."""

from __future__ import annotations

from typing import Any

from beichen.kernel.access.service import load_roles
from beichen.kernel.actor import Actor, Scope, system
from beichen.kernel.org.service import BodyFacts, RegionFacts, load_bodies, load_regions, region_by_code
from beichen.platforms.iot import service
from beichen.platforms.iot.models import Device
from beichen.registry import service as registry
from beichen.registry.document.context import CORE_ONLY
from beichen.registry.document.expansion import Expander
from beichen.registry.models import Object

BY = system("test")
WELL = registry.TypeFacts(
    key="well",
    name="井",
    fields={"depth_m": {"type": "number"}},
    labels={"depth_m": {"zh": "井深", "en": ""}},
    measures={
        "level_m": {"unit": "m", "range": [0, 30], "every": "60s", "zh": "水位"},
        "count": {"type": "integer", "unit": "1"},
        "lid_open": {"type": "boolean"},
        "state": {"type": "text"},
    },
    commands={
        "calibrate": {
            "zh": "校准",
            "timeout": "30s",
            "parameters": {"zero_m": {"type": "number", "zh": "零"}},
        }
    },
)


def town() -> None:
    """Two districts, a bureau, and the type of wells."""
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
    load_bodies([BodyFacts("water", "水务局")], by=BY)
    registry.declare_types([WELL], scene="drainage", by=BY)


def well(code: str = "MH-1", region: str = "990102") -> Object:
    """A well with this code."""
    document: dict[str, Any] = {"id": f"urn:ngsi-ld:well:{code}", "type": "well", "depth_m": 4}
    entity = Expander(CORE_ONLY).entity(document)
    registry.write_object(registry.Draft(entity, code=code, region=region_by_code(region)), by=BY)
    return Object.objects.get(code=code)


def device(code: str = "D-1", thing: str = "MH-1", **facts: Any) -> Device:
    """A registered device."""
    return service.register_device(service.DeviceFacts(code=code, thing=thing, **facts), by=BY)


def officer(role: str = "engineer", region: str = "") -> Actor:
    """Somebody with a role in a region."""
    path = region_by_code(region).path if region else ""
    return Actor("person:TEST", "test", (Scope(role, region_path=path),))
