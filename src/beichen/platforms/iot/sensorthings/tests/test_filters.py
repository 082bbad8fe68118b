"""$filter: what it finds among entities and observations, and that no text makes the house stumble."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import DataError, transaction
from hypothesis import given
from hypothesis import strategies as st

from beichen.kernel.actor import system
from beichen.platforms.iot.sensorthings import filters, geometry, readings
from beichen.platforms.iot.sensorthings.conditions import Conditions
from beichen.platforms.iot.sensorthings.models import Datastream, Thing
from beichen.platforms.iot.sensorthings.schema import THINGS
from beichen.platforms.iot.sensorthings.tests import ground
from beichen.problem import ProblemError

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 7, 2, tzinfo=UTC)
EAST, WEST = "东井", "West's well"
AROUND = "geography'POLYGON ((125.2 43.8, 125.4 43.8, 125.4 44, 125.2 44, 125.2 43.8))'"


@pytest.fixture
def program(tables: Path) -> ground.Program:
    """A client in a town with wells."""
    ground.town()
    return ground.Program()


THINGS_FOUND = {
    "name eq '东井'": [EAST],
    "name ne '东井'": [WEST],
    "'东井' eq name": [EAST],
    "name eq 'West''s well' and not (id lt 0)": [WEST],
    "startswith(name, 'West') or endswith(name, '井')": [EAST, WEST],
    "endswith(name,'井')": [EAST],
    "contains(name, 'west')": [],
    "substringof('well', name)": [WEST],
    "tolower(name) eq 'west''s well'": [WEST],
    "toupper(trim(concat(name, ' '))) eq 'WEST''S WELL'": [WEST],
    "length(name) eq 2": [EAST],
    "length(name) mul 2 add 1 eq 5": [EAST],
    "indexof(name, 'well') gt 3": [WEST],
    "substring(name, 0, 4) eq 'West'": [WEST],
    "length(name) div 0 eq 1": [],
    "-length(name) lt -5": [WEST],
    "floor(length(name) div 4) eq 0": [EAST],
    "properties/code eq 'MH-1'": [EAST],
    "contains(properties/code, '-2')": [WEST],
    "properties/none eq 5": [],
    "Datastreams/name eq '东井 水位'": [EAST],
    "Datastreams/Sensor/name eq 'D-1'": [EAST],
    "Datastreams/ObservedProperty/definition ne null": [EAST, WEST],
    f"st_within(Locations/location, {AROUND})": [EAST],
    f"st_contains({AROUND}, Locations/location)": [EAST],
    f"not st_intersects(Locations/location, {AROUND})": [WEST],
    f"st_disjoint(Locations/location, {AROUND})": [WEST],
    f"st_relate(Locations/location, {AROUND}, 'T********')": [EAST],
    f"geo.intersects(Locations/location, {AROUND}) eq true": [EAST],
    "geo.distance(Locations/location, geography'POINT (125.31 43.9)') lt 0.1": [EAST],
    "geo.distance(Locations/location, geography'SRID=4326;POINT (125.31 43.9)') gt 0.1": [WEST],
    "geo.length(Locations/location) eq 0": [EAST, WEST],
    "HistoricalLocations/time lt now()": [EAST, WEST],
    "HistoricalLocations/time gt now() sub duration'P1D'": [EAST, WEST],
    "before(HistoricalLocations/time, 2001-01-01T00:00:00Z)": [],
    "after(HistoricalLocations/time, 2000-01-01T00:00:00Z/2001-01-01T00:00:00Z)": [EAST, WEST],
    "year(HistoricalLocations/time) ge 2024 and date(HistoricalLocations/time) gt 2024-01-01": [EAST, WEST],
    "true": [EAST, WEST],
    "false": [],
}
REFUSED = {
    "name": "STA-105",
    "name eq": "STA-104",
    "name eq 5": "STA-105",
    "nothing eq 5": "STA-105",
    "name eq '": "STA-104",
    "(name eq 'x'": "STA-104",
    "name eq 'x' or": "STA-104",
    "name xx 'x'": "STA-104",
    "unknown(name)": "STA-104",
    "length(name, name) eq 1": "STA-104",
    "location eq 5": "STA-105",
    "Datastreams/Observations/result gt 5": "STA-105",
    "Datastreams eq 5": "STA-105",
    "id eq 99999999999999999999": "STA-104",
    "year(name) eq 1": "STA-105",
    "geo.distance(name, geography'POINT (1 2)') lt 1": "STA-105",
    "st_within(Locations/location, geography'nonsense')": "STA-104",
    "name/inner eq 1": "STA-105",
    "st_within(Locations/location, geography'SRID=3857;POINT (1 2)')": "STA-104",
    "st_relate(Locations/location, geography'POINT (1 2)', 'x')": "STA-105",
    "name gt null": "STA-105",
    "HistoricalLocations/time gt duration'P1D'": "STA-105",
    "id add 1": "STA-105",
    "": "STA-104",
    "HistoricalLocations/time lt 2026-13-01T00:00:00Z": "STA-104",
    "now() add duration'P999999D' add duration'P999999D' add duration'P999999D' lt now()": "STA-104",
    "(" * 60 + "true" + ")" * 60: "STA-104",
    "not " * 90 + "true": "STA-104",
    "substring(name,-1) eq 'x'": "STA-105",
}


def test_what_is_found_among_entities(program: ground.Program) -> None:
    for text, expected in THINGS_FOUND.items():
        assert program.names("/Things", text, orderby="name desc") in (expected, expected[::-1]), text
    streams = program.get(
        "/Datastreams", filter="Thing/Locations/name eq '东井' and unitOfMeasurement/symbol eq 'm'"
    )
    assert len(streams["value"]) == 1
    inner = program.get("/Things", expand="Datastreams($filter=name eq '东井 水位';$select=name)")["value"]
    assert [len(one["Datastreams"]) for one in inner] == [1, 0]


def test_what_is_refused(program: ground.Program) -> None:
    for text, problem in REFUSED.items():
        response = program.send("GET", f"/Things?{urlencode({'$filter': text})}")
        assert response.json().get("problem") == problem, text
    response = program.send("GET", "/Things?$filter=name%20eq%205")
    assert response.json()["where"] == {"field": "$filter", "start": 5}


@pytest.mark.parametrize(
    "path", ["/Things?$orderby=name%20up", "/Things?$orderby=nothing", "/Observations?$orderby=x"]
)
def test_what_cannot_be_an_order_is_told_of_the_order(program: ground.Program, path: str) -> None:
    ground.measured(1)
    response = program.send("GET", path)
    assert (response.status_code, response.json()["where"]["field"]) == (400, "$orderby")


def test_what_is_found_among_observations(program: ground.Program) -> None:
    ground.measured(1, 2, 3, -4)
    ground.measured(5, measure="count")
    ground.measured(True, False, measure="lid_open")
    ground.measured("open", "it's shut", measure="state", code="MH-2")
    level = ground.stream()
    found: dict[str, list[Any]] = {
        "result gt 1 and result le 3": [2, 3],
        f"Datastream/id eq {level} and result lt 0": [-4],
        f"Datastream/@iot.id eq {level} and (result add 1) mul 2 eq 6": [2],
        "result mod 2 eq 1 and Datastream/name eq '东井 水位'": [1, 3],
        "result div 0 eq 1": [],
        "round(result div 2) eq 2": [3],
        "Datastream/Thing/name eq 'West''s well'": ["it's shut", "open"],
        "contains(result, 'sh')": ["it's shut"],
        "result eq 'it''s shut'": ["it's shut"],
        "length(toupper(result)) eq 4": ["open"],
        "substring(result, 0, 2) eq 'it' and indexof(result, 's') eq 3": ["it's shut"],
        "result eq true and Datastream/ObservedProperty/name eq 'lid_open'": [True],
        "Datastream/ObservedProperty/name eq 'count' or result eq 'open'": [5, "open"],
        "not (Datastream/Thing/name eq '东井') and result ne 'open'": ["it's shut"],
        f"phenomenonTime ge 2026-07-01T12:02:00Z and Datastream/id eq {level}": [3, -4],
        f"during(phenomenonTime, 2026-07-01T12:00:30Z/2026-07-01T12:02:30Z) and Datastream/id eq {level}": [
            2,
            3,
        ],
        f"before(phenomenonTime, 2026-07-01T20:01:00+08:00) and Datastream/id eq {level}": [1],
        "hour(phenomenonTime) eq 12 and minute(phenomenonTime) eq 3": [-4],
        "date(phenomenonTime) eq 2026-07-01 and time(phenomenonTime) gt 12:02:00": [-4],
        f"st_within(FeatureOfInterest/feature, {AROUND}) and result gt 4": [5],
        "result eq null": [],
        "phenomenonTime gt now()": [],
        "resultTime gt now()": [],
        "parameters/x eq 5": [],
        f"resultTime eq null and Datastream/id eq {level} and result gt 2": [3],
    }
    for text, expected in found.items():
        rows = program.get("/Observations", filter=text, orderby="result asc")["value"]
        assert sorted((one["result"] for one in rows), key=repr) == sorted(
            (float(one) if type(one) is int else one for one in expected), key=repr
        ), text
    one = program.get(f"/Datastreams({level})/Observations", top=1)["value"][0]["@iot.id"]
    assert len(program.get("/Observations", filter=f"id eq '{one}'")["value"]) == 1
    for text in (
        "resultTime gt phenomenonTime",
        "parameters/x eq result",
        "parameters eq 5",
        "resultTime gt 5",
        "phenomenonTime/x gt now()",
        "during(phenomenonTime, result)",
        "result eq geography'POINT (1 2)'",
        "id gt 5",
        "result",
        "phenomenonTime eq 5",
        "Datastream/name eq result",
        "result gt phenomenonTime",
        "id eq 'x'",
    ):
        assert program.refused("/Observations", filter=text) == "STA-105", text


WORDS = [
    "name",
    "id",
    "properties/a",
    "Datastreams/name",
    "Locations/location",
    "Datastream/name",
    "result",
    "phenomenonTime",
    "eq",
    "ne",
    "lt",
    "and",
    "or",
    "not",
    "add",
    "div",
    "mod",
    "(",
    ")",
    ",",
    "-",
    "/",
    "5",
    "0",
    "1e300",
    "0.5",
    "'x'",
    "'",
    "null",
    "true",
    "now()",
    "2026-07-01T00:00:00Z",
    "2026-07-01",
    "12:00:00",
    "duration'P1D'",
    "geography'POINT (1 2)'",
    "length(",
    "contains(",
    "year(",
    "substring(",
    "st_within(",
    "geo.distance(",
    "before(",
    "round(",
    "concat(",
    "\N{SNOWMAN}",
    "$it",
    "@iot.id",
]
TEXTS = st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join) | st.text(max_size=30)


@given(TEXTS)
def test_any_text_is_read_or_refused(text: str) -> None:
    """What is understood is compiled and answered by the database; nothing else but a refusal comes out."""
    try:
        tree = filters.parsed(text, now=NOW)
        with transaction.atomic():
            list(Conditions(THINGS, system("test")).applied(Thing.objects.all(), tree)[:1])
    except (ProblemError, DataError):
        return


@given(TEXTS)
def test_any_text_over_readings_is_read_or_refused(text: str) -> None:
    try:
        tree = filters.parsed(text, now=NOW)
        of_series, of_reading = readings.parted(tree)
        rows = readings.narrowed(Datastream.objects.all(), of_series, system("test"))
        compiler = readings.Readings(rows, system("test"))
        for node in of_reading:
            assert compiler.condition(node).sql(dialect="duckdb")
    except ProblemError:
        return


def test_a_question_that_reaches_too_far_is_refused(
    program: ground.Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readings, "MOST_STREAMS", 7)
    assert program.refused("/Observations") == "STA-106"
    assert program.get("/Observations", filter="Datastream/Thing/name eq '东井'") == {"value": []}
    monkeypatch.setattr(geometry, "MOST_SHAPES", 1)
    place = "st_disjoint(Locations/location, geography'POINT (0 0)')"
    assert program.refused("/Things", filter=place) == "STA-106"
