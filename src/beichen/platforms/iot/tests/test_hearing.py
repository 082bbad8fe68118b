"""A batch on its whole way: what goes together has the effect of one by one; and being ready for it."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from beichen.platforms.iot import gathering, keeping, service
from beichen.platforms.iot.collecting import Collected, Taken
from beichen.platforms.iot.fleet import Devices
from beichen.platforms.iot.models import Firing, Tally
from beichen.platforms.iot.moments import SECOND, moment
from beichen.platforms.iot.registering import ChannelFacts
from beichen.platforms.iot.rules.watching import Watch
from beichen.platforms.iot.speaking import hear
from beichen.platforms.iot.tests import ground
from beichen.platforms.iot.tests.test_rules_keeping import NOON, TYPES
from beichen.platforms.iot.topics import telemetry
from beichen.platforms.iot.treatment import Treater
from beichen.platforms.warehouse import service as warehouse
from beichen.platforms.warehouse import storage
from beichen.registry.models import Measurement

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tables")]
RULES: dict[str, dict[str, Any]] = {
    "high": {"on": "well.level_m", "when": "level_m > 0.9 * depth_m", "for": "5s", "raise": "drainage.high"},
    "rising": {
        "on": "well.level_m",
        "when": "level_m > mean + 0.5",
        "windows": {"mean": {"avg": "level_m", "over": "1m"}},
        "raise": "drainage.rising",
    },
    "silent": {"on": "well.level_m", "silent": "10m", "raise": "drainage.silent"},
}


def town() -> None:
    """Two wells, the first with a device that speaks often."""
    ground.town()
    for number in (1, 2):
        ground.well(f"MH-{number}")
        ground.device(f"D-{number}", f"MH-{number}")
    service.declare_rules(RULES, TYPES, scene="drainage", by=ground.BY)
    keeping.place("s", 0)


def messages() -> list[Taken]:
    """A message a second of the first device, that comes half a second later; one of the second between."""
    found: list[Taken] = []
    for number in range(1, 31):
        at, level = NOON + number * SECOND, 3.9 if 8 <= number < 24 else 1 + number % 3
        payload = b'{"ts":%d,"values":{"level_m":%s,"lid_open":%s}}'
        content = payload % (at // 1_000, str(level).encode(), b"true" if number % 2 else b"false")
        found.append(Taken(len(found) + 1, at + SECOND // 2, telemetry("D-1").encode(), content))
        if number == 15:
            taken = Taken(len(found) + 1, at + SECOND // 2 + 1, telemetry("D-2").encode(), b'{"level_m": 2}')
            found.append(taken)
    return found


def effect() -> tuple[Any, ...]:
    """What the table, the objects and the rules know afterwards."""
    with warehouse.reader() as ask:
        rows = ask.sql("SELECT * FROM readings ORDER BY device, measure, measured_at").to_pylist()
    values = Measurement.objects.order_by("object", "name")
    firings = Firing.objects.order_by("rule__key", "fired_at")
    return (
        rows,
        list(values.values_list("object__code", "name", "number", "at", "received_at", "source")),
        list(firings.values_list("rule__key", "thing__code", "since", "fired_at", "cleared_at", "values")),
        list(
            Tally.objects.order_by("device", "treatment").values_list("device", "day", "treatment", "number")
        ),
    )


def heard(messages: list[Taken]) -> tuple[Any, ...]:
    """The effect of a batch, and of the clock afterwards."""
    watch = Watch(NOON)
    hear("s", Collected(messages), None, Treater(Devices()), lambda: True, watch)
    watch.tick(messages[-1].at + 700 * SECOND)
    return effect()


@pytest.mark.parametrize("few", [8, 10**6])
def test_what_goes_together_has_the_same_effect(few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "FEW", few)
    town()
    rows, values, firings, tallies = heard(messages())
    assert len(rows) == 61
    assert [(row["measured_at"], row["received_at"]) for row in rows if row["measure"] == "lid_open"] == [
        (moment(NOON + number * SECOND), moment(NOON + number * SECOND + SECOND // 2))
        for number in range(1, 31)
    ]
    assert values[0] == (
        "MH-1", "level_m", 1.0, moment(NOON + 30 * SECOND), moment(NOON + 30 * SECOND + SECOND // 2), "D-1"
    )  # fmt: skip
    assert [(key, thing, since) for key, thing, since, *_rest in firings if key != "drainage.rising"] == [
        ("drainage.high", "MH-1", moment(NOON + 8 * SECOND)),
        ("drainage.silent", "MH-1", moment(NOON + 30 * SECOND + SECOND // 2)),
        ("drainage.silent", "MH-2", moment(NOON + 15 * SECOND + SECOND // 2 + 1)),
    ]
    assert "drainage.rising" in {key for key, *_rest in firings}
    assert [(device, number) for device, _day, _how, number in tallies] == [("", 61)]


def test_a_number_of_a_devices_own_is_one_reading_after_a_restart(
    django_capture_on_commit_callbacks: Any,
) -> None:
    """What was not acknowledged in time is said again, to a gateway that has just begun."""
    town()
    first, second = (
        Taken(number, NOON + number * SECOND, telemetry("D-1").encode(), b'{"seq":%d,"level_m":2}' % number)
        for number in (1, 2)
    )
    treater = Treater(Devices())
    for message in (first, second):
        with django_capture_on_commit_callbacks(execute=True):
            hear("s", Collected([message]), None, treater, lambda: True)
    again = second._replace(place=3, at=second.at + SECOND)
    hear("s", Collected([again]), None, Treater(Devices()), lambda: True)
    rows, _values, _firings, tallies = effect()
    assert [row["seq"] for row in rows] == [1, 2]
    assert [(how, number) for _who, _day, how, number in tallies] == [("accepted", 2), ("duplicate", 1)]


def test_a_thing_of_which_two_speak_is_shared() -> None:
    ground.town()
    for number in (1, 2, 3):
        ground.well(f"MH-{number}")
    ground.device("D-1", "MH-1")
    ground.device("D-2", "MH-2", channels=(ChannelFacts("other", "MH-1", "level_m"),))
    ground.device("D-3", "MH-3")
    devices = Devices()
    devices.learn(["D-1", "D-3"])
    first, third = devices.speaker("D-1"), devices.speaker("D-3")
    assert first is not None
    assert third is not None
    assert devices.is_alone(first)
    devices.learn(["D-2"])
    second = devices.speaker("D-2")
    assert second is not None
    assert [devices.is_alone(one) for one in (first, second, third)] == [False, False, True]


def test_a_house_with_devices_is_ready_for_their_readings() -> None:
    ground.town()
    assert not keeping.get_ready()
    assert storage.opened("readings") is None, "a house without devices spares it"
    ground.well()
    ground.device()
    assert keeping.get_ready()
    assert storage.opened("readings") is not None
    assert warehouse.table("readings").rows == 0


_FIRST = """
import sys
import django
django.setup()
import numpy as np
from beichen.platforms.iot.blocks import Block
from beichen.platforms.iot.rows import load_arrow, reading_rows
load_arrow()
before = set(sys.modules)
two, quality = np.arange(2), np.zeros(2, np.uint8)
rows = reading_rows([], [Block([None], [None], np.zeros(2, np.int64), two, np.ones(2), quality, two, two)])
assert rows.num_rows == 2
print(sorted(set(sys.modules) - before))
"""


def test_the_first_readings_load_no_module() -> None:
    """Arrow looks for pandas with its first array: a third of a second of whoever makes it."""
    command = [sys.executable, "-c", _FIRST]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    assert done.stdout.splitlines()[-1] == "[]"
