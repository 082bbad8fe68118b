"""The pages of models in a browser: sound for axe, no sideways scrolling, on a desk and on a phone."""

from __future__ import annotations

import pytest
from django.utils import timezone

from beichen.kernel.access.models import Account
from beichen.kernel.actor import system
from beichen.kernel.org.models import Body
from beichen.kernel.org.service import appoint, city_region, register_person
from beichen.platforms.ai import service
from beichen.platforms.ai.tests import ground
from beichen.registry import service as registry
from beichen.registry.document.context import CORE_ONLY
from beichen.registry.document.expansion import Expander
from tests.browser.conftest import DESK, PHONE, Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
BY = system("test")
PATHS = ("/models", f"/models/{ground.KEY}")


@pytest.fixture(scope="module")
def modeller(house: str, django_db_blocker: object) -> str:
    """An engineer `suan`, and a model that foretells two tanks on the city's map and finds one full."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        body, city = Body.objects.get(key="city-government"), city_region()
        assert city is not None
        person = register_person("孙工", by=BY)
        appoint(person, "engineer", body, city, by=BY)
        Account.objects.create_user("suan", password="long-enough-secret", person=person)
        measures = {
            "level_m": {"unit": "m", "zh": "水位", "en": "Level"},
            "soon_m": {"unit": "m", "zh": "预报"},
        }
        kind = registry.TypeFacts(
            key="tank", name="水箱", fields={"full_m": {"type": "number"}}, measures=measures
        )
        registry.declare_types([kind], scene="browser", by=BY)
        for number, code in enumerate(("TANK-1", "TANK-2")):
            place = {"type": "Point", "coordinates": [125.30 + 0.04 * number, 43.88]}
            document = {
                "id": f"urn:ngsi-ld:tank:{code}",
                "type": "tank",
                "full_m": 4,
                "location": {"type": "GeoProperty", "value": place},
            }
            entity = Expander(CORE_ONLY).entity(document)
            registry.write_object(registry.Draft(entity, code=code, region=city, body=body), by=BY)
        ground.declare()
        now = timezone.now()
        ground.measured({"TANK-1": [1.0, 1.2, 1.4], "TANK-2": [3.0, 3.4, 3.8]}, until=now)
        assert service.run_model(ground.KEY, by=BY, now=now).findings == 1
        return "suan"


@pytest.mark.parametrize(("size", "theme"), [(DESK, "light"), (PHONE, "dark")])
def test_every_page_is_sound(visit: Visit, modeller: str, size: tuple[int, int], theme: str) -> None:
    """Each page of models, with its map, its chart and its tables."""
    visitor = visit(size, theme, "zh-hans")
    visitor.sign_in(modeller)
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
