"""Windows of things and groups say what all readings say, however late, out of order or ahead they come, and
whoever was restarted in the middle: beside an evaluator that looks at every reading again each time."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import orjson
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from beichen.platforms.iot import keeping
from beichen.platforms.iot.collecting import Collected, Taken
from beichen.platforms.iot.fleet import Devices
from beichen.platforms.iot.models import RuleState
from beichen.platforms.iot.rules.declaration import SECOND, TAKES, Window, read_window
from beichen.platforms.iot.rules.engine import Engine, Sample
from beichen.platforms.iot.rules.history import fill_usual
from beichen.platforms.iot.rules.past import Past
from beichen.platforms.iot.rules.things import Thing, Things
from beichen.platforms.iot.rules.watching import Watch
from beichen.platforms.iot.rules.windows import APART, BUCKETS, HOUR
from beichen.platforms.iot.service import declare_rules
from beichen.platforms.iot.speaking import hear
from beichen.platforms.iot.tests import ground
from beichen.platforms.iot.topics import telemetry
from beichen.platforms.iot.treatment import Treater
from beichen.platforms.warehouse import service as warehouse
from beichen.registry.models import Object

MINUTE = 60 * SECOND
OVERS = {"1m": MINUTE, "10m": 10 * MINUTE, "24h": 1_440 * MINUTE}
BEGIN = 1_700_000_000 * SECOND


class Told(NamedTuple):
    """A reading as it came in, with the time of its thing's newest before it."""

    thing: int
    group: str
    at: int
    value: float
    newest: int | None
    before: float


class Brute:
    """Every reading, looked at anew for each question."""

    def __init__(self) -> None:
        self.told: list[Told] = []
        self.newest: dict[int, Told] = {}

    def tell(self, thing: int, group: str, at: int, value: float) -> None:
        last = self.newest.get(thing)
        made = Told(thing, group, at, value, last.at if last else None, last.value if last else 0.0)
        self.told.append(made)
        if last is None or at >= last.at:
            self.newest[thing] = made

    def value(self, window: Window, thing: int, group: str, at: int) -> float | None:
        width = max(1, window.over // BUCKETS)
        number = at // width
        mine = [one for one in self.told if (one.group == group if window.by else one.thing == thing)]
        if window.by and not group:
            return None
        kept = _stepped(mine, window.over) if window.by and window.take == "rate" else mine
        newest = max((one.at // width for one in kept), default=number)
        if window.by and number - BUCKETS < newest - BUCKETS - APART // width - 2:
            return None
        held = [one for one in mine if number - BUCKETS < one.at // width <= number]
        if window.take == "count":
            return float(len(held))
        if not held:
            return None
        if window.take == "rate":
            return _steps(held, window.over) if window.by else _slope(held)
        values = [one.value for one in held]
        return {"avg": sum(values) / len(values), "min": min(values), "max": max(values)}[window.take]


def _slope(held: Sequence[Told]) -> float | None:
    first = min(enumerate(held), key=lambda pair: (pair[1].at, pair[0]))[1]
    last = max(enumerate(held), key=lambda pair: (pair[1].at, pair[0]))[1]
    return (last.value - first.value) * HOUR / (last.at - first.at) if last.at > first.at else None


def _stepped(told: Sequence[Told], over: int) -> list[Told]:
    """The readings that make a step: newer than their thing's newest, which is no older than the window."""
    return [one for one in told if one.newest is not None and one.at - over < one.newest < one.at]


def _steps(held: Sequence[Told], over: int) -> float | None:
    stepped = _stepped(held, over)
    span = sum(one.at - (one.newest or 0) for one in stepped)
    return sum(one.value - one.before for one in stepped) * HOUR / span if span else None


WINDOWS = [
    read_window(f"w{number}", {take: "a", "over": over, **by})
    for number, (take, over, by) in enumerate(
        (take, over, by) for take in TAKES for over in OVERS for by in ({}, {"by": "region"})
    )
]
GROUPS = {1: "east", 2: "east", 3: "west", 4: ""}
READING = st.tuples(
    st.sampled_from(list(GROUPS)),
    st.integers(0, 200),  # how far the house's clock goes on before it, in hundredths of a window
    st.sampled_from([0, 0, 0, 3, 40, 130]),  # how late it is, the same
    st.sampled_from([-1.0, 0.0, 2.5, 7.0]),
)


class Known(Things):
    """Four things of one type that no database knows, in two regions and in none."""

    def __init__(self) -> None:
        super().__init__({"well": set()})
        for key, group in GROUPS.items():
            self._known[key] = thing = Thing(key, f"W-{key}", "well", key - 1, 1, group)
            self.of_kind["well"].append(thing)


@given(
    st.sampled_from(sorted(OVERS)),
    st.tuples(*[st.integers(-240, 240)] * 4),
    st.lists(READING, min_size=1, max_size=30),
)
@example("10m", (0, 0, 0, 0), [(1, 0, 0, -1.0), (2, 0, 130, -1.0), (2, 1, 130, -1.0)])
@settings(max_examples=60, deadline=None)
def test_windows_say_what_all_readings_say(
    over: str, clocks: tuple[int, ...], readings: list[tuple[int, int, int, float]]
) -> None:
    windows = [window for window in WINDOWS if window.over == OVERS[over]]
    things, past, brute = Known(), Past(("well", window) for window in windows), Brute()
    engine, now = Engine([], things, past), BEGIN
    for key, wait, late, value in readings:
        now += wait * OVERS[over] // 10_000
        at = now + clocks[key - 1] * SECOND - late * OVERS[over] // 100
        engine.take([Sample(key, "a", at, value)])
        brute.tell(key, GROUPS[key], at, value)
        thing = things.get(key)
        assert thing is not None
        if at < thing.at["a"]:
            continue
        for window in windows:
            expected = brute.value(window, key, GROUPS[key], at)
            assert past.value(window.column, thing, at) == pytest.approx(expected, abs=1e-6), window


def test_what_was_made_up_is_no_part_of_a_real_group() -> None:
    window = Window("w", "max", "a", 10 * MINUTE, "region")
    things, past = Known(), Past([("well", window)])
    engine = Engine([], things, past)
    engine.take([Sample(1, "a", BEGIN, 9.0, BEGIN, True), Sample(2, "a", BEGIN, 1.0, BEGIN)])
    one, two = things.get(1), things.get(2)
    assert one is not None
    assert two is not None
    assert past.value(window.column, one, BEGIN, is_demo=True) == 9.0
    assert past.value(window.column, two, BEGIN) == 1.0


NOON = int(datetime(2026, 7, 1, 4, tzinfo=UTC).timestamp()) * SECOND
TYPES = {"well": {"fields": ground.WELL.fields, "measures": ground.WELL.measures}}
CLOCKS = {1: 0, 2: 3 * MINUTE, 3: -2 * 1_440 * MINUTE - 7 * SECOND, 4: -45 * SECOND}  # the devices' clocks


def _rules() -> dict[str, dict[str, Any]]:
    reach = {"alone": {"over": "10m"}, "together": {"over": "1h", "by": "region"}}
    never = "avg_x + min_x + max_x + count_x + rate_x > 1e9"
    return {
        key: {
            "on": "well.level_m",
            "windows": {f"{take}_x": {take: "level_m", **facts} for take in TAKES},
            "when": never,
            "raise": "x.y",
        }
        for key, facts in reach.items()
    }


@pytest.mark.django_db
@pytest.mark.usefixtures("tables")
def test_restarts_in_the_middle_change_no_window() -> None:
    ground.town()
    places = {1: "990102", 2: "990102", 3: "990103", 4: "990103"}
    keys = {number: ground.well(f"MH-{number}", region).pk for number, region in places.items()}
    for number in places:
        ground.device(f"D-{number}", f"MH-{number}")
    declare_rules(_rules(), TYPES, scene="drainage", by=ground.BY)
    keeping.place("s", 0)
    windows = [read_window(*pair) for rule in _rules().values() for pair in rule["windows"].items()]
    chance, brute, watch, number = random.Random(5), Brute(), Watch(0), 0
    for batch in range(5):
        taken = []
        for _ in range(16):
            number += 1
            who, came = chance.choice(list(places)), NOON + number * 53 * SECOND
            at = came + CLOCKS[who] - (chance.choice([90, 700]) * SECOND if chance.random() < 0.25 else 0)
            level = float(chance.randrange(0, 29))
            message = orjson.dumps({"ts": at // 1_000, "values": {"level_m": level}})
            taken.append(Taken(number, came, telemetry(f"D-{who}").encode(), message))
            brute.tell(keys[who], places[who], at, level)
        if batch % 2:
            watch = Watch(0)
        hear("s", Collected(taken), None, Treater(Devices()), lambda: True, watch)
        engine = watch.prepare()
        for key, newest in brute.newest.items():
            thing = engine.things.get(key)
            if thing is None:  # it said nothing since the restart
                continue
            for window in windows:
                expected = brute.value(window, key, newest.group, newest.at)
                found = engine.past.value(window.column, thing, newest.at)
                assert found == pytest.approx(expected, abs=1e-6), (batch, window, thing.code)
    assert RuleState.objects.count() == 0


def _usual_rows(days: dict[date, float]) -> list[dict[str, object]]:
    return [
        {
            "thing": "MH-1", "measure": "level_m", "device": "D-1", "value": value, "quality": "accepted",
            "measured_at": datetime(day.year, day.month, day.day, 4, tzinfo=UTC),
            "received_at": datetime(day.year, day.month, day.day, 4, tzinfo=UTC),
        }
        for day, value in days.items()
    ]  # fmt: skip


@pytest.mark.django_db
def test_what_is_usual_is_said_anew_each_day(tables: Path) -> None:
    """A baseline is the same weekday of the weeks before, whoever was restarted when; never its own day."""
    ground.town()
    ground.well()
    today = date(2026, 7, 15)
    week = timedelta(days=7)
    days = {today: 90.0, today - week: 3.0, today - 2 * week: 5.0, today - 3 * week: 70.0,
            today + timedelta(days=1) - week: 4.0}  # fmt: skip
    warehouse.append("readings", _usual_rows(days), by=ground.BY, source="test", load="usual")
    window = Window("w", "baseline", "level_m", weeks=2)
    key = Object.objects.get(code="MH-1").pk

    def usual(past: Past, things: Things, day: date) -> float | None:
        thing = things.get(key)
        assert thing is not None
        at = int(datetime(day.year, day.month, day.day, 4, 30, tzinfo=UTC).timestamp()) * SECOND
        return past.value(window.column, thing, at)

    tomorrow = today + timedelta(days=1)
    things, past = Things({"well": set()}), Past([("well", window)])
    fill_usual(past, things, today, whole=True)
    assert (usual(past, things, today), usual(past, things, tomorrow)) == (4.0, None)
    fill_usual(past, things, tomorrow, whole=False)
    assert (usual(past, things, today), usual(past, things, tomorrow)) == (4.0, 4.0)
    again = Past([("well", window)])
    fill_usual(again, things, tomorrow, whole=True)
    assert (usual(again, things, today), usual(again, things, tomorrow)) == (4.0, 4.0)
    fill_usual(again, things, today + week, whole=True)
    assert usual(again, things, today + week) == pytest.approx((90 + 3) / 2)
