"""The pages of devices: found, filtered, exported; a token shown once; a command and its mistakes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from beichen.kernel.access.models import Account
from beichen.kernel.org.models import Body
from beichen.kernel.org.service import appoint, region_by_code, register_person
from beichen.platforms.iot import service
from beichen.platforms.iot.models import Command, Device
from beichen.platforms.iot.tests import ground
from beichen.registry.service import Measured, record_measurements

pytestmark = pytest.mark.django_db
BY = ground.BY


def signed_in(role: str, region: str = "990100") -> Client:
    """A browser of somebody with a role."""
    person = register_person("某", by=BY)
    appoint(person, role, Body.objects.get(key="water"), region_by_code(region), by=BY)
    client = Client()
    client.force_login(Account.objects.create_user(f"{role}{region}", person=person))
    return client


@pytest.fixture(autouse=True)
def _town() -> None:
    ground.town()
    thing = ground.well()
    ground.device(name="一号井")
    ground.device("D-2", "")
    Device.objects.update(body=Body.objects.get(key="water"))
    Device.objects.filter(code="D-2").update(region=region_by_code("990103"))
    now = timezone.now() - timedelta(minutes=1)
    record_measurements([Measured(thing.pk, "level_m", "number", 3.9, None, now, now, "D-1")])
    Device.objects.filter(code="D-1").update(is_online=True, last_seen_at=now, state="active")


def test_the_list_is_found_filtered_and_exported() -> None:
    client = signed_in("engineer")
    page = client.get("/devices").content.decode()
    assert "一号井" in page
    assert "D-2" in page
    assert "D-2" not in client.get("/devices?online=True").content.decode()
    assert "D-1" not in client.get("/devices?q=D-2").content.decode()
    export = b"".join(client.get("/devices?format=csv&sort=-code").streaming_content).decode()  # type: ignore[attr-defined]
    assert [line.split(",")[0] for line in export.splitlines()[1:]] == ["D-2", "D-1"]
    assert "D-2" not in signed_in("engineer", "990102").get("/devices").content.decode()
    assert Client().get("/devices").status_code == 403


def test_a_device_is_shown_with_what_it_measured() -> None:
    client = signed_in("engineer")
    page = client.get("/devices/D-1").content.decode()
    assert "水位" in page
    assert "3.9 m" in page
    made = client.post("/devices/D-1/token").content.decode()
    token = made.partition("<code>")[2].partition("</code>")[0]
    assert service.admits("D-1", token)
    assert token not in client.get("/devices/D-1").content.decode()
    number = Device.objects.get(code="D-1").credentials.get().pk
    assert client.post(f"/devices/D-1/credentials/{number}/revoke").status_code == 302
    assert not service.admits("D-1", token)
    assert client.post("/devices/D-1/state", {"state": "lost"}).status_code == 302
    assert client.post("/devices/D-1/state", {"state": "registered"}).status_code == 422
    assert Device.objects.get(code="D-1").state == "lost"


def test_a_command_is_ordered_and_its_mistakes_are_told() -> None:
    client = signed_in("engineer")
    for text in ("{", "[1]", '{"zero_m": "x"}'):
        wrong = client.post("/devices/D-1/commands", {"name": "calibrate", "parameters": text})
        assert wrong.status_code == 422, text
    sent = client.post("/devices/D-1/commands", {"name": "calibrate", "parameters": '{"zero_m": 1}'})
    assert sent.status_code == 302
    assert Command.objects.get().parameters == {"zero_m": 1}
    assert "校准" in client.get("/devices/D-1").content.decode()
    reader = signed_in("steward")
    assert "command-name" not in reader.get("/devices/D-1").content.decode()
    assert reader.post("/devices/D-1/commands", {"name": "calibrate"}).status_code == 403
