"""The addresses of devices, for :mod:`tests.test_access`."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from beichen.fronts.overview.models import ThingLayer
from beichen.fronts.overview.service import put_things
from beichen.kernel.actor import system
from beichen.kernel.scene.models import InstalledPackage
from beichen.platforms.ai import service as models
from beichen.platforms.iot import service
from beichen.platforms.iot.models import Credential, DeviceGroup, Update
from beichen.platforms.iot.sensorthings import service as sensorthings
from beichen.platforms.iot.sensorthings.models import ObservedProperty
from beichen.platforms.iot.sensorthings.schema import OBSERVED
from beichen.registry import service as registry
from beichen.registry.document.context import CORE_ONLY
from beichen.registry.document.expansion import Expander

BY = system("test")
DEVICE = "api/devices/<slug:device>"
HELD = "asks for the device's credential or a key before it needs a broker; a test of the room holds it"
PLACE = {
    "name": "x",
    "encodingType": "application/geo+json",
    "location": {"type": "Point", "coordinates": [125.3, 43.9]},
}
OPEN = {
    "api/devices/readings": HELD,
    f"{DEVICE}/telemetry": HELD,
    f"{DEVICE}/claim": "the claim itself is what allows it, once; a test of the room holds it",
}
RULE = {"on": "test-pump.speed", "when": "speed > 9", "raise": "test.fast"}
MODEL = {
    "name": {"zh": "模型", "en": "Model"},
    "says": {"zh": "无", "en": "Nothing"},
    "function": "kept",
    "over": {"test-pump": {"measures": ["speed"]}},
    "run": "0 0 1 1 *",
}
UPDATE = {"version": "2", "url": "https://files.example/2", "sha256": "ab" * 32}
TRIAL = {"key": "test-devices.kept", "since": "2026-07-01T00:00:00Z", "until": "2026-07-02T00:00:00Z"}
SAMPLES: dict[str, list[tuple[str, str, Any]]] = {
    "devices": [("GET", "devices", None)],
    "devices/<slug:code>": [("GET", "devices/KEPT", None)],
    "devices/<slug:code>/state": [("POST", "devices/KEPT/state", {"state": "disabled"})],
    "devices/<slug:code>/token": [("POST", "devices/KEPT/token", {})],
    "devices/<slug:code>/credentials/<int:number>/revoke": [
        ("POST", "devices/KEPT/credentials/{credential}/revoke", {})
    ],
    "devices/<slug:code>/commands": [("POST", "devices/KEPT/commands", {"name": "reset"})],
    "api/devices": [
        ("GET", "api/devices", None),
        ("POST", "api/devices", {"devices": [{"code": "NEW"}]}),
    ],
    "devices/groups/<slug:key>": [("GET", "devices/groups/kept", None)],
    "devices/groups/<slug:key>/commands": [("POST", "devices/groups/kept/commands", {"name": "reset"})],
    "devices/groups": [("GET", "devices/groups", None)],
    "devices/groups/<slug:key>/timetable": [("POST", "devices/groups/kept/timetable", {"timetable": ""})],
    "devices/groups/<slug:key>/updates": [("POST", "devices/groups/kept/updates", UPDATE)],
    "devices/groups/<slug:key>/updates/<slug:code>": [("GET", "devices/groups/kept/updates/kept", None)],
    "devices/groups/<slug:key>/updates/<slug:code>/again": [
        ("POST", "devices/groups/kept/updates/kept/again", {})
    ],
    "api/devices/timetables": [("GET", "api/devices/timetables", None)],
    "api/devices/groups/<slug:group>/timetable": [
        ("GET", "api/devices/groups/kept/timetable", None),
        ("PUT", "api/devices/groups/kept/timetable", {"entries": [{"at": "06:00", "order": "reset"}]}),
        ("DELETE", "api/devices/groups/kept/timetable", None),
    ],
    "api/devices/groups/<slug:group>/updates": [
        ("GET", "api/devices/groups/kept/updates", None),
        ("POST", "api/devices/groups/kept/updates", UPDATE),
    ],
    "api/devices/groups/<slug:group>/updates/<slug:code>": [
        ("GET", "api/devices/groups/kept/updates/kept", None)
    ],
    "api/devices/groups/<slug:group>/updates/<slug:code>/again": [
        ("POST", "api/devices/groups/kept/updates/kept/again", None)
    ],
    "api/devices/groups": [("GET", "api/devices/groups", None)],
    "api/devices/groups/<slug:group>": [("PUT", "api/devices/groups/kept", {"name": "x"})],
    "api/devices/groups/<slug:group>/commands": [
        ("GET", "api/devices/groups/kept/commands", None),
        ("POST", "api/devices/groups/kept/commands", {"name": "reset"}),
    ],
    "rules": [("GET", "rules", None)],
    "rules/<str:key>": [("GET", "rules/test-devices.kept", None)],
    "rules/<str:key>/switch": [("POST", "rules/test-devices.kept/switch", {"reason": "x"})],
    "models": [("GET", "models", None)],
    "models/<str:key>": [("GET", "models/test-devices.kept", None)],
    "models/<str:key>/run": [("POST", "models/test-devices.kept/run", {})],
    "api/models": [("GET", "api/models", None)],
    "api/models/<key>": [("GET", "api/models/test-devices.kept", None)],
    "api/models/<key>/forecasts": [("GET", "api/models/test-devices.kept/forecasts", None)],
    "api/models/<key>/run": [("POST", "api/models/test-devices.kept/run", None)],
    "api/rules": [("GET", "api/rules", None)],
    "api/rules/try": [("POST", "api/rules/try", TRIAL)],
    "api/rules/<key>": [("GET", "api/rules/test-devices.kept", None)],
    "api/rules/<key>/switch": [("POST", "api/rules/test-devices.kept/switch", {"on": False, "reason": "x"})],
    DEVICE: [("GET", "api/devices/KEPT", None), ("PUT", "api/devices/KEPT", {"name": "x"})],
    "api/devices/tokens": [("POST", "api/devices/tokens", {"devices": ["KEPT"]})],
    "api/devices/simulation": [("GET", "api/devices/simulation", None)],
    f"{DEVICE}/state": [("POST", "api/devices/KEPT/state", {"state": "disabled"})],
    f"{DEVICE}/credentials": [("POST", "api/devices/KEPT/credentials", {"kind": "token"})],
    f"{DEVICE}/credentials/<int:number>": [("DELETE", "api/devices/KEPT/credentials/{credential}", None)],
    "sta/v1.1": [("GET", "sta/v1.1", None)],
    r"^sta/v1\.1/(?P<path>.*)$": [
        ("GET", "sta/v1.1/Things", None),
        ("GET", "sta/v1.1/Datastreams?$expand=Sensor", None),
        ("GET", "sta/v1.1/Observations", None),
        ("POST", "sta/v1.1/Sensors", {"name": "x", "encodingType": "text/html", "metadata": "x"}),
        ("POST", "sta/v1.1/Things", {"name": "x", "Locations": [PLACE]}),
        ("POST", "sta/v1.1/CreateObservations", []),
        ("POST", "sta/v1.1/$batch", {"requests": [{"id": "1", "method": "get", "url": "Things"}]}),
        ("PATCH", "sta/v1.1/ObservedProperties({observed})", {"name": "y"}),
        ("PUT", "sta/v1.1/ObservedProperties({observed})", {"name": "y", "definition": "z"}),
        ("DELETE", "sta/v1.1/ObservedProperties({observed})", None),
    ],
    f"{DEVICE}/commands": [
        ("GET", "api/devices/KEPT/commands", None),
        ("POST", "api/devices/KEPT/commands", {"name": "reset"}),
    ],
}


def keep_devices() -> None:
    """A device with a token, on a pump that can be reset."""
    measures = {"speed": {"unit": "1"}}
    pump = registry.TypeFacts(
        key="test-pump", name="泵", commands={"reset": {"zh": "复位"}}, measures=measures
    )
    registry.declare_types([pump], scene="test-devices", by=BY)
    entity = Expander(CORE_ONLY).entity({"id": "urn:ngsi-ld:test-pump:1", "type": "test-pump"})
    registry.write_object(registry.Draft(entity, code="PUMP-1"), by=BY)
    service.save_group("kept", "存组", by=BY)
    group = DeviceGroup.objects.get(key="kept")
    Update.objects.create(
        code="kept", group=group, offered_by=BY.key, offered_at=timezone.now(), **UPDATE
    )  # fmt: skip
    service.register_device(service.DeviceFacts("KEPT", thing="PUMP-1", group="kept"), by=BY)
    service.issue_token("KEPT", by=BY)
    observed = {"name": "x", "definition": "y"}
    sensorthings.create(OBSERVED, observed, by=BY)
    tones = [{"when": "", "tone": "on-course", "zh": "正常", "en": "Usual"}]
    layer = ThingLayer(
        owner="scene:kept", position=0, key="kept.test-pump", type="test-pump", shows="speed", title="泵",
        title_en="Pumps", tones=tones,
    )  # fmt: skip
    put_things([layer], owner="scene:kept", by=BY)
    InstalledPackage.objects.create(
        kind="scene", key="kept", version="1.0.0", name={"zh": "存", "en": "Kept"}, files={}, folder="",
        installed_at=timezone.now(), installed_by=BY.key,
    )  # fmt: skip
    service.declare_rules({"kept": RULE}, {}, scene="test-devices", by=BY)
    models.declare_models({"kept": MODEL}, "", {}, scene="test-devices", by=BY)


def device_numbers() -> dict[str, Any]:
    """What stands for the names in the samples' addresses."""
    return {
        "credential": Credential.objects.get(device__code="KEPT").pk,
        "observed": ObservedProperty.objects.get(name="x").pk,
    }
