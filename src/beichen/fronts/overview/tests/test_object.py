"""The page of one object: what it says, to whom, and that a look at personal fields leaves a trace."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from beichen.fronts.overview.object import DRAWN, dossier, thinned
from beichen.fronts.overview.tests.test_screen import CITY
from beichen.fronts.overview.tests.test_things import VIEWS, scene
from beichen.hubs.events import service as events
from beichen.hubs.events.pages import Channel
from beichen.kernel.access.models import Account
from beichen.kernel.access.service import load_roles, save_role
from beichen.kernel.actor import PUBLIC, system
from beichen.kernel.audit.models import AuditRecord
from beichen.kernel.levels import Level
from beichen.kernel.org.models import Body
from beichen.kernel.org.service import appoint, city_region, register_person
from beichen.kernel.scene import service as scenes
from beichen.kernel.scene.section import PackageKind
from beichen.platforms.iot import service as iot
from beichen.platforms.iot.models import Device
from beichen.problem import ProblemError
from beichen.registry import service as registry
from beichen.registry.models import Object, ObjectType
from beichen.registry.tests.clients import Program

BY = system("test")
URN = "urn:ngsi-ld:well:1"


@pytest.fixture
def well(db: None, tmp_path: Path) -> Object:
    """A well that changed once, whose keeper's telephone is personal, and that drains to another one."""
    load_roles(by=BY)
    scenes.install(CITY, by=BY, kind=PackageKind.CITY)
    scenes.install(scene(tmp_path, VIEWS), by=BY)
    program = Program()
    place = {"type": "Point", "coordinates": [100.6, 30.4]}
    program.create("urn:ngsi-ld:well:2", "well", name="二号井", depth_m=3, location=place)
    drains = {"type": "Relationship", "object": "urn:ngsi-ld:well:2"}
    program.create(URN, "well", name="一号井", depth_m=4, location=place, drainsTo=drains, keeper="1390000")
    program.send("PATCH", f"entities/{URN}/attrs", {"depth_m": 5})
    ObjectType.objects.filter(key="well").update(levels={"keeper": 3})
    row = Object.objects.get(urn=URN)
    now = timezone.now()
    registry.record_measurements(
        [registry.Measured(row.pk, "level_m", "number", 3.25, None, now, now, "GAUGE-1")]
    )
    return row


def clerk(role: str, region: str = "") -> Client:
    """A browser of somebody with a post over the whole city."""
    city, body = city_region(), Body.objects.filter(is_current=True)[0]
    assert city is not None
    person = register_person(role, by=BY)
    appoint(person, role, body, city, by=BY)
    client = Client()
    client.force_login(Account.objects.create_user(role, password="long-enough-secret", person=person))
    return client


def test_it_says_what_it_is_what_it_measured_and_what_became_of_it(well: Object, client: Client) -> None:
    page = client.get(f"/screen/objects/{well.code}").content.decode()
    assert all(
        words in page for words in ("一号井", well.code, "井深", "水位", "3.25 m", "GAUGE-1", "二号井")
    )
    other = Object.objects.get(urn="urn:ngsi-ld:well:2")
    assert f"/screen/objects/{other.code}" in page
    assert f"/screen/objects/{well.code}" in client.get(f"/screen/objects/{other.code}").content.decode()
    assert "bc-map" in page
    file = client.get(f"/screen/objects/{well.code}?format=csv&field=depth_m")
    sheet = b"".join(file.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert [line.split(",")[2] for line in sheet.splitlines()[1:]] == ["5", "4"], "the newest first"
    assert client.get("/screen/objects/nowhere").status_code == 404
    assert client.get(f"/screen/objects/{well.code}?days=999999").status_code == 200


def test_personal_fields_are_told_to_few_and_leave_a_trace(well: Object, client: Client) -> None:
    def traces() -> int:
        return AuditRecord.objects.filter(action=registry.READ, resource="registry.object").count()

    before = traces()
    page = client.get(f"/screen/objects/{well.code}").content.decode()
    assert "1390000" not in page
    assert "keeper" not in page
    assert traces() == before
    save_role("keeper", "x", ["overview.read", "registry.object.read"], Level.L3, by=BY)
    Object.objects.filter(pk=well.pk).update(
        region=city_region(), body=Body.objects.filter(is_current=True)[0]
    )
    page = clerk("keeper").get(f"/screen/objects/{well.code}").content.decode()
    assert "1390000" in page
    assert traces() == before + 1


def test_what_a_reader_may_not_see_does_not_exist(well: Object, client: Client) -> None:
    Object.objects.filter(urn="urn:ngsi-ld:well:2").update(level=2)
    told = dossier(well.code, by=PUBLIC, language="zh", days=1, now=timezone.now())
    assert "二号井" not in {fact.shown for fact in told.facts}
    Object.objects.filter(pk=well.pk).update(level=2)
    assert client.get(f"/screen/objects/{well.code}").status_code == 404
    with pytest.raises(ProblemError, match="REG-104"):
        dossier(well.code, by=PUBLIC, language="zh", days=1, now=timezone.now())


def test_cases_that_name_it_or_lie_where_it_stands(well: Object) -> None:
    for text, at in (
        (f"{well.code} 冒溢", (100.2, 30.8)),
        ("井盖丢失", (100.6, 30.4)),
        ("别处", (100.2, 30.8)),
    ):
        draft = events.ReportDraft(channel=Channel.HOTLINE, text=text, longitude=at[0], latitude=at[1])
        events.receive(draft, by=BY)
    told = dossier(well.code, by=BY, language="zh", days=1, now=timezone.now())
    assert {case.text for case in told.cases} == {f"{well.code} 冒溢", "井盖丢失"}
    assert dossier(well.code, by=PUBLIC, language="zh", days=1, now=timezone.now()).cases == []


def test_lists_and_pages_say_what_the_demonstration_made(well: Object, client: Client) -> None:
    facts = iot.DeviceFacts("GAUGE-1", name="一号井水位计", thing=well.code, every=60)
    iot.register_device(facts, by=BY)
    assert not iot.demo_things([well.pk])
    Device.objects.update(is_demo=True)
    assert iot.demo_things([well.pk, 99]) == {well.pk}
    listed = client.get("/screen/things/wells.well").content.decode()
    assert listed.count('<span class="badge">演示</span>') == 1
    only = client.get("/screen/things/wells.well?demo=no").content.decode()
    assert "二号井" in only
    assert "一号井" not in only
    assert '<span class="badge">演示</span>' in client.get(f"/screen/objects/{well.code}").content.decode()


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=3_000))
def test_what_is_thinned_keeps_its_ends_and_its_mean(numbers: list[float]) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    values = [(start + timedelta(minutes=place), number) for place, number in enumerate(numbers)]
    drawn = list(thinned(values))
    assert len(drawn) <= DRAWN
    assert drawn[-1][0] == values[-1][0]
    assert [at for at, _number in drawn] == sorted(at for at, _number in drawn)
    assert min(numbers) - 1e-3 <= min(number for _at, number in drawn)
    assert max(number for _at, number in drawn) <= max(numbers) + 1e-3
