"""Indicators and values: stated once, compared, never mixed up, each with its source."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from beichen.hubs.data import service
from beichen.hubs.data.models import Indicator, IndicatorValue
from beichen.kernel.access.service import load_roles
from beichen.kernel.actor import system
from beichen.kernel.bus.models import OutboxEvent
from beichen.kernel.org.service import RegionFacts, load_regions
from beichen.problem import ProblemError, Where

pytestmark = pytest.mark.django_db

BY = system("tests")
OWNER = "city:invented"
PEOPLE = service.IndicatorFacts("people", "人口", "People", "neutral", "sum", unit="万人")
GROWTH = service.IndicatorFacts("growth", "增速", "Growth", "higher", "none", unit="%")
VALUE = service.ValueFacts("people", "990100", "2020", Decimal("12.5"), "万人", "Census", quote="12.5万人")


@pytest.fixture(autouse=True)
def ground() -> None:
    load_roles(by=BY)
    regions = [RegionFacts("990100", "虚城", "city"), RegionFacts("990102", "东区", "county", "990100")]
    load_regions(regions, by=BY)
    service.define_indicators([PEOPLE, GROWTH], owner=OWNER, by=BY)


def codes(error: ProblemError) -> list[str]:
    return [problem.code for problem in error.problems]


def test_defining_again_changes_nothing() -> None:
    changes = service.define_indicators([PEOPLE, GROWTH], owner=OWNER, by=BY)
    assert (bool(changes), changes.unchanged) == (False, 2)


def test_a_definition_changes_and_a_vanished_one_is_kept() -> None:
    changes = service.define_indicators([replace(PEOPLE, definition="年末")], owner=OWNER, by=BY)
    assert (changes.changed, changes.removed) == (["people"], ["growth"])
    assert service.indicators().count() == 1
    assert Indicator.objects.count() == 2


def test_all_mistakes_of_definitions_come_at_once() -> None:
    wrong = [
        replace(PEOPLE, direction="hihger", where=Where(file="indicators.csv", line=2)),
        replace(PEOPLE, aggregation="total"),
    ]
    with pytest.raises(ProblemError) as refused:
        service.define_indicators(wrong, owner="city:other", by=BY)
    assert codes(refused.value) == ["DAT-104", "DAT-106", "DAT-104", "DAT-105", "DAT-106"]
    first = "indicators.csv:2: error: DAT-104 direction is 'hihger' (did you mean 'higher'?)"
    assert str(refused.value.problems[0]) == first


def test_values_are_kept_in_the_unit_of_their_indicator() -> None:
    east = replace(VALUE, region="990102", value=Decimal(41234), unit="人")
    changes = service.record_values([VALUE, east], owner=OWNER, by=BY)
    assert changes.added == ["people 990100 2020", "people 990102 2020"]
    assert [row.value for row in service.series("people")] == [Decimal("12.5"), Decimal("4.1234")]


def test_recording_again_writes_nothing(django_assert_max_num_queries: Any) -> None:
    many = [replace(VALUE, period=str(year)) for year in range(1950, 2020)]
    service.record_values(many, owner=OWNER, by=BY)
    with django_assert_max_num_queries(10):
        changes = service.record_values(many, owner=OWNER, by=BY)
    assert (bool(changes), changes.unchanged) == (False, 70)


def test_a_corrected_value_is_a_change_in_place() -> None:
    service.record_values([VALUE], owner=OWNER, by=BY)
    changes = service.record_values([replace(VALUE, value=Decimal("12.6"))], owner=OWNER, by=BY)
    assert changes.changed == ["people 990100 2020"]
    assert IndicatorValue.objects.get().value == Decimal("12.6")


def test_a_whole_load_removes_what_its_owner_no_longer_states() -> None:
    service.record_values([VALUE, replace(VALUE, period="2021")], owner=OWNER, by=BY)
    service.record_values([replace(VALUE, period="2022")], owner="feed", by=BY)
    changes = service.record_values([VALUE], owner=OWNER, by=BY, whole=True)
    assert changes.removed == ["people 990100 2021"]
    assert [row.period for row in service.series("people")] == ["2020", "2022"]


def test_a_demo_value_never_replaces_a_real_one() -> None:
    service.record_values([VALUE], owner=OWNER, by=BY)
    service.record_values([replace(VALUE, kind="demo", value=Decimal(99))], owner="demo", by=BY)
    assert [row.value for row in service.series("people", kind="real")] == [Decimal("12.5")]
    assert service.series("people").count() == 2


def test_all_mistakes_of_values_come_at_once_and_nothing_is_written() -> None:
    wrong = [
        VALUE,
        replace(VALUE, indicator="pple"),
        replace(VALUE, region="990199"),
        replace(VALUE, period="2001", source_title=""),
        replace(VALUE, period="20-20"),
        replace(VALUE, period="2002", unit="%"),
        replace(VALUE, period="2003", confidence="sure"),
        VALUE,
    ]
    placed = [replace(item, where=Where(file="s.csv", line=n)) for n, item in enumerate(wrong, 2)]
    with pytest.raises(ProblemError) as refused:
        service.record_values(placed, owner=OWNER, by=BY)
    found = [(problem.code, problem.where.line) for problem in refused.value.problems]
    assert found == [
        ("DAT-404", 3), ("DAT-103", 4), ("DAT-107", 5), ("DAT-101", 6), ("DAT-102", 7), ("DAT-104", 8),
        ("DAT-105", 9),
    ]  # fmt: skip
    assert refused.value.problems[0].hint == "did you mean 'people'?"
    assert not IndicatorValue.objects.exists()


def test_the_list_pages_by_key(client: Client) -> None:
    first = client.get("/api/indicators?limit=1").json()
    assert [row["key"] for row in first["indicators"]] == ["growth"]
    second = client.get(f"/api/indicators?limit=1&after={first['next']}").json()
    assert [row["key"] for row in second["indicators"]] == ["people"]
    assert second["next"] is None


def test_an_indicator_is_read_with_its_series_and_sources(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    values = [replace(VALUE, period="2021"), VALUE, replace(VALUE, region="990102")]
    service.record_values(values, owner=OWNER, by=BY)
    with django_assert_max_num_queries(5):
        answer = client.get("/api/indicators/people?region=990100").json()
    assert [(row["period"], row["value"]) for row in answer["values"]] == [("2020", 12.5), ("2021", 12.5)]
    assert answer["values"][0]["source"] == {"title": "Census", "url": "", "quote": "12.5万人"}
    assert answer["unit"] == "万人"


def test_an_unknown_indicator_is_404_with_the_nearest(client: Client) -> None:
    answer = client.get("/api/indicators/grow")
    assert answer.status_code == 404
    assert answer.json()["hint"] == "did you mean 'growth'?"


def test_a_yearly_target_stands_beside_the_values_and_never_among_them(client: Client) -> None:
    service.record_values([VALUE], owner=OWNER, by=BY)
    aim = replace(VALUE, value=Decimal(13), relation="at-least")
    assert service.record_targets([aim], owner=OWNER, by=BY).added == ["people 990100 2020"]
    assert service.record_targets([aim], owner=OWNER, by=BY).unchanged == 1
    answer = client.get("/api/indicators/people").json()
    assert [row["value"] for row in answer["values"]] == [12.5]
    assert [(row["value"], row["relation"]) for row in answer["annual_targets"]] == [(13.0, "at-least")]
    assert service.record_targets([], owner=OWNER, by=BY, whole=True).removed == ["people 990100 2020"]
    assert service.series("people").count() == 1


@pytest.mark.parametrize("query", ["after=%00", "limit=0", "limit=501", "after=A"])
def test_a_list_that_cannot_be_is_refused(client: Client, query: str) -> None:
    answer = client.get(f"/api/indicators?{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, "API-422")


@pytest.mark.parametrize("query", ["region=%00", "region=99", "kind=false"])
def test_a_series_that_cannot_be_is_refused(client: Client, query: str) -> None:
    answer = client.get(f"/api/indicators/people?{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, "API-422")


def test_a_key_that_cannot_be_is_nowhere(client: Client) -> None:
    assert client.get("/api/indicators/%00").status_code == 404
    assert client.get("/api/geo/layers/%00").status_code == 404


def test_recording_tells_which_indicators_changed() -> None:
    service.record_values([VALUE], owner=OWNER, by=BY)
    service.record_values([VALUE], owner=OWNER, by=BY)
    told = OutboxEvent.objects.filter(type="data.value.recorded")
    assert len(told) == 1, "the same again tells nothing"
    assert '"indicators":["people"]' in told[0].payload


def test_a_package_leaves_what_a_person_brought_by_file() -> None:
    service.record_values([replace(VALUE, value=Decimal(13))], owner="file:1", by=BY)
    changes = service.record_values([VALUE], owner=OWNER, by=BY, whole=True)
    assert (bool(changes), changes.unchanged) == (False, 1)
    assert IndicatorValue.objects.get().value == 13
