"""The pages of devices in a browser: sound for axe, no sideways scrolling, on a desk and on a phone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from beichen.fronts.overview.models import ThingLayer
from beichen.fronts.overview.service import put_things
from beichen.kernel.access.models import Account
from beichen.kernel.actor import system
from beichen.kernel.org.models import Body
from beichen.kernel.org.service import appoint, city_region, register_person
from beichen.kernel.scene.models import InstalledPackage
from beichen.platforms.iot import service
from beichen.platforms.iot.models import Device
from beichen.registry import service as registry
from beichen.registry.document.context import CORE_ONLY
from beichen.registry.document.expansion import Expander
from tests.browser.conftest import DESK, PHONE, Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
BY = system("test")
PATHS = (
    "/devices",
    "/devices?q=nothing",
    "/devices/WELL-1",
    "/rules",
    "/rules/browser.well-high?days=7",
    "/screen/things/browser.browser-well",
    "/screen/scenes/browser",
)
RULE = {
    "name": {"zh": "水位过高", "en": "Level too high"},
    "on": "browser-well.level_m",
    "windows": {"hour_m": {"avg": "level_m", "over": "1h"}},
    "when": "level_m > 3 and level_m > hour_m",
    "for": "5m",
    "raise": "browser.overflow",
}
TONES = [
    {"when": "level_m > 3", "tone": "missed", "zh": "过高", "en": "Too high"},
    {"when": "", "tone": "on-course", "zh": "正常", "en": "Usual"},
]


@pytest.fixture(scope="module")
def engineer(house: str, django_db_blocker: object) -> str:
    """An engineer `gong`, and a device that has measured and was told something."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        body, city = Body.objects.get(key="city-government"), city_region()
        assert city is not None
        person = register_person("钱工", by=BY)
        appoint(person, "engineer", body, city, by=BY)
        Account.objects.create_user("gong", password="long-enough-secret", person=person)
        kind = registry.TypeFacts(
            key="browser-well",
            name="井",
            measures={"level_m": {"unit": "m", "zh": "水位", "en": "Level"}},
            commands={"reset": {"zh": "复位", "en": "Reset"}},
        )
        registry.declare_types([kind], scene="browser", by=BY)
        entity = Expander(CORE_ONLY).entity({"id": "urn:ngsi-ld:browser-well:1", "type": "browser-well"})
        draft = registry.Draft(entity, code="BROWSER-WELL-1", region=city, body=body)
        registry.write_object(draft, by=BY)
        thing = registry.object_by_code("BROWSER-WELL-1", by=BY)
        row = service.register_device(
            service.DeviceFacts("WELL-1", name="一号井水位计", thing=thing.code, every=60), by=BY
        )
        service.issue_token("WELL-1", by=BY)
        service.send_command("WELL-1", "reset", {}, by=BY)
        now = timezone.now() - timedelta(minutes=1)
        registry.record_measurements(
            [registry.Measured(thing.pk, "level_m", "number", 3.9, None, now, now, "WELL-1")]
        )
        service.declare_rules({"well-high": RULE}, {}, scene="browser", by=BY)
        layer = ThingLayer(
            owner="scene:browser", position=0, key="browser.browser-well", type="browser-well",
            shows="level_m", title="井", title_en="Wells", tones=TONES,
        )  # fmt: skip
        put_things([layer], owner="scene:browser", by=BY)
        InstalledPackage.objects.create(
            kind="scene", key="browser", version="1.0.0", name={"zh": "试景", "en": "Trial"}, files={},
            folder="", installed_at=now, installed_by=BY.key,
        )  # fmt: skip
        said = {"firmware": "1.4.2", "rssi": -71}
        Device.objects.filter(pk=row.pk).update(
            is_online=True, last_seen_at=now, state="active", attributes=said
        )
        return "gong"


@pytest.mark.parametrize(("size", "theme"), [(DESK, "light"), (PHONE, "dark")])
def test_every_page_is_sound(visit: Visit, engineer: str, size: tuple[int, int], theme: str) -> None:
    visitor = visit(size, theme, "zh-hans")
    visitor.sign_in(engineer)
    found: dict[str, object] = {}
    for path in PATHS:
        page = visitor.go(path)
        wide = page.evaluate(
            "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        problems = visitor.violations()
        if problems or wide > 0:
            found[path] = (problems, wide)
    assert found == {}
