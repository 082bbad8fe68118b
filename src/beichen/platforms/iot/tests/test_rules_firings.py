"""What rules raised: ended in few statements, marked as made up where it is, and forgotten when long over."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from beichen.kernel.audit.models import AuditRecord
from beichen.platforms.iot import keeping, service
from beichen.platforms.iot.collecting import Collected, Taken
from beichen.platforms.iot.fleet import Devices
from beichen.platforms.iot.models import Device, Firing, Rule
from beichen.platforms.iot.moments import moment
from beichen.platforms.iot.rules.firings import Firings
from beichen.platforms.iot.rules.watching import Watch
from beichen.platforms.iot.speaking import hear
from beichen.platforms.iot.tests import ground
from beichen.platforms.iot.tests.test_rules_keeping import MINUTE, NOON, TYPES, events
from beichen.platforms.iot.topics import telemetry
from beichen.platforms.iot.treatment import Treater
from beichen.registry.models import Object
from beichen.settings import settings

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tables")]
HIGH: dict[str, Any] = {"on": "well.level_m", "when": "level_m > 0.9 * depth_m", "raise": "drainage.high"}


def wells(number: int) -> None:
    """So many wells, each with a device, and a rule about them."""
    ground.town()
    for each in range(1, number + 1):
        ground.well(f"MH-{each}")
        ground.device(f"D-{each}", f"MH-{each}")
    service.declare_rules({"high": HIGH}, TYPES, scene="drainage", by=ground.BY)
    keeping.place("s", 0)


def said(watch: Watch, minute: int, level: float, number: int) -> int:
    """Every well says a level in one batch; returns how many statements that took."""
    taken = [
        Taken(
            minute * 1_000 + each,
            NOON + minute * MINUTE + each,
            telemetry(f"D-{each}").encode(),
            b'{"level_m": %.1f}' % level,
        )
        for each in range(1, number + 1)
    ]
    with CaptureQueriesContext(connection) as captured:
        hear("s", Collected(taken), None, Treater(Devices()), lambda: True, watch)
    return len(captured)


def test_what_is_over_everywhere_at_once_is_written_at_once() -> None:
    wells(12)
    watch = Watch(0)
    said(watch, 1, 3.9, 2)
    few = said(watch, 2, 1.0, 2)
    said(watch, 3, 3.9, 12)
    many = said(watch, 4, 1.0, 12)
    assert many <= few + 1
    rows = list(Firing.objects.order_by("fired_at"))
    assert len(rows) == 14
    assert {row.cleared_at - row.fired_at for row in rows if row.cleared_at} == {timedelta(minutes=1)}


def test_what_is_raised_twice_in_a_batch_is_over_twice() -> None:
    wells(1)
    thing, rule = Object.objects.get(code="MH-1"), Rule.objects.get()

    def firing(minute: int) -> Firing:
        at = moment(NOON + minute * MINUTE)
        return Firing(rule=rule, thing=thing, version=1, since=at, fired_at=at, event=f"e{minute}")

    firing(0).save()
    batch = Firings()
    batch.clear(rule.pk, thing.pk, moment(NOON + MINUTE))
    for minute in (2, 4):
        batch.raise_(firing(minute))
        if minute == 2:
            batch.clear(rule.pk, thing.pk, moment(NOON + 3 * MINUTE))
    batch.keep()
    over = Firing.objects.order_by("fired_at").values_list("cleared_at", flat=True)
    assert list(over) == [moment(NOON + MINUTE), moment(NOON + 3 * MINUTE), None]


def test_what_was_made_up_says_so_as_far_as_the_event() -> None:
    """The reading's mark, not the thing's: another device of the same well is real."""
    wells(1)
    ground.device("D-2", "MH-1")
    Device.objects.filter(code="D-1").update(is_demo=True)
    watch = Watch(0)
    said(watch, 1, 3.9, 1)
    said(watch, 2, 1.0, 1)
    real = Taken(9_000, NOON + 3 * MINUTE, telemetry("D-2").encode(), b'{"level_m": 3.9}')
    hear("s", Collected([real]), None, Treater(Devices()), lambda: True, watch)
    assert list(Firing.objects.order_by("fired_at").values_list("is_demo", flat=True)) == [True, False]
    assert [one["data"].get("is_demo", False) for one in events("drainage.high")] == [True, False]
    assert events("iot.rule.cleared")[0]["data"]["is_demo"] is True


def test_what_is_long_over_is_forgotten(monkeypatch: pytest.MonkeyPatch, tables: Path) -> None:
    wells(3)
    watch = Watch(0)
    said(watch, 1, 3.9, 3)
    said(watch, 2, 1.0, 2)
    now = moment(NOON) + timedelta(days=settings().firing_days)
    assert service.forget_firings(now, by=ground.BY) == 0
    assert service.forget_firings(now + timedelta(hours=1), by=ground.BY) == 2
    assert Firing.objects.get().thing.code == "MH-3"
    assert AuditRecord.objects.filter(action="iot.rule.forget").count() == 1
    monkeypatch.setenv("BEICHEN_FIRING_DAYS", "0")
    settings.cache_clear()
    said(watch, 3, 1.0, 3)
    assert service.forget_firings(now + timedelta(days=9_999), by=ground.BY) == 0
