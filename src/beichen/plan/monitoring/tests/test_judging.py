"""Statuses kept with their history, warnings, forecasts: what follows when a value changes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from click.testing import CliRunner
from django_tasks_db.models import DBTaskResult

from beichen.kernel.bus.event import Event
from beichen.kernel.bus.models import OutboxEvent
from beichen.kernel.bus.subscribers import registered_subscribers
from beichen.plan.models import Plan
from beichen.plan.monitoring import forecasting
from beichen.plan.monitoring.commands import values
from beichen.plan.monitoring.extrapolation import extrapolate
from beichen.plan.monitoring.jobs import follow_all
from beichen.plan.monitoring.models import EarlyWarning, Forecast, StatusRecord
from beichen.plan.monitoring.service import (
    follow,
    forecasts,
    history,
    make_forecasts,
    plans_measured_by,
    recompute,
    warnings,
)
from beichen.plan.monitoring.tests.ground import BY, build_plan, greenways, sheet
from beichen.problem import ProblemError

pytestmark = pytest.mark.django_db
THEN, NOW = datetime(2023, 3, 1, tzinfo=UTC), datetime(2024, 3, 1, tzinfo=UTC)


@pytest.fixture
def plan() -> Plan:
    return build_plan()


def told(kind: str) -> list[str]:
    return [row.payload for row in OutboxEvent.objects.filter(type=kind).order_by("id")]


def test_a_turn_is_kept_with_its_day_and_told_once(plan: Plan) -> None:
    greenways(y2021=48)
    recompute(plan, by=BY, cause="data.value.recorded", now=THEN)
    greenways(y2022=49)
    changes = recompute(plan, by=BY, cause="data.value.recorded", now=NOW)
    assert changes.changed == ["1"]
    assert recompute(plan, by=BY).counts()["unchanged"] == 2, "the same again writes nothing"
    rows = history(plan, "i1")
    assert [(row.status, row.since, row.until) for row in rows] == [
        ("behind", NOW, None),
        ("on-course", THEN, NOW),
    ]
    assert rows[0].year == 2022
    (event,) = told("plan.status.changed")
    assert '"old":"on-course"' in event
    assert '"new":"behind"' in event


def test_a_path_out_of_reach_is_warned_about_and_the_warning_ends(plan: Plan) -> None:
    greenways(y2021=44, y2022=46)
    recompute(plan, by=BY, now=THEN)
    (row,) = warnings(plan)
    assert (row.kind, row.year, row.years_left) == ("growth", 2022, 3)
    assert row.needed == pytest.approx(((80 / 46) ** (1 / 3) - 1) * 100)
    assert row.best == pytest.approx(10)
    (event,) = told("plan.indicator.warned")
    assert '"until":2025' in event
    greenways(y2023=70)
    recompute(plan, by=BY, now=NOW)
    assert warnings(plan) == []
    assert EarlyWarning.objects.get().until == NOW


def test_recomputing_takes_a_fixed_number_of_queries(plan: Plan, django_assert_max_num_queries: Any) -> None:
    greenways(y2021=44)
    with django_assert_max_num_queries(16):
        recompute(plan, by=BY)
    with django_assert_max_num_queries(8):
        recompute(plan, by=BY)


def test_only_plans_that_an_indicator_measures_follow_it(plan: Plan) -> None:
    assert plans_measured_by(["greenways"]) == [plan]
    assert plans_measured_by(["plan--star--2"]) == [plan]
    assert plans_measured_by(["grain"]) == []


def event(kind: str, data: Any) -> Event:
    return Event(id="1", source="test", type=kind, subject="star", time=NOW, data=data)


@pytest.mark.parametrize(
    ("name", "kind", "data"),
    [
        ("plan.monitoring.values", "data.value.recorded", {"indicators": ["greenways"]}),
        ("plan.monitoring.facts", "plan.measure.loaded", {"plan": "star"}),
        ("plan.monitoring.facts", "plan.fact.corrected", {"plan": "star"}),
        ("plan.monitoring.facts", "plan.facts.imported", {"plan": "star"}),
    ],
)
def test_events_have_the_plan_judged(plan: Plan, name: str, kind: str, data: Any) -> None:
    listener = registered_subscribers()[name]
    assert listener.wants(kind)
    listener.handle(event(kind, data))
    assert StatusRecord.objects.filter(cause=kind).count() == 2


def test_a_job_is_asked_for_forecasts_only_when_values_changed(
    plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        forecasting, "extrapolate", lambda asked: [[{"value": 1.0, "low": 0.0, "high": 2.0}]] * 9
    )
    follow(plan, "test", by=BY)
    assert DBTaskResult.objects.count() == 1
    assert make_forecasts(plan, by=BY, now=NOW) == 2
    follow(plan, "test", by=BY)
    assert DBTaskResult.objects.count() == 1
    greenways(y2021=44)
    follow(plan, "test", by=BY)
    assert DBTaskResult.objects.count() == 2


def test_the_night_follows_every_plan(plan: Plan) -> None:
    follow_all.func()
    assert StatusRecord.objects.count() == 2


SERIES = [60.0, 70.0, 82.0, 88.0, 97.0, 98.0, 97.0, 99.0, 98.0, 99.0]
SHARES: dict[str, object] = {"values": SERIES, "horizon": 2, "level": 80, "lower": 0.0, "upper": 100.0}
COURSE: dict[str, object] = {
    "values": [40.0, 48.0, 55.0, 64.0],
    "horizon": 2,
    "model": "drift",
    "level": 80,
    "lower": None,
    "upper": None,
}


@pytest.fixture(scope="module")
def computed() -> list[list[dict[str, float]]]:
    """What the library says of four series: its process is started once."""
    return extrapolate([COURSE, *({**SHARES, "model": one} for one in ("drift", "mean", "smoothing"))])


def test_each_model_answers_and_shares_keep_their_bounds(computed: list[list[dict[str, float]]]) -> None:
    assert [len(one) for one in computed] == [2, 2, 2, 2]
    assert all(0 <= row["low"] <= row["value"] <= row["high"] <= 100 for one in computed[1:] for row in one)
    assert extrapolate([]) == []


def test_forecasts_are_kept_until_their_values_change(
    plan: Plan, computed: list[list[dict[str, float]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    def answer(wanted: Any) -> list[list[dict[str, float]]]:
        asked.append(wanted)
        return computed[:1]

    monkeypatch.setattr(forecasting, "extrapolate", answer)
    greenways(y2021=48, y2022=55, y2023=64)
    assert make_forecasts(plan, by=BY) == 2
    assert asked == [[COURSE]]
    kept = forecasts(plan)
    row, none = kept[1, ""], kept[2, ""]
    assert (none.why_none, none.values) == ("no-values", [])
    assert (row.model, [one["year"] for one in row.values]) == ("drift", [2024, 2025])
    last = row.values[-1]
    assert last["value"] == pytest.approx(64 + 2 * 8)
    assert last["low"] < last["value"] < last["high"]
    assert make_forecasts(plan, by=BY) == 0, "nothing changed"
    assert Forecast.objects.count() == 2


def test_the_command_shows_applies_and_refuses(plan: Plan, tmp_path: Any) -> None:
    file = tmp_path / "values.xlsx"
    file.write_bytes(sheet(("绿道长度", "", 2022, 56, "公里", "年鉴")))
    shown = CliRunner().invoke(values, [str(file), "--dry-run"], catch_exceptions=False)
    assert "绿道 2022 56 公里  new" in shown.output
    assert "added" not in shown.output
    done = CliRunner().invoke(values, [str(file)], catch_exceptions=False)
    assert "1 added" in done.output
    file.write_bytes(sheet(("绿道长度", "", 2022, 57, "公里", "公报")))
    with pytest.raises(ProblemError, match="PLN-508"):
        CliRunner().invoke(values, [str(file)], catch_exceptions=False)
    decided = [str(file), "--prefer", "file", "--reason", "终审", "--json"]
    assert '"changed": 1' in CliRunner().invoke(values, decided, catch_exceptions=False).output
    file.write_bytes(sheet(("绿道长度", "", 2022, "x", "公里", "公报")))
    with pytest.raises(ProblemError, match="PLN-504"):
        CliRunner().invoke(values, [str(file)], catch_exceptions=False)
