"""Indicators in SQL: computed for every level, only where rows touched, and the same as from scratch."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from beichen.hubs.data import service
from beichen.hubs.data.computing.periods import Unit, stretches
from beichen.hubs.data.computing.recording import rounded
from beichen.hubs.data.models import BodyValue, Computation, ComputationRun, IndicatorValue
from beichen.hubs.data.tests.counting import (
    BY,
    CITY,
    COUNT,
    EAST,
    JOB,
    SHARE,
    STREET,
    WEST,
    at,
    define,
    put,
    run,
    town,
    values,
)
from beichen.kernel.access.service import visible
from beichen.kernel.actor import PUBLIC
from beichen.kernel.bus.models import OutboxEvent
from beichen.kernel.org.service import RegionFacts, load_regions
from beichen.platforms.warehouse import service as warehouse
from beichen.problem import ProblemError

__all__ = ["town"]

pytestmark = pytest.mark.usefixtures("town")


def test_a_row_counts_for_every_level_of_both_trees() -> None:
    define(share=SHARE)
    put(JOB, {**JOB, "code": "2", "region": WEST, "body": "bureau", "in_time": False})
    run()
    month = values("share", length="month", dimension="")
    assert month == {
        ("2025-03", CITY, "", "", "real"): 50.0,
        ("2025-03", EAST, "", "", "real"): 100.0,
        ("2025-03", STREET, "", "", "real"): 100.0,
        ("2025-03", WEST, "", "", "real"): 0.0,
    }
    assert values("share", length="day", dimension="body") == {
        ("2025-03-03", CITY, "body", "bureau", "real"): 50.0,
        ("2025-03-03", CITY, "body", "desk", "real"): 100.0,
    }
    assert ("2025-03", WEST, "event", "light", "real") in values("share", dimension="event")
    assert ("2025-03-03", WEST, "event", "light", "real") not in values("share", dimension="event")


def test_periods_are_the_days_of_the_city() -> None:
    """17:00 UTC is one o'clock of the next day here, which may be the next month and year."""
    define(share=SHARE)
    put({**JOB, "done_at": datetime(2024, 12, 31, 17, tzinfo=UTC)})
    run()
    periods = {period for period, region, *_ in values("share", dimension="") if region == CITY}
    assert periods == {"2025-01-01", "2025-W01", "2025-01", "2025"}


def test_what_lies_in_no_known_region_counts_for_the_city_alone() -> None:
    define(share=SHARE)
    put({**JOB, "region": "123456"}, {**JOB, "code": "2", "region": None, "event": None})
    run()
    assert {region for _, region, dimension, *_ in values("share") if not dimension} == {CITY}
    assert {member for *_, dimension, member, _kind in values("share", dimension="event")} == {"light"}


def test_demo_rows_make_demo_values_and_never_real_ones() -> None:
    define(share=SHARE)
    put(JOB, {**JOB, "code": "2", "is_demo": True, "in_time": False})
    run()
    found = values("share", length="year", dimension="", region__code=CITY)
    assert found == {("2025", CITY, "", "", "real"): 100.0, ("2025", CITY, "", "", "demo"): 0.0}


def test_everybody_sees_the_whole_alone_who_does_not_ask_for_parts() -> None:
    define(share=SHARE)
    put(JOB)
    run()
    assert {row.dimension for row in service.series("share")} == {""}
    assert {row.dimension for row in service.series_of(["share"], region=CITY)} == {""}
    assert IndicatorValue.everything.exclude(dimension="").exists()


def test_a_body_s_figures_are_internal() -> None:
    define(share=SHARE)
    put(JOB)
    run()
    public = visible(PUBLIC, service.READ, BodyValue.objects.filter(dimension="body"))
    assert not public.exists()
    assert set(BodyValue.objects.filter(dimension="body").values_list("body__key", "level")) == {
        ("desk", 2),
        ("bureau", 2),
    }
    assert visible(PUBLIC, service.READ, IndicatorValue.objects.all()).exists()


def test_only_what_rows_touched_is_computed_anew() -> None:
    define(share=SHARE)
    put(JOB, {**JOB, "code": "2", "done_at": at(9, month=5)})
    (first,) = run()
    assert first.is_whole
    (second,) = run()
    assert second.is_current
    assert ComputationRun.objects.count() == 1
    put({**JOB, "done_at": at(4)})  # from the third to the fourth of March
    (third,) = run()
    assert not third.is_whole
    days = {period for period, region, *_ in values("share", length="day", dimension="") if region == CITY}
    assert days == {"2025-03-04", "2025-05-09"}
    told = OutboxEvent.objects.filter(type="data.value.recorded").latest("id")
    event = orjson.loads(told.payload)["data"]
    assert event["indicators"] == ["share"]
    assert event["periods"] == ["2025-03-03", "2025-03-04"], "month and year are as they were"


def test_a_change_beside_the_rows_computes_everything() -> None:
    """Another SQL, another tree: no day was touched, and every value may be another."""
    define(share=SHARE)
    put(JOB)
    run()
    define(share=SHARE.replace("100.0 *", "50.0 *"))
    assert run()[0].is_whole
    assert values("share", length="year", dimension="")[("2025", CITY, "", "", "real")] == 50.0
    load_regions([RegionFacts(CITY, "虚城", "city"), RegionFacts(STREET, "东街", "street", CITY)], by=BY)
    assert run()[0].is_whole
    assert {region for _, region, *_ in values("share", dimension="")} == {CITY, STREET}


def test_a_value_of_a_person_s_file_stays() -> None:
    define(count=COUNT)
    put({"code": "1", "region": EAST, "day": date(2025, 3, 1)})
    given_by_hand = service.ValueFacts("count", EAST, "2025-03", Decimal(7), "件", "Office")
    service.record_values([given_by_hand], owner="file:1", by=BY)
    run()
    assert values("count") == {("2025-03", EAST, "", "", "real"): 7.0, ("2025-03", CITY, "", "", "real"): 1.0}


def test_one_that_fails_stops_no_other() -> None:
    broken = COUNT.replace("count(*)", "sum(cast(code as integer))")
    define(broken=broken, count=COUNT)
    put({"code": "A", "region": EAST, "day": date(2025, 3, 1)})
    failed, counted = run()
    assert (failed.key, [problem.code for problem in failed.problems]) == ("broken", ["WHS-204"])
    assert counted.written == 2
    assert Computation.objects.get(indicator__key="broken").problem["code"] == "WHS-204"
    run()
    assert ComputationRun.objects.filter(computation__indicator__key="broken").count() == 1, "said once"
    define(broken=COUNT.replace("count(*)", "max(code)"))
    assert [problem.code for problem in run()[0].problems] == ["DAT-206"]


def test_what_no_scene_computes_is_refused() -> None:
    facts = service.IndicatorFacts("people", "人口", "People", "neutral", "sum")
    service.define_indicators([facts], owner="city:x", by=BY)
    for key, code in (("people", "DAT-206"), ("poeple", "DAT-404")):
        with pytest.raises(ProblemError) as refused:
            run(key)
        assert refused.value.problems[0].code == code


def test_values_are_rounded_half_up() -> None:
    assert rounded(0.125, 2) == Decimal("0.13")
    assert rounded(-2.5, 0) == Decimal(-3)
    assert rounded(float("nan"), 2) is None


def test_days_become_whole_periods_that_join() -> None:
    days = [date(2025, 1, 31), date(2025, 2, 1), date(2025, 4, 30)]
    assert stretches(Unit.MONTH, days) == [
        (date(2025, 1, 1), date(2025, 2, 28)),
        (date(2025, 4, 1), date(2025, 4, 30)),
    ]
    assert stretches(Unit.YEAR, days) == [(date(2025, 1, 1), date(2025, 12, 31))]


moments = st.one_of(
    st.none(), st.integers(0, 60 * 48).map(lambda half: at(1, 0) + timedelta(minutes=30 * half))
)
rows = st.fixed_dictionaries(
    {
        "code": st.sampled_from("ABCD"),
        "region": st.sampled_from([STREET, EAST, WEST, "123456", None]),
        "body": st.sampled_from(["desk", "bureau", "gone", None]),
        "event": st.sampled_from(["light", "water", None]),
        "done_at": moments,
        "day": st.one_of(st.none(), st.dates(date(2024, 12, 30), date(2025, 1, 3))),
        "in_time": st.sampled_from([True, False, None]),
        "is_demo": st.sampled_from([True, False, None]),
    }
)


@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
@given(batches=st.lists(st.lists(rows, min_size=1, max_size=4), min_size=1, max_size=4))
def test_computing_step_by_step_is_computing_from_scratch(batches: list[list[dict[str, Any]]]) -> None:
    define(share=SHARE, count=COUNT)
    gone = [{"code": code} for code in "ABCD"]
    for batch in [gone, *batches]:
        put(*batch)
        run()
    step_by_step = (values("share"), values("count"))
    IndicatorValue.everything.all().delete()
    run(whole=True)
    assert (values("share"), values("count")) == step_by_step
    assert warehouse.table("jobs").rows == 4
