"""Every built-in screen is sound: axe finds nothing, nothing is wider than the window, on the wall in the
dark and on a phone in either light; the eight of every city, a district's, a body's, an object's page, the
search.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from beichen.fronts.overview.models import Card
from beichen.fronts.overview.screens.shelf import screens
from beichen.fronts.overview.service import put_cards
from beichen.hubs.events import service as events
from beichen.hubs.events.pages import Channel
from beichen.kernel.access.models import Account
from beichen.kernel.actor import PUBLIC
from beichen.kernel.org.models import Body
from beichen.kernel.org.service import appoint, city_region, register_person
from beichen.kernel.scene.models import InstalledPackage
from beichen.registry import service as registry
from beichen.registry.document.context import CORE_ONLY
from beichen.registry.document.expansion import Expander
from tests.browser.conftest import BY, DESK, PHONE, Visit

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.django_db]
WALL = (1920, 1080)
PICTURES = os.environ.get("SCREEN_PICTURES", "")
OWNER = "scene:sound"
STILL_FETCHED = "() => !document.querySelector('.screen-grid .widget-body > .quiet:only-child')"


@pytest.fixture
def attendant(house: str, tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> str:
    """Somebody who sees cases, some of them, a thing, and a scene whose owner has a screen."""
    with django_db_blocker.unblock():
        city, body = city_region(), Body.objects.get(key="water-bureau")
        assert city is not None
        if not Account.objects.filter(username="sound").exists():
            person = register_person("赵", by=BY)
            appoint(person, "attendant", body, city, by=BY)
            Account.objects.create_user("sound", password="long-enough-secret", person=person)
            for text in ("井盖冒水", "路灯不亮", "噪声扰民"):
                draft = events.ReportDraft(
                    channel=Channel.HOTLINE, text=text, longitude=125.31, latitude=43.88
                )
                events.receive(draft, by=BY)
            kind = registry.TypeFacts("sound-well", kind="thing", geometry="point", name="井")
            registry.declare_types([kind], scene="sound", by=BY)
            document = {
                "id": "urn:ngsi-ld:sound-well:1",
                "type": "sound-well",
                "location": {"type": "Point", "coordinates": [125.31, 43.88]},
            }
            entity = Expander(CORE_ONLY).entity(document)
            registry.write_object(registry.Draft(entity, code="SOUND-1", region=city, body=body), by=BY)
        (tmp_path / "scene.yaml").write_text("scene: sound\nowner: water-bureau\n", encoding="utf-8")
        card = Card(owner=OWNER, position=0, indicator="gdp")
        put_cards([card], owner=OWNER, by=BY)
        InstalledPackage.objects.update_or_create(
            kind="scene", key="sound",
            defaults={
                "version": "1.0.0", "name": {"zh": "试", "en": "Trial"}, "files": {}, "folder": str(tmp_path),
                "installed_at": timezone.now(), "installed_by": BY.key,
            },
        )  # fmt: skip
        return "sound"


def test_every_built_in_screen_is_sound(
    visit: Visit, attendant: str, django_db_blocker: DjangoDbBlocker
) -> None:
    with django_db_blocker.unblock():
        shelf = screens(PUBLIC)
    first = {one.sort: one.key for one in reversed(shelf)}
    keys = [*(one.key for one in shelf if one.sort == "city"), first["district"], first["body"]]
    assert len(keys) == 10
    wall, phone, dark = visit(WALL, "dark"), visit(PHONE, "light"), visit(PHONE, "dark")
    desk = visit(DESK, "light")
    paths = [(wall, f"/screens/{key}?wall=1&theme=dark") for key in keys]
    paths += [((phone, dark)[place % 2], f"/screens/{key}") for place, key in enumerate(keys)]
    paths += [(desk, "/screens/pulse"), (phone, "/screen/objects/SOUND-1"), (dark, "/screen/ask?q=经济")]
    for one in (wall, phone, dark, desk):
        one.sign_in(attendant)
    found = {}
    for visitor, path in paths:
        page = visitor.go(path)
        page.wait_for_function(STILL_FETCHED)
        wide = page.evaluate(
            "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        problems = visitor.violations()
        if problems or wide > 0:
            found[path] = (problems, wide)
        if PICTURES:
            name = re.sub(r"\W+", "-", path.strip("/"))
            page.screenshot(path=str(Path(PICTURES) / f"{name}.png"), full_page=True)
    assert found == {}, "\n".join(f"{path}: {told}" for path, told in found.items())
    assert [one for visitor in (wall, phone, dark, desk) for one in visitor.complaints] == []
