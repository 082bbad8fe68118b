"""Playing a city: formulas, weather and machines by their seed, what is offered, a run at a real gateway."""

from __future__ import annotations

import asyncio
import io
import math
import urllib.error
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import Message
from itertools import pairwise
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beichen.kernel.access import service as access
from beichen.kernel.bus.tests.broker import NatsServer
from beichen.kernel.scene import service as packages
from beichen.kernel.scene.section import PackageKind
from beichen.kernel.scene.shelves import built_in
from beichen.platforms.iot import codes, service
from beichen.platforms.iot.models import Command, Device
from beichen.platforms.iot.simulation.arithmetic import worked_out
from beichen.platforms.iot.simulation.behaviour import FAULTS, Machine, Measured, Said
from beichen.platforms.iot.simulation.command import kept_key
from beichen.platforms.iot.simulation.formulas import formula
from beichen.platforms.iot.simulation.house import House
from beichen.platforms.iot.simulation.population import KEY_FILE, Memory, Thing, choose, enrol, invented
from beichen.platforms.iot.simulation.running import People, Plan, Play, machines
from beichen.platforms.iot.simulation.sections import CLIMATE, read_climate
from beichen.platforms.iot.simulation.weather import NAMES, Weather, daylight
from beichen.platforms.iot.tests import ground
from beichen.platforms.iot.tests.clients import played
from beichen.platforms.iot.tests.test_gateway import asked, until, working
from beichen.problem import ProblemError
from beichen.registry.tests.clients import Program
from beichen.settings import settings as chosen

BY = ground.BY
CITY = {"key": "test", "longitude": 125.3, "latitude": 43.9, "timezone": "Asia/Shanghai"}
CLIMATE_FILE = built_in(PackageKind.CITY)["changchun"] / CLIMATE
MONTHS, _FAULTS = read_climate(CLIMATE_FILE.read_bytes(), CLIMATE)
NOON = datetime(2026, 7, 1, 4, tzinfo=UTC).timestamp()
WELL: dict[str, Any] = {
    "scene": "drainage",
    "owner": "water",
    "every": 60.0,
    "faults": {},
    "measures": {
        "level_m": {
            "form": "number",
            "range": [0, 30],
            "value": formula("coalesce(told_zero_m, 0.1 * depth_m + 0.2 * rain_mm + bell(hour, 8, 2))").tree,
            "noise": 0.05,
            "decimals": 2,
        },
        "count": {
            "form": "integer", "range": None, "value": formula("coalesce(last, 0) + 1").tree,
            "noise": 0.0, "decimals": 2,
        },
        "lid_open": {
            "form": "boolean", "range": None, "value": formula("level_m > 29").tree,
            "noise": 0.0, "decimals": 2,
        },
    },
}  # fmt: skip
DECLARED: dict[str, Any] = {
    "city": CITY, "climate": MONTHS, "mqtt_port": 0, "devices": {"well": WELL}, "people": [],
}  # fmt: skip


def thing(code: str = "DEMO-1", **fields: Any) -> Thing:
    """An invented well."""
    return Thing("well", code, (125.3, 43.9), {"depth_m": 4, **fields}, {})


def course(
    seed: int, faults: dict[str, float] | None = None, start: float = NOON, number: int = 60
) -> list[Said | None]:
    """What one machine says, a minute at a time."""
    declared = {**DECLARED, "devices": {"well": {**WELL, "faults": faults or {}}}}
    (machine,) = machines([thing()], declared, Plan(seed=seed))
    weather = Weather(CITY, MONTHS, seed)
    return [machine.says(start + 60 * n, weather.at(start + 60 * n)) for n in range(number)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2 * 3", 7), ("(1 + 2) * 3 - -1", 10), ("7 % 4", 3), ("depth / 0", None), ("unheard + 1", None),
        ("least(depth, 3)", 3), ("greatest(depth, 3, 9)", 9), ("abs(-depth)", 4), ("round(2.346, 2)", 2.35),
        ("round(2.6)", 3), ("floor(2.6)", 2), ("coalesce(unheard, depth)", 4),
        ("depth > 3 and word = 'wet'", True),
        ("unheard > 3 or depth >= 4", True), ("not depth <> 4", True), ("unheard is null", True),
        ("word + 1", None),
        ("case when depth < 3 then 1 when depth < 5 then 2 else 3 end", 2), ("bell(23, 1, 2)", math.exp(-1)),
        ("case when depth < 3 then 1 end", None), ("true", True), ("'a'", "a"),
        ("null", None), ("unheard and false", False),
    ],
)  # fmt: skip
def test_formulas_count_as_sql_does(text: str, value: Any) -> None:
    tree = orjson.loads(orjson.dumps(formula(text).tree))
    assert worked_out(tree)({"depth": 4, "word": "wet"}) == (
        pytest.approx(value) if isinstance(value, float) else value
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1 +", "SCN-240"), ("select 1", "SCN-240"), ("sleep(3)", "SCN-240"), ("(select 1)", "SCN-240"),
        ("max(depth)", "SCN-240"), ("dep + 1", "SCN-241"), ("1" * 501, "SCN-240"), ("(" * 400, "SCN-240"),
    ],
)  # fmt: skip
def test_a_formula_that_is_none_is_refused(text: str, code: str) -> None:
    with pytest.raises(ProblemError) as error:
        formula(text, {"depth"})
    assert error.value.problems[0].code == code


def test_a_tree_from_a_stranger_is_refused() -> None:
    with pytest.raises(ValueError, match="import"):
        worked_out(["import", "os"])


@given(st.integers(0, 2**31), st.floats(0, 2e9), st.lists(st.floats(0, 86_400 * 30), max_size=6))
@settings(max_examples=40, deadline=None)
def test_weather_is_the_same_whenever_it_is_asked(seed: int, start: float, others: list[float]) -> None:
    weather = Weather(CITY, MONTHS, seed)
    first = dict(weather.at(start))
    for other in others:
        weather.at(start + other)
    assert weather.at(start) == first == Weather(CITY, MONTHS, seed).at(start)
    assert set(first) == set(NAMES)
    assert -60 < first["temperature_c"] < 50
    assert first["rain_mm"] >= 0
    assert first["snow_mm"] >= 0
    assert 0 <= first["daylight"] <= 1
    assert 10 <= first["humidity_pct"] <= 100


def test_the_weather_keeps_to_its_climate() -> None:
    weather = Weather(CITY, MONTHS, 3)
    day = 86_400.0
    july = [weather.at(NOON + day * n + 3_600 * h) for n in range(31) for h in (0, 6, 12, 18)]
    january = [weather.at(NOON + day * (184 + n)) for n in range(31)]
    assert 18 < sum(one["temperature_c"] for one in july) / len(july) < 29
    assert -20 < sum(one["temperature_c"] for one in january) / len(january) < -5
    assert sum(one["rain_mm"] for one in july) > 0
    assert not any(one["rain_mm"] for one in january if one["temperature_c"] < 0)


def test_the_sun_rises_in_the_east() -> None:
    noon, night = datetime(2026, 6, 21, 4, tzinfo=UTC), datetime(2026, 6, 21, 16, tzinfo=UTC)
    assert (daylight(125, 44, noon), daylight(125, 44, night)) == (1.0, 0.0)
    assert daylight(125, 44, datetime(2026, 6, 20, 20, 30, tzinfo=UTC)) > daylight(
        125, 44, datetime(2026, 12, 20, 20, 30, tzinfo=UTC)
    )


@given(st.integers(0, 2**31), st.dictionaries(st.sampled_from(FAULTS), st.floats(60, 86_400)))
@settings(max_examples=40, deadline=None)
def test_the_same_seed_says_the_same(seed: int, faults: dict[str, float]) -> None:
    assert course(seed, faults) == course(seed, faults)


def test_another_seed_says_something_else() -> None:
    assert course(1) != course(2)


@given(st.integers(0, 2**31))
@settings(max_examples=20, deadline=None)
def test_a_sound_device_keeps_to_its_model(seed: int) -> None:
    said = course(seed)
    assert [one.seq for one in said if one] == list(range(1, 61))
    assert all(one is not None and 0 <= one.values["level_m"] <= 30 for one in said)
    assert [one.values["count"] for one in said if one] == list(range(1, 61))
    assert {type(one.values["lid_open"]) for one in said if one} == {bool}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_seen(fault: str) -> None:
    sound, faulty = course(5, number=600), course(5, {fault: 3_600.0}, number=600)
    seen: dict[str, Callable[[], bool]] = {
        "silent": lambda: any(one is None for one in faulty),
        "spike": lambda: any(one.values["level_m"] > 30 for one in faulty if one),
        "clock": lambda: any(abs(one.at % 60 - NOON % 60) > 1 for one in faulty if one),
        "stuck": lambda: any(
            a and b and a.values == b.values for a, b in pairwise(faulty)
        ),
        "drift": lambda: max(
            abs(a.values["level_m"] - b.values["level_m"])
            for a, b in zip(sound, faulty, strict=True) if a and b
        ) > 0.1,
    }  # fmt: skip
    assert seen[fault]()


def test_a_told_device_obeys() -> None:
    measures = tuple(Measured.of(name, one) for name, one in WELL["measures"].items())
    machine = Machine("SIM-1", 60, measures, {"depth_m": 4}, {}, 1)
    machine.obey({"zero_m": 9})
    said = machine.says(NOON, Weather(CITY, MONTHS, 1).at(NOON))
    assert said is not None
    assert 8.5 < said.values["level_m"] < 9.5


def test_only_invented_things_are_played() -> None:
    class Small(House):
        """A house with three things."""

        def things(self, kind: str) -> Any:
            codes = ("MH-1", "DEMO-2", "DEMO-1")
            place = {"type": "Point", "coordinates": [125.3, 43.9]}
            return iter(
                {"id": f"urn:ngsi-ld:{kind}:{code}", "type": kind, "location": place} for code in codes
            )

    found = invented(Small("", ""), DECLARED)
    assert [one.code for one in found["well"]] == ["DEMO-1", "DEMO-2"]
    chosen_things, new = choose(found, 5, DECLARED, 1)
    assert len({one.device for one in chosen_things}) == 5
    assert len(new) == 3
    assert choose(found, 5, DECLARED, 1) == (chosen_things, new)
    with pytest.raises(ProblemError) as error:
        choose({"well": []}, None, DECLARED, 1)
    assert error.value.problems[0].code == codes.NOTHING_TO_PLAY == "IOT-144"


def test_people_report_by_the_weather() -> None:
    told = [
        {
            "kind": "k",
            "near": "well",
            "per_day": formula("rain_mm * 144").tree,
            "texts": ["湿了"],
            "answers": {},
        }
    ]
    people = People(told, [thing()], Plan(seed=1))
    assert people.reports(NOON, {"rain_mm": 0.0}) == []
    (report,) = people.reports(NOON, {"rain_mm": 1.0})
    assert report[:2] == ("k", "湿了")
    assert report == people.reports(NOON, {"rain_mm": 1.0})[0]


def test_a_memory_that_is_broken_is_none(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "memory.json"
    memory = Memory.at(file)
    memory.tokens["SIM-1"] = "t"
    memory.keep()
    assert Memory.at(file).tokens == {"SIM-1": "t"}
    assert file.stat().st_mode & 0o077 == 0
    file.write_text("{")
    assert Memory.at(file).tokens == {}


def test_a_climate_has_twelve_months() -> None:
    lines = CLIMATE_FILE.read_text().splitlines()
    short = "\n".join(lines[:-1]).encode()
    assert [one.code for one in read_climate(short, CLIMATE)[1]] == ["IOT-140"]
    wrong = "\n".join([*lines[:-1], lines[-1].replace("2.6", "breezy")]).encode()
    assert [(one.code, one.where.line) for one in read_climate(wrong, CLIMATE)[1]] == [("TAB-106", 13)]


def test_a_house_that_is_not_there_is_said() -> None:
    with pytest.raises(ProblemError) as error:
        House("http://127.0.0.1:9", "key").declared()
    assert error.value.problems[0].code == codes.NO_HOUSE == "IOT-142"


@pytest.mark.django_db
def test_the_declarations_are_offered(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    access.load_roles(by=BY)
    packages.install(built_in(PackageKind.SCENE)["drainage"], by=BY)
    program = Program("simulator")
    answer = program.client.get("/api/devices/simulation", headers=program.headers)
    told = answer.json()
    assert answer.status_code == 200
    assert told["devices"]["manhole"]["measures"]["level_m"]["range"] == [0, 30]
    assert told["city"]["timezone"] == "Asia/Shanghai"
    assert told["people"][0]["kind"] == "drainage.overflow"
    assert program.client.get("/api/devices/simulation").status_code == 403
    (tmp_path / "city.yaml").write_text("city: bare\n")
    monkeypatch.setenv("BEICHEN_CITY", str(tmp_path))
    chosen.cache_clear()
    refused = program.client.get("/api/devices/simulation", headers=program.headers)
    assert (refused.status_code, refused.json()["code"]) == (404, "IOT-141")


@pytest.mark.django_db
def test_tokens_of_many_devices_are_all_or_none() -> None:
    ground.town()
    ground.well()
    for code in ("D-1", "D-2"):
        ground.device(code)
    tokens = service.issue_tokens(["D-1", "D-2"], by=BY)
    assert all(service.admits(code, token) for code, token in tokens.items())
    for wanted in (["D-1", "D-9"], ["D-9"]):
        with pytest.raises(ProblemError) as error:
            service.issue_tokens(wanted, by=BY)
        assert error.value.problems[0].code == "IOT-101"
    with pytest.raises(ProblemError):
        service.issue_tokens(["D-1"], by=ground.officer("steward"))
    assert Device.objects.get(code="D-1").credentials.count() == 1


def test_a_refusal_of_the_house_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    body = io.BytesIO(b'{"code": "ACC-403", "detail": "not yours"}')

    def refuse(*_arguments: Any, **_more: Any) -> Any:
        raise urllib.error.HTTPError("http://x", 403, "", Message(), body)

    monkeypatch.setattr("urllib.request.urlopen", refuse)
    with pytest.raises(ProblemError) as error:
        House("http://x", "key").tokens(["D-1"])
    (problem,) = error.value.problems
    assert problem.code == codes.REFUSED == "IOT-143"
    assert "answered 403: not yours" in problem.message
    assert "simulator" in problem.hint


def test_a_key_that_nobody_made_is_missed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BEICHEN_DATA_DIR", str(tmp_path))
    chosen.cache_clear()
    with pytest.raises(ProblemError) as error:
        kept_key()
    assert error.value.problems[0].code == "IOT-143"
    (tmp_path / KEY_FILE).write_text("secret\n")
    assert kept_key() == "secret"


class Near(House):
    """The house in this process: what a program asks of it, without a socket."""

    def ask(self, method: str, path: str, body: Any = None, **_more: Any) -> Any:
        """As the house answers; raises AssertionError for a refusal."""
        sent = {"Authorization": f"Bearer {self.key}", "Accept": "application/json"}
        from django.test import Client

        data = orjson.dumps(body) if body is not None else b""
        reply = Client().generic(method, path, data, content_type="application/json", headers=sent)
        assert reply.status_code < 400, reply.content
        return orjson.loads(reply.content) if reply.content else None


@pytest.mark.django_db(transaction=True)
@pytest.mark.engines
def test_a_played_city_is_in_the_tables(
    mqtt_server: NatsServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twelve minutes of three devices in two seconds, a command on the way, all acknowledged and kept."""
    monkeypatch.setenv("BEICHEN_DATA_DIR", str(tmp_path))
    chosen.cache_clear()
    ground.town()
    ground.well("DEMO-1")
    house = Near("", access.create_client("play", "Play", "simulator", by=BY))
    things, new = choose(invented(house, DECLARED), 3, DECLARED, 1)
    house.put([one.entity for one in new])
    memory = Memory.at(tmp_path / "memory.json")
    enrol(house, DECLARED, things, {one.device: 60.0 for one in things}, memory)
    memory.tokens["SIM-DEMO-1"] = "forgotten"  # as after a house that was set up anew
    plan = Plan(minutes=12, scale=360)
    play = Play(house, DECLARED, things, memory.tokens, plan)
    calibrate = service.send_command("SIM-DEMO-1", "calibrate", {"zero_m": 9.0}, by=BY)

    async def story() -> None:
        async with working():
            await play.run("127.0.0.1", mqtt_server.mqtt_port, asyncio.Event())
            await until(lambda: asked("SELECT count(*) FROM readings") == [(play.counts.readings,)])

    played(story)
    assert play.counts.acknowledged == play.counts.sent >= 3 + 3 * 11
    assert play.counts.held_back == 0
    rows = asked("SELECT device, count(*), bool_and(is_demo) FROM readings GROUP BY device ORDER BY device")
    assert [row[0] for row in rows] == sorted(one.device for one in things)
    assert all(row[1] >= 33 and row[2] for row in rows)
    assert all(Device.objects.values_list("is_demo", flat=True))
    assert service.admits("SIM-DEMO-1", memory.tokens["SIM-DEMO-1"])
    assert Command.objects.get(code=calibrate.code).state == "done"
