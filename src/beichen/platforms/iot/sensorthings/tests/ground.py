"""Two wells, what they measured, and a client of SensorThings, for tests of the room."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from django.test import Client

from beichen.kernel.access import service as access
from beichen.kernel.org.service import region_by_code
from beichen.platforms.iot.sensorthings import service
from beichen.platforms.iot.sensorthings.models import Datastream
from beichen.platforms.iot.tests import ground
from beichen.platforms.warehouse import service as warehouse
from beichen.registry import service as registry
from beichen.registry.document.context import CORE_ONLY
from beichen.registry.document.expansion import Expander

BY = ground.BY
NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
POINT = {"type": "Point", "coordinates": [125.32, 43.9]}
OM = "http://www.opengis.net/def/observationType/OGC-OM/2.0/"
UNIT = {"name": "Celsius", "symbol": "Cel", "definition": "ucum:Cel"}

SENSOR = {
    "name": "DHT22",
    "description": "",
    "encodingType": "text/html",
    "metadata": "https://sensor.example",
}
WARMTH = {"name": "Temperature", "description": "", "definition": "https://qudt.example/Temperature"}
PLACE = {
    "name": "Roof",
    "description": "flat",
    "encodingType": "application/geo+json",
    "location": POINT,
    "properties": {"floor": 7},
}


def series(**more: Any) -> dict[str, Any]:
    """A Datastream as a client sends it."""
    return {
        "name": "Roof temperature",
        "description": "in the shade",
        "observationType": f"{OM}OM_Measurement",
        "unitOfMeasurement": UNIT,
        "Sensor": SENSOR,
        "ObservedProperty": WARMTH,
        **more,
    }


def multi(**more: Any) -> dict[str, Any]:
    """A MultiDatastream of a number, a text and a truth, as a client sends it."""
    none = {"name": None, "symbol": None, "definition": None}
    words = ("Wind", "Sky", "Rain")
    return {
        "name": "Weather",
        "description": "three at once",
        "observationType": f"{OM}OM_ComplexObservation",
        "multiObservationDataTypes": [
            f"{OM}OM_Measurement",
            f"{OM}OM_CategoryObservation",
            f"{OM}OM_TruthObservation",
        ],
        "unitOfMeasurements": [
            {"name": "metre per second", "symbol": "m/s", "definition": "ucum:m/s"},
            none,
            none,
        ],
        "Sensor": SENSOR,
        "ObservedProperties": [
            {"name": word, "description": "", "definition": f"https://w.example/{word}"} for word in words
        ],
        **more,
    }


class Program:
    """A client of the service with a key of a role; without one it is the public."""

    def __init__(self, role: str = "sensor-service") -> None:
        self._headers: dict[str, str] = {}
        if role:
            secret = access.create_client(f"sta-{role}", role, role, by=BY)
            self._headers = {"Authorization": f"Bearer {secret}"}
        self._client = Client()

    def send(
        self, method: str, path: str, body: Any = None, kind: str = "application/json", **headers: str
    ) -> Any:
        """The response."""
        data = body if isinstance(body, bytes) else b"" if body is None else orjson.dumps(body)
        return self._client.generic(
            method, f"/sta/v1.1{path}", data, content_type=kind, headers={**self._headers, **headers}
        )

    def get(self, path: str, **options: Any) -> Any:
        """The answer to GET as JSON; ``options`` are those with a dollar."""
        query = {f"${name}": str(value) for name, value in options.items()}
        response = self._client.get(f"/sta/v1.1{path}", query, headers=self._headers)
        assert response.status_code == 200, response.content
        return response.json()

    def names(self, path: str, text: str, **options: Any) -> list[str]:
        """The names of what a filter finds."""
        return [one["name"] for one in self.get(path, filter=text, **options)["value"]]

    def refused(self, path: str, **options: Any) -> str:
        """The house's code of a refusal."""
        query = {f"${name}": str(value) for name, value in options.items()}
        response = self._client.get(f"/sta/v1.1{path}", query, headers=self._headers)
        assert response.status_code >= 400, response.content
        return str(response.json()["problem"])

    def made(self, path: str, body: Any) -> int:
        """The id of what was made."""
        response = self.send("POST", path, body)
        assert response.status_code == 201, response.content
        return int(response["Location"].rpartition("(")[2].rstrip(")"))


def well(code: str, name: str, longitude: float) -> None:
    """A well with a name at a place."""
    place = {"type": "Point", "coordinates": [longitude, 43.9]}
    document = {
        "id": f"urn:ngsi-ld:well:{code}",
        "type": "well",
        "name": name,
        "depth_m": 4,
        "location": {"type": "GeoProperty", "value": place},
    }
    entity = Expander(CORE_ONLY).entity(document)
    registry.write_object(registry.Draft(entity, code=code, region=region_by_code("990102")), by=BY)


def town() -> None:
    """Two wells with four measures each, a device at the first."""
    ground.town()
    well("MH-1", "东井", 125.3)
    well("MH-2", "West's well", 125.5)
    ground.device()
    service.bring_all()


def stream(measure: str = "level_m", code: str = "MH-1") -> int:
    """The id of a series."""
    return Datastream.objects.get(thing__object__code=code, measure=measure).pk


def measured(
    *values: Any,
    measure: str = "level_m",
    code: str = "MH-1",
    start: datetime = NOON,
    later: timedelta = timedelta(),
) -> None:
    """Readings a minute apart, in the table, received ``later`` than they were measured."""
    rows = [
        {
            "thing": code,
            "measure": measure,
            "device": "D-1",
            "region": "990102",
            "measured_at": start + number * MINUTE,
            "received_at": start + number * MINUTE + later,
            "value": None if isinstance(value, str) else float(value),
            "text": value if isinstance(value, str) else None,
            "quality": "accepted",
            "seq": None,
        }
        for number, value in enumerate(values)
    ]
    warehouse.append("readings", rows, by=BY, source="test", load=secrets.token_hex(8))
