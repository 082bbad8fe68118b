"""What rules raise is kept with the batch that raised it: once, whoever dies in between."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from beichen.kernel.bus.models import OutboxEvent
from beichen.platforms.iot import keeping
from beichen.platforms.iot.collecting import Collected, Taken
from beichen.platforms.iot.fleet import Devices
from beichen.platforms.iot.models import Batch, Firing, Rule, RuleState
from beichen.platforms.iot.moments import SECOND, moment
from beichen.platforms.iot.rules.watching import Watch
from beichen.platforms.iot.service import declare_rules, switch_rule
from beichen.platforms.iot.speaking import hear
from beichen.platforms.iot.tests import ground
from beichen.platforms.iot.topics import telemetry
from beichen.platforms.iot.treatment import Treater
from beichen.platforms.warehouse import service as warehouse

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tables")]
NOON = int(datetime(2026, 7, 1, 4, tzinfo=UTC).timestamp()) * SECOND
MINUTE = 60 * SECOND
TYPES = {"well": {"fields": ground.WELL.fields, "measures": ground.WELL.measures}}
RULES: dict[str, dict[str, Any]] = {
    "high": {
        "name": {"zh": "水位过高", "en": "Too high"},
        "on": "well.level_m",
        "when": "level_m > 0.9 * depth_m",
        "for": "2m",
        "clear": "level_m < 0.7 * depth_m",
        "raise": "drainage.high",
    },
    "above": {
        "on": "well.level_m",
        "windows": {"hour_m": {"avg": "level_m", "over": "1h"}, "usual": {"baseline": "level_m", "weeks": 1}},
        "when": "level_m > hour_m + 1 and usual is not null",
        "raise": "drainage.above",
    },
}


@pytest.fixture(autouse=True)
def built(tables: Path) -> None:
    """A well with a device, and rules about it."""
    ground.town()
    ground.well()
    ground.device()
    declare_rules(RULES, TYPES, scene="drainage", by=ground.BY)
    keeping.place("s", 0)


def said(watch: Watch, first: int, *levels: float, batch: Batch | None = None) -> None:
    """Levels from a minute after noon on, the n-th being message n."""
    taken = [
        Taken(number, NOON + number * MINUTE, telemetry("D-1").encode(), orjson.dumps({"level_m": level}))
        for number, level in enumerate(levels, first)
    ]
    hear("s", Collected(taken), batch, Treater(Devices()), lambda: True, watch)


def events(kind: str) -> list[dict[str, Any]]:
    """What the bus carries of a type."""
    rows = OutboxEvent.objects.filter(type=kind).order_by("id").values_list("payload", flat=True)
    return [orjson.loads(row) for row in rows]


def test_an_event_explains_itself() -> None:
    said(Watch(0), 1, 3.9, 3.9, 3.9, 3.9, 1.0)
    (event,) = events("drainage.high")
    data = event["data"]
    assert (event["subject"], event["region"].rstrip("/").rpartition("/")[2]) == ("MH-1", "990102")
    assert (data["rule"], data["version"], data["thing"]) == ("drainage.high", 1, "MH-1")
    assert data["values"] == {"depth_m": 4.0, "level_m": 3.9}
    assert datetime.fromisoformat(data["since"]).timestamp() * SECOND == NOON + MINUTE
    assert "水位过高" in data["text"]
    assert "井深 4" in data["text"]
    assert "level_m > 0.9 * depth_m" in data["explanation"]["en"]
    (cleared,) = events("iot.rule.cleared")
    assert (cleared["data"]["type"], cleared["subject"]) == ("drainage.high", "MH-1")
    row = Firing.objects.get()
    assert (row.version, row.event, row.cleared_at is not None) == (1, event["id"], True)


def test_standings_survive_restarts() -> None:
    for number, level in enumerate((3.9, 3.9, 3.9, 3.9, 3.0, 1.0), 1):
        said(Watch(0), number, level)
    assert len(events("drainage.high")) == len(events("iot.rule.cleared")) == 1
    assert RuleState.objects.get(rule__key="drainage.high").since is None


def test_windows_survive_restarts() -> None:
    week_ago = moment(NOON - 7 * 86_400 * SECOND)
    row = {"thing": "MH-1", "measure": "level_m", "device": "D-1", "value": 1.0, "quality": "accepted"}
    row |= {"measured_at": week_ago, "received_at": week_ago}
    warehouse.append("readings", [row], by=ground.BY, source="test", load="past")
    for number, level in enumerate((1.0, 1.0, 1.0, 3.0), 1):
        said(Watch(0), number, level)
    (event,) = events("drainage.above")
    assert event["data"]["values"] == {"hour_m": 1.5, "level_m": 3.0, "usual": 1.0}


def test_a_batch_that_was_not_finished_raises_once(monkeypatch: pytest.MonkeyPatch) -> None:
    watch = Watch(0)
    said(watch, 1, 3.9, 3.9)
    with monkeypatch.context() as patched:
        patched.setattr(keeping, "finish", lambda *_arguments, **_more: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            said(watch, 3, 3.9, 1.0)
    assert events("drainage.high") == []
    _position, begun = keeping.place("s", 4)
    said(watch, 3, 3.9, 1.0, batch=begun)
    assert len(events("drainage.high")) == len(events("iot.rule.cleared")) == 1
    assert Firing.objects.count() == 1
    assert events("drainage.above") == []


def test_a_rule_that_is_switched_off_raises_nothing() -> None:
    watch = Watch(0)
    said(watch, 1, 3.9)
    switch_rule("drainage.high", is_on=False, reason="清淤", by=ground.officer())
    said(watch, 2, 3.9, 3.9, 3.9)
    assert events("drainage.high") == []
    switch_rule("drainage.high", is_on=True, reason="完工", by=ground.officer())
    said(watch, 5, 3.9, 3.9, 3.9)
    assert len(events("drainage.high")) == 1


def test_a_rule_that_fits_its_type_no_more_is_switched_off_alone() -> None:
    Rule.objects.filter(key="drainage.above").update(
        declared={**RULES["above"], "when": "level_m > nothing"}, revision=9
    )
    said(Watch(0), 1, 3.9, 3.9, 3.9)
    row = Rule.objects.get(key="drainage.above")
    assert not row.is_on
    assert "nothing" in row.trouble
    assert len(events("iot.rule.failed")) == len(events("drainage.high")) == 1


def test_questions_do_not_grow_with_readings(django_assert_max_num_queries: Any) -> None:
    for number in range(2, 42):
        ground.well(f"MH-{number}")
        ground.device(f"D-{number}", f"MH-{number}")
    watch = Watch(0)
    said(watch, 1, 1.0)

    def batch(first: int) -> None:
        taken = [
            Taken(first + number, NOON + 2 * MINUTE, telemetry(f"D-{number}").encode(), b'{"level_m": 3.9}')
            for number in range(1, 41)
        ]
        hear("s", Collected(taken), None, Treater(Devices()), lambda: True, watch)

    with django_assert_max_num_queries(45):
        batch(100)
