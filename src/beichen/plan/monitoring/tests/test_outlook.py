"""What lies ahead by the values of a year: nothing later is used, what is kept is taken, failure is said."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence

import pytest

from beichen.plan.models import Plan
from beichen.plan.monitoring import outlook
from beichen.plan.monitoring.outlook import Outlook, outlooks
from beichen.plan.monitoring.service import make_forecasts, why_no_forecast
from beichen.plan.monitoring.tests.ground import BY, build_plan, greenways
from beichen.plan.service import standings

Asked = Sequence[dict[str, object]]


@pytest.fixture
def plan(db: None) -> Plan:
    plan = build_plan()
    greenways(y2021=44, y2022=47, y2023=52, y2024=75)
    return plan


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What the forecasting process is asked for; it answers with the last value between its neighbours."""
    outlook._extrapolated.cache_clear()
    told: list[object] = []

    def answer(series: Asked) -> list[list[dict[str, float]]]:
        told.extend(one["values"] for one in series)
        found = []
        for one in series:
            values, horizon = one["values"], one["horizon"]
            assert isinstance(values, list)
            assert isinstance(horizon, int)
            last = values[-1]
            found.append([{"value": last, "low": last - 1, "high": last + 1}] * horizon)
        return found

    monkeypatch.setattr(outlook, "extrapolate", answer)
    return told


def first(plan: Plan, until: int) -> Outlook:
    return outlooks(plan, standings(plan, until=until))[0]


def test_a_year_knows_no_later_value(plan: Plan, asked: list[object]) -> None:
    found = first(plan, 2023)
    assert asked == [[40.0, 44.0, 47.0, 52.0]]
    assert [one.year for one in found.ahead] == [2024, 2025]
    assert found.pace is not None
    assert (found.pace.year, found.pace.years_left) == (2023, 2)
    assert found.is_warned
    assert found.pace.needed == pytest.approx(((80 / 52) ** 0.5 - 1) * 100)
    later = first(plan, 2024)
    assert asked[-1] == [40.0, 44.0, 47.0, 52.0, 75.0]
    assert not later.is_warned, "the year 2024 brought more than 2025 must"


def test_the_same_values_are_computed_once(plan: Plan, asked: list[object]) -> None:
    assert first(plan, 2023) == first(plan, 2023)
    assert len(asked) == 1


def test_a_kept_forecast_is_taken_only_for_its_own_values(plan: Plan, asked: list[object]) -> None:
    make_forecasts(plan, by=BY)
    kept = first(plan, 2024)
    assert asked == [], "the kept one stands on the same values"
    assert kept.end is not None
    assert kept.end.year == 2025
    assert kept.end.low < kept.end.value < kept.end.high
    assert first(plan, 2023).end is not None
    assert len(asked) == 1


def test_too_few_years_and_no_values_give_no_forecast(plan: Plan, asked: list[object]) -> None:
    rows = outlooks(plan, standings(plan, until=2022))
    assert [(row.why_none, row.count, row.end) for row in rows] == [
        ("too-few", 3, None),
        ("no-values", 0, None),
    ]
    assert asked == []


def test_a_process_that_fails_is_said_and_asked_again(
    plan: Plan, asked: list[object], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with monkeypatch.context() as broken:

        def fail(_series: Asked) -> list[list[dict[str, float]]]:
            raise subprocess.TimeoutExpired("extrapolation", 300)

        broken.setattr(outlook, "extrapolate", fail)
        found = first(plan, 2023)
    assert (found.why_none, found.ahead) == ("failed", ())
    assert why_no_forecast(found.why_none, found.count)
    assert "forecasts for a report failed" in caplog.text
    assert first(plan, 2023).end is not None
