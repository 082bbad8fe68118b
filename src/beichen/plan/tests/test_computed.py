"""A line of the plan that names an indicator of a scene stands by what is computed from the city's tables."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from beichen.hubs.data.tests.counting import BY, CITY, EAST, define, put, run, town
from beichen.kernel.org.service import region_by_code
from beichen.plan.models import Plan
from beichen.plan.service import MeasureFacts, import_facts, load_measures, standings
from beichen.plan.tests.facts import plan_facts

__all__ = ["town"]
SUM = """-- zh: 建成绿道  en: Greenways  unit: 公里  better: higher  every: month, year  by: region, body
select region, body, date_trunc('year', done_at) as period, 1.0 * count(*) as value from jobs group by all
"""


@pytest.mark.usefixtures("town")
def test_a_line_stands_by_the_city_s_computed_years() -> None:
    import_facts(plan_facts(), "star", by=BY, region=region_by_code(CITY))
    plan = Plan.objects.get()
    define(greenways=SUM)
    load_measures(plan, [MeasureFacts(1, "绿道长度", "higher", "greenways")], by=BY)
    moment = datetime(2022, 3, 1, tzinfo=UTC)
    put(*({"code": f"{number}", "region": EAST, "body": "desk", "done_at": moment} for number in range(56)))
    run()
    (line, _other) = standings(plan)
    assert [(point.year, point.value) for point in line.points] == [(2022, 56.0)], (
        "no month, no body, no part"
    )
    assert line.is_indicative, "computed values are marked"
