"""`/metrics`: what Prometheus reads, with its own parser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from beichen.kernel.access import service as access
from beichen.kernel.actor import system
from beichen.platforms.iot import service as iot
from beichen.platforms.iot.models import Intake, Tally
from beichen.platforms.iot.words import Treatment

pytestmark = pytest.mark.django_db
BY = system("test")


def scraped(client: Client, role: str = "monitor") -> Iterator[tuple[str, dict[str, str], float]]:
    access.load_roles(by=BY)
    key = access.create_client("prometheus", "Prometheus", role, by=BY)
    answer = client.get("/metrics", headers={"authorization": f"Bearer {key}"})
    assert answer.status_code == 200, answer.content
    for family in text_string_to_metric_families(answer.content.decode()):
        for sample in family.samples:
            yield sample.name, sample.labels, sample.value


def test_readings_devices_and_trouble_are_told(client: Client) -> None:
    today = timezone.now().date()
    Tally.objects.create(device="", day=today, treatment=Treatment.ACCEPTED, number=7)
    Tally.objects.create(device="D-1", day=today, treatment=Treatment.LATE, number=2)
    Tally.objects.create(device="D-2", day=today, treatment=Treatment.LATE, number=3)
    iot.register_device(iot.DeviceFacts(code="D-1"), by=BY)
    Intake.objects.create(stream="1", trouble="no space left", changed_at=timezone.now())
    found = {(name, *labels.values()): value for name, labels, value in scraped(client)}
    assert found[("beichen_readings_total", "accepted")] == 7
    assert found[("beichen_readings_total", "late")] == 5
    assert found[("beichen_devices", "registered")] == 1
    assert found[("beichen_readings_held_up",)] == 1
    assert found[("beichen_events_waiting",)] >= 1, "the roles and the key were told of"


def test_nobody_reads_it_without_the_right(client: Client) -> None:
    assert client.get("/metrics").status_code in (401, 403)
