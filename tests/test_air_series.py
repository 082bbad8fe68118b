"""The city's real daily air, from a file over the open interface into the scene's indicators.

The series states no licence and is not part of the repository: without it these tests are left out.
"""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from beichen.hubs.data.service import compute, figures
from beichen.kernel.access.service import create_client, load_roles
from beichen.kernel.actor import system
from beichen.kernel.org.service import RegionFacts, load_regions
from beichen.kernel.scene import service as scenes
from beichen.kernel.scene.section import PackageKind
from beichen.kernel.scene.shelves import built_in
from beichen.platforms.iot import service as iot
from beichen.platforms.iot.collecting import Collected, Taken
from beichen.platforms.iot.fleet import Devices, micros
from beichen.platforms.iot.posting import in_memory
from beichen.platforms.iot.rules.watching import Watch
from beichen.platforms.iot.speaking import hear
from beichen.platforms.iot.treatment import Treater
from beichen.registry.models import Object
from beichen.registry.tests.clients import Program

NAME = "shared/data/changchun_air_quality_daily.csv"
SERIES = next((one / NAME for one in Path(__file__).resolve().parents if (one / NAME).is_file()), Path(NAME))
BY = system("test")
NOW = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
def program(db: None) -> Client:
    """A program that may send readings, the scene, and a station that stands for the city."""
    load_roles(by=BY)
    load_regions([RegionFacts("990100", "天璇市", "city")], by=BY)
    scenes.install(built_in(PackageKind.SCENE)["air-quality"], by=BY)
    Program().create("urn:ngsi-ld:air-station:city", "air-station", name="全市均值", network="state")
    thing = Object.objects.get(urn="urn:ngsi-ld:air-station:city")
    facts = iot.DeviceFacts("CITY-AIR", thing=thing.code, region="990100", rate=1_000)
    iot.register_device(facts, by=BY)
    return Client(headers={"Authorization": f"Bearer {create_client('air', 'air', 'engineer', by=BY)}"})


def sent(program: Client, text: str) -> Any:
    """The file's answer; what was kept is treated as the gateway does."""
    with in_memory() as kept:
        answer = program.post("/api/devices/readings", text.encode(), "text/csv")
    messages = enumerate(kept, 1)
    taken = [Taken(number, micros(NOW), subject.encode(), payload) for number, (subject, payload) in messages]
    if taken:
        hear("series", Collected(taken), None, Treater(Devices()), lambda: True, Watch(0))
    return answer


@pytest.mark.skipif(not SERIES.is_file(), reason="the series is not here")
def test_the_days_of_a_year_become_the_indicators_of_the_plan(program: Client) -> None:
    with SERIES.open(encoding="utf-8") as file:
        days = [row for row in csv.DictReader(file) if row["date"].startswith("2025") and row["aqi"]]
    lines = ["device,measure,value,at"]
    for day in days:
        at = f"{day['date']}T12:00:00+08:00"
        lines += [f"CITY-AIR,aqi,{day['aqi']},{at}", f"CITY-AIR,pm25_ugm3,{day['pm25']},{at}"]
    answer = sent(program, "\n".join(lines))
    assert (answer.status_code, answer.json()) == (202, {"accepted": 2 * len(days)})
    assert [one.problems for one in compute(["good-air", "fine-dust"], by=BY)] == [(), ()]
    good = 100 * sum(int(day["aqi"]) <= 100 for day in days) / len(days)
    dust = sum(float(day["pm25"]) for day in days) / len(days)
    for key, expected in (("good-air", good), ("fine-dust", dust)):
        value = figures(key, by=BY, region="990100", length="year").get()
        assert (value.period, value.kind) == ("2025", "real")
        assert float(value.value) == pytest.approx(expected, abs=0.051), key
    assert len(days) > 300
    assert good > 84, "the plan's target, which the city met"


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("device,measure\nCITY-AIR,aqi", "value"),
        ("device,measure,value\nCITY-AIR,aqi,", "value"),
        ("device,measure,value,at\nCITY-AIR,aqi,7,someday", ""),
        ("device,measure,value", "no readings"),
        ('device,measure,value\nCITY-AIR,aqi,"7', "CSV"),
        ("\xff\xfe", ""),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_whole(program: Client, text: str, where: str) -> None:
    answer = sent(program, text)
    assert answer.status_code == 422
    assert answer.json()["code"] == "IOT-110"
    assert where in answer.content.decode()
