"""Histories: versions and what clients wrote as one timeline, in windows, parts and aggregates."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from beichen.kernel.actor import Actor, system
from beichen.problem import ProblemError
from beichen.registry import service
from beichen.registry.history import instance
from beichen.registry.history.aggregating import aggregate, periods, spread
from beichen.registry.history.asking import Aggregation, Period, parse_period, temporal_query
from beichen.registry.history.instance import Point, Timeline, Window
from beichen.registry.history.paging import clip
from beichen.registry.models import Object, ObjectVersion
from beichen.registry.tests.clients import Program

BY = system("test")
WELL = "urn:ngsi-ld:Well:1"
START = datetime(2026, 3, 1, tzinfo=UTC)
EVER = {"timerel": "after", "timeAt": "2000-01-01T00:00:00Z"}


def text(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def at(hour: float) -> str:
    """A time of the first of March."""
    return text(START + timedelta(hours=hour))


def reading(value: Any, hour: float, **more: Any) -> dict[str, Any]:
    return {"type": "Property", "value": value, "observedAt": at(hour), **more}


@pytest.fixture
def program(db: None) -> Program:
    """A data steward's program."""
    return Program()


def write(program: Program, **attributes: Any) -> Any:
    return program.send("POST", "temporal/entities", {"id": WELL, "type": "Well", **attributes})


def read(program: Program, urn: str = WELL, **parameters: Any) -> Any:
    response = program.get(f"temporal/entities/{urn}", **parameters)
    assert response.status_code == 200, response.content
    return response.json()


def test_versions_are_a_history(program: Program) -> None:
    program.create(WELL, "Well", depth=reading(4, 1), lid="iron")
    program.send("PATCH", f"entities/{WELL}/attrs", {"depth": reading(5, 2)})
    program.send("PATCH", f"entities/{WELL}/attrs", {"lid": "steel"})
    program.send("DELETE", f"entities/{WELL}/attrs/depth")
    found = read(program)
    assert [(one["value"], one["observedAt"]) for one in found["depth"]] == [(4, at(1)), (5, at(2))]
    assert [one["value"] for one in found["lid"]] == ["iron", "steel"]
    gone = read(program, timeproperty="deletedAt")["depth"]
    assert [one["value"] for one in gone] == ["urn:ngsi-ld:null"]
    assert gone[0]["deletedAt"]
    keys = [one["instanceId"] for one in found["depth"]]
    assert keys == [one["instanceId"] for one in read(program)["depth"]]
    assert len(set(keys)) == 2
    # A removed object keeps its history, and one that takes its id goes on with it.
    program.send("DELETE", f"entities/{WELL}")
    assert len(read(program)["depth"]) == 2
    program.create(WELL, "Well", depth=reading(6, 3))
    assert [one["value"] for one in read(program)["depth"]] == [4, 5, 6]


def test_windows_are_half_open_and_about_the_time_asked_for(program: Program) -> None:
    assert write(program, depth=[reading(n, n) for n in range(1, 6)]).status_code == 201
    between = {"timerel": "between", "timeAt": at(2), "endTimeAt": at(4)}
    assert [one["value"] for one in read(program, **between)["depth"]] == [2, 3]
    assert [one["value"] for one in read(program, timerel="before", timeAt=at(2))["depth"]] == [1]
    assert [one["value"] for one in read(program, timerel="after", timeAt=at(4))["depth"]] == [4, 5]
    assert [one["value"] for one in read(program, lastN=2)["depth"]] == [4, 5]
    assert "depth" not in read(program, timerel="before", timeAt=at(2), timeproperty="createdAt")
    values = read(program, options="temporalValues", lastN=1)["depth"]
    assert values == {"type": "Property", "values": [[5, at(5)]]}


def test_what_was_written_can_be_added_to_changed_and_removed(program: Program) -> None:
    assert write(program, depth=[reading(1, 1), reading(2, 2)]).status_code == 201
    assert write(program, depth=[reading(9, 2), reading(3, 3)]).status_code == 204
    assert [one["value"] for one in read(program)["depth"]] == [1, 9, 3]
    path = f"temporal/entities/{WELL}/attrs"
    assert program.send("POST", path, {"lid": [reading("iron", 1)]}).status_code == 204
    first = read(program)["depth"][0]["instanceId"]
    assert program.send("PATCH", f"{path}/depth/{first}", {"value": 7}).status_code == 204
    changed = read(program, options="sysAttrs")["depth"][0]
    assert (changed["value"], changed["instanceId"], changed["observedAt"]) == (7, first, at(1))
    assert changed["modifiedAt"] > changed["createdAt"]
    assert program.send("DELETE", f"{path}/depth/{first}").status_code == 204
    assert program.send("DELETE", f"{path}/depth/{first}").status_code == 404
    assert program.send("DELETE", f"{path}/lid").status_code == 204
    assert read(program).keys() == {"id", "type", "depth"}
    assert program.send("DELETE", f"temporal/entities/{WELL}").status_code == 204
    assert program.get(f"temporal/entities/{WELL}").status_code == 404
    assert program.send("DELETE", f"temporal/entities/{WELL}").status_code == 404


def test_the_history_of_an_object_can_be_corrected_without_touching_its_versions(program: Program) -> None:
    program.create(WELL, "Well", depth=reading(4, 1))
    program.send("PATCH", f"entities/{WELL}/attrs", {"depth": reading(5, 2)})
    path = f"temporal/entities/{WELL}/attrs/depth"
    first, second = (one["instanceId"] for one in read(program)["depth"])
    assert program.send("PATCH", f"{path}/{first}", {"value": 40}).status_code == 204
    assert program.send("DELETE", f"{path}/{second}").status_code == 204
    assert [(one["value"], one["instanceId"]) for one in read(program)["depth"]] == [(40, first)]
    assert write(program, depth=[reading(3, 0)]).status_code == 204
    assert [one["value"] for one in read(program)["depth"]] == [3, 40]
    assert program.send("DELETE", f"temporal/entities/{WELL}").status_code == 204
    assert program.get(f"temporal/entities/{WELL}").status_code == 404
    assert program.get(f"entities/{WELL}").json()["depth"]["value"] == 5
    assert ObjectVersion.objects.count() == 1
    program.send("PATCH", f"entities/{WELL}/attrs", {"depth": reading(6, 3)})
    assert [one["value"] for one in read(program)["depth"]] == [6]


def test_a_query_judges_by_what_lies_in_the_window(program: Program) -> None:
    for number, (inside, outside) in enumerate([(30, 1), (1, 30), (31, 31)]):
        urn = f"urn:ngsi-ld:Well:{number}"
        past = {"id": urn, "type": "Well", "depth": [reading(inside, 1), reading(outside, 9)]}
        assert program.send("POST", "temporal/entities", past).status_code == 201
    window = {"timerel": "between", "timeAt": at(0), "endTimeAt": at(5)}
    found = program.get("temporal/entities", type="Well", q="depth>25", count="true", **window)
    assert [item["id"][-1] for item in found.json()] == ["0", "2"]
    assert found["NGSILD-Results-Count"] == "2"
    second = program.get("temporal/entities", type="Well", q="depth>25", limit="1", offset="1", **window)
    assert [item["id"][-1] for item in second.json()] == ["2"]
    assert 'rel="prev"' in second["Link"]
    document = {"type": "Query", "entities": [{"type": "Well"}], "q": "depth<5", "temporalQ": window}
    posted = program.send("POST", "temporal/entityOperations/query", document)
    assert [item["id"][-1] for item in posted.json()] == ["1"]


def test_scopes_choose_by_when_they_were_valid(program: Program) -> None:
    scopes = [reading(["/old"], 1), reading(["/new"], 5)]
    assert write(program, scope=scopes, depth=[reading(n, n) for n in (2, 6)]).status_code == 201
    window = {"timerel": "between", "timeAt": at(0), "endTimeAt": at(9), "type": "Well"}
    old = program.get("temporal/entities", scopeQ="/old", **window).json()
    assert [one["value"] for one in old[0]["depth"]] == [2]
    new = program.get("temporal/entities", scopeQ="/new", **window).json()
    assert [one["value"] for one in new[0]["depth"]] == [6]
    assert program.get("temporal/entities", scopeQ="/other", **window).json() == []


def test_the_queries_for_a_page_do_not_grow_with_its_histories(program: Program) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert program.get("temporal/entities", type="Well", **EVER).status_code == 200
        return len(caught)

    for number in range(2):
        program.create(f"urn:ngsi-ld:Well:{number}", "Well", depth=reading(1, 1))
    few = queries()
    for number in range(2, 12):
        program.create(f"urn:ngsi-ld:Well:{number}", "Well", depth=reading(1, 1))
        program.send("PATCH", f"entities/urn:ngsi-ld:Well:{number}/attrs", {"depth": reading(2, 2)})
    assert queries() == few


def test_fields_above_the_readers_clearance_are_not_in_its_histories(program: Program) -> None:
    facts = service.TypeFacts("Person", fields={"phone": {"type": "string"}}, levels={"phone": 4})
    service.declare_types([facts], scene="test", by=BY)
    urn = "urn:ngsi-ld:Person:1"
    entity = {"id": urn, "type": "Person", "phone": reading("110", 1), "name": reading("张", 1)}
    assert program.send("POST", "entities", entity).status_code == 201
    assert read(program, urn).keys() == {"id", "type", "name"}
    assert program.get("temporal/entities", type="Person", q='phone=="110"', **EVER).json() == []
    Object.objects.update(level=4)
    assert program.get(f"temporal/entities/{urn}").status_code == 404
    past = {"depth": [reading(1, 1)]}
    assert program.send("POST", f"temporal/entities/{urn}/attrs", past).status_code == 404


def test_other_rooms_add_what_they_keep(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    class Readings:
        def read(self, timelines: dict[str, Timeline], window: Window, actor: Actor) -> None:
            for urn, timeline in timelines.items():
                document = {"type": "Property", "value": 7, "observedAt": at(4)}
                timeline.add(Point("level", f"urn:x:{urn}", document, START, START))

    monkeypatch.setattr(instance, "_providers", {})
    service.add_history_provider("readings", Readings())
    with pytest.raises(ValueError, match="readings"):
        service.add_history_provider("readings", Readings())
    program.create(WELL, "Well", depth=4)
    assert read(program)["level"][0]["value"] == 7
    found = program.get("temporal/entities", type="Well", q="level==7", **EVER).json()
    assert found[0]["level"][0]["observedAt"] == at(4)


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"timerel": "after"}, "timeAt"),
        ({"timeAt": at(1)}, "timerel"),
        ({"timerel": "near", "timeAt": at(1)}, "timerel"),
        ({"timerel": "between", "timeAt": at(1)}, "endTimeAt"),
        ({"timerel": "after", "timeAt": "yesterday"}, "timeAt"),
        ({"timeproperty": "whenever"}, "timeproperty"),
        ({"lastN": "0"}, "lastN"),
        ({"lastN": "-1"}, "lastN"),
        ({"options": "aggregatedValues"}, "aggrMethods"),
        ({"options": "aggregatedValues", "aggrMethods": "median"}, "aggrMethods"),
        (
            {"options": "aggregatedValues", "aggrMethods": "avg", "aggrPeriodDuration": "1h"},
            "aggrPeriodDuration",
        ),
        ({"pick": "near{depth}"}, "pick"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(
    program: Program, parameters: dict[str, str], field: str
) -> None:
    write(program, depth=[reading(1, 1)])
    problem = program.get(f"temporal/entities/{WELL}", **parameters)
    assert (problem.status_code, problem.json()["code"]) == (400, "REG-101")
    assert field in problem.content.decode()


@pytest.mark.parametrize(
    "body",
    [
        {"depth": [reading("urn:ngsi-ld:null", 1)], "expiresAt": "urn:ngsi-ld:null"},
        {"depth": [{"type": "Property", "value": 1, "observedAt": "2026-03-01T02:00:00+03:00"}]},
        {"depth": [7]},
        {"(": [reading(1, 1)]},
        {"scope": ["9lives"]},
        {"depth": [{"type": "Nothing", "value": 1}]},
    ],
)
def test_a_bad_history_is_refused_whole(program: Program, body: dict[str, Any]) -> None:
    response = write(program, lid=[reading("iron", 1)], **body)
    if body == {"depth": [7]}:
        assert response.status_code == 201  # a concise value
    else:
        assert response.status_code == 400
        assert program.get(f"temporal/entities/{WELL}").status_code == 404


# ── parts and aggregates ──────────────────────────────────────────────────────────────────────────


def timeline(hours: list[float]) -> Timeline:
    found = Timeline(WELL, ["Well"])
    for number, hour in enumerate(hours):
        found.add(Point("depth", f"urn:x:{number}", reading(number, hour), START, START))
    return found


@given(st.lists(st.integers(0, 40), min_size=1, max_size=60), st.integers(1, 20))
def test_the_parts_of_a_history_are_the_whole(hours: list[int], limit: int) -> None:
    every = sorted(hours)
    seen: set[str] = set()
    start = at(0)
    for _ in range(2 * len(hours) + 2):
        asked = temporal_query({"timerel": "after", "timeAt": start})
        line = timeline([hour for hour in every if at(hour) >= start])
        part = clip([line], asked, limit)
        seen |= {point.document["observedAt"] for point in line.points.get("depth", [])}
        if not part:
            break
        end = part.split(" ")[1].split("/")[0][len(start) + 1 :]
        # More at one time than an answer holds stay together.
        start = text(instance.moment_of(end) + timedelta(seconds=1)) if end == start else end
    assert seen == {at(hour) for hour in every}


@given(st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(0, 48)), min_size=1, max_size=50))
def test_aggregates_agree_with_their_definitions(readings: list[tuple[float, float]]) -> None:
    points = [Point("depth", f"urn:x:{n}", reading(v, h), START, START) for n, (v, h) in enumerate(readings)]
    methods = ("totalCount", "distinctCount", "sum", "avg", "min", "max", "stddev", "sumsq")
    aggregation = Aggregation(methods, Period())
    asked = temporal_query({}, None, aggregation)
    found = {
        name: rows[0][0]
        for name, rows in aggregate(asked, aggregation, points, spread(asked, points)).items()
    }
    values = [value for value, _ in readings]
    assert (found["totalCount"], found["min"], found["max"]) == (len(values), min(values), max(values))
    mean = math.fsum(values) / len(values)
    assert found["avg"] == pytest.approx(mean)
    assert found["stddev"] == pytest.approx(
        math.sqrt(math.fsum((v - mean) ** 2 for v in values) / len(values))
    )
    hourly = Aggregation(("totalCount",), parse_period("PT1H"))
    spans = spread(temporal_query({}, None, hourly), points)
    counted = aggregate(asked, hourly, points, spans)["totalCount"]
    assert sum(row[0] for row in counted) == len(values)


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        ("P1M", ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]),
        ("P1Y", ["2026-01-31", "2027-01-31", "2028-01-31", "2029-01-31"]),
        ("P1W", ["2026-01-31", "2026-02-07", "2026-02-14", "2026-02-21"]),
        ("P1DT12H", ["2026-01-31", "2026-02-01", "2026-02-03", "2026-02-04"]),
    ],
)
def test_periods_follow_the_calendar(period: str, expected: list[str]) -> None:
    start = datetime(2026, 1, 31, tzinfo=UTC)
    assert [str(parse_period(period).after(start, n).date()) for n in range(4)] == expected


def test_a_day_in_milliseconds_is_too_many_periods() -> None:
    with pytest.raises(ProblemError, match="periods"):
        periods(START, START + timedelta(days=1), parse_period("PT0.001S"))
    with pytest.raises(ProblemError, match="duration"):
        parse_period("P")
