"""Computed indicators as people and programs read them: pages, the API, the terminal, the schedule."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import orjson
import pytest
from click.testing import CliRunner
from django.test import Client

from beichen.hubs.data import service
from beichen.hubs.data.commands import indicators
from beichen.hubs.data.computing import codes
from beichen.hubs.data.jobs import compute_indicators
from beichen.hubs.data.models import AnnualTarget, Indicator, IndicatorValue
from beichen.hubs.data.tests.counting import BY, CITY, COUNT, EAST, JOB, SHARE, at, define, put, run, town
from beichen.kernel.access.models import Account
from beichen.kernel.access.service import create_client, save_role
from beichen.kernel.levels import Level
from beichen.kernel.org.models import Body
from beichen.kernel.org.service import appoint, region_by_code, register_person
from beichen.platforms.warehouse import service as warehouse
from beichen.platforms.warehouse.service import Column, ColumnType, TableFacts
from beichen.problem import ProblemError

__all__ = ["town"]
pytestmark = pytest.mark.usefixtures("town")


@pytest.fixture
def computed(town: None) -> None:
    """A share of three months with a demo row."""
    define(share=SHARE, count=COUNT)
    put(
        JOB,
        {**JOB, "code": "2", "done_at": at(3, month=4), "in_time": False},
        {**JOB, "code": "3", "done_at": at(9, month=5)},
        {**JOB, "code": "4", "done_at": at(9, month=5), "is_demo": True, "in_time": False},
    )
    run()


@pytest.fixture
def official(client: Client) -> dict[str, str]:
    """The headers of somebody who may see what is internal."""
    save_role("official", "干部", ["data.read"], Level.L2, by=BY)
    return {"Authorization": f"Bearer {create_client('official', 'Official', 'official', by=BY)}"}


@pytest.mark.usefixtures("computed")
def test_the_list_shows_the_newest_month_and_exports(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(12):
        page = client.get("/indicators").content.decode()
    assert "/indicators/share" in page
    assert "2025-05" in page
    assert "达标" in page
    narrowed = client.get("/indicators?q=办件").content.decode()
    assert "/indicators/share" not in narrowed
    rows = b"".join(client.get("/indicators?format=csv&owner=scene:jobs").streaming_content).decode()  # type: ignore[attr-defined]
    assert "share" in rows
    assert client.get("/indicators?format=xlsx").status_code == 200


@pytest.mark.usefixtures("computed")
def test_a_page_shows_course_parts_and_lineage(client: Client) -> None:
    page = client.get("/indicators/share").content.decode()
    for words in ("2025-03", "东区", "按时率", "演示", "done_at", "filter (where in_time)"):
        assert words in page, words
    assert "style=" not in page
    year = client.get(f"/indicators/share?region={EAST}&length=year&part=event").content.decode()
    assert "2025 虚城" in year, "parts by region and event are counted by month alone: the city's are shown"
    assert client.get("/indicators/nothing").status_code == 404
    assert client.get("/indicators/count?part=body&length=day&region=1").status_code == 200


@pytest.mark.usefixtures("computed")
def test_a_page_shows_bodies_to_those_who_may_see_them(client: Client, official: dict[str, str]) -> None:
    assert "bureau" not in client.get("/indicators/share?part=body&format=csv").getvalue().decode()
    shown = client.get("/indicators/share?part=body&format=csv", headers=official).getvalue().decode()
    assert "bureau" in shown


@pytest.mark.usefixtures("computed")
def test_programs_read_values_page_by_page(client: Client, official: dict[str, str]) -> None:
    address = f"/api/indicators/share?region={CITY}&period=month&kind=real"
    first = client.get(f"{address}&limit=2").json()
    assert [value["period"] for value in first["values"]] == ["2025-03", "2025-04"]
    assert first["computation"]["sources"]["jobs"] == ["body", "done_at", "event", "in_time", "region"]
    assert first["computation"]["versions"] == {"jobs": 1}
    second = client.get(f"{address}&limit=2&after={first['next']}").json()
    assert ([value["value"] for value in second["values"]], second["next"]) == ([100.0], None)
    part = client.get(f"{address}&from=2025-04-01&to=2025-04-30").json()
    assert [value["period"] for value in part["values"]] == ["2025-04"]
    assert client.get(f"{address}&from=2025-04-01&to=2025-04-31").json()["values"] == part["values"]
    bodies = "/api/indicators/share?dimension=body&member=desk&period=year&kind=real"
    assert client.get(bodies).json()["values"] == []
    (desk,) = client.get(bodies, headers=official).json()["values"]
    assert (desk["dimension"], desk["member"], round(desk["value"], 2)) == ("body", "desk", 66.67)


@pytest.mark.parametrize(
    "query", ["period=hour", "from=2025-13-01", "after=2025-02-3_1", "after=x", "limit=0"]
)
@pytest.mark.usefixtures("computed")
def test_a_question_that_does_not_fit_is_told(client: Client, query: str) -> None:
    answer = client.get(f"/api/indicators/share?{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, "API-422")


@pytest.mark.usefixtures("computed")
def test_a_value_stands_against_its_target() -> None:
    rows = list(service.figures("share", by=BY, region=CITY, length="month", kind="real"))
    assert [service.verdict(row, ">= 95").is_met for row in rows] == [True, False, True]  # type: ignore[union-attr]
    newest = service.newest_complete(rows, date(2025, 5, 31))
    assert newest is not None
    assert newest.period == "2025-04", "May is not over"
    (year,) = service.figures("share", by=BY, region=CITY, length="year", kind="real")
    aim = AnnualTarget(value=Decimal(60))
    found = service.verdict(year, ">= 95", {2025: aim})
    assert found is not None
    assert (found.target, found.is_met) == ("≥ 60", True), "the city's own target of the year comes first"
    assert service.verdict(year, "") is None


def test_the_terminal_computes_and_says_what_failed(town: None) -> None:
    define(share=SHARE, broken=COUNT.replace("count(*)", "sum(cast(code as integer))"))
    put({**JOB, "code": "A", "day": date(2025, 3, 1)})
    runner = CliRunner()
    done = runner.invoke(indicators, ["compute", "share", "--json"])
    assert done.exit_code == 0, done.output
    assert orjson.loads(done.stdout)[0]["written"] > 0
    failed = runner.invoke(indicators, ["compute"])
    assert failed.exit_code == 1
    assert "WHS-204" in failed.stdout
    listed = orjson.loads(runner.invoke(indicators, ["list", "--json"]).stdout)
    assert [(row["key"], bool(row["problem"])) for row in listed] == [("broken", True), ("share", False)]
    assert "share" in runner.invoke(indicators, ["list"]).stdout


def test_the_schedule_computes(town: None) -> None:
    define(share=SHARE)
    put(JOB)
    compute_indicators.call()
    assert IndicatorValue.objects.exists()


DESK: dict[str, Any] = {
    "key": "jobs-done", "zh": "办结件数", "en": "Jobs done", "unit": "件", "better": "higher",
    "every": ["month"], "by": "region",
    "sql": "select region, date_trunc('month', done_at) as period, count(*) as value\nfrom jobs group by all",
}  # fmt: skip


@pytest.fixture
def steward(client: Client) -> Client:
    """A browser of a data steward of the whole city."""
    return _browser(client, CITY)


def _browser(client: Client, region: str) -> Client:
    person = register_person("甲", by=BY)
    appoint(person, "steward", Body.objects.get(key="bureau"), region_by_code(region), by=BY)
    client.force_login(Account.objects.create_user("steward", person=person))
    return client


def test_a_question_becomes_an_indicator_is_computed_and_withdrawn(steward: Client) -> None:
    put(JOB, {**JOB, "code": "2"})
    begun = steward.post("/indicators/new", {"sql": DESK["sql"]}).content.decode()
    assert "from jobs group by all" in begun
    made = steward.post("/indicators/new", DESK)
    assert made["Location"] == "/indicators/jobs-done"
    run()
    values = IndicatorValue.objects.filter(indicator__key="jobs-done", region__code=CITY)
    assert [value.value for value in values] == [2]
    page = steward.get("/indicators/jobs-done").content.decode()
    assert "甲" in page
    assert steward.post("/indicators/jobs-done/withdraw").status_code == 302
    assert "withdraw" not in steward.get("/indicators/jobs-done").content.decode()
    assert values.count() == 1
    assert steward.post("/indicators/jobs-done/withdraw").status_code == 404


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"key": "Jobs Done"}, "DAT-201"),
        ({"key": "new"}, "DAT-201"),
        ({"unit": "furlong"}, "DAT-201"),
        ({"sql": "select 1"}, "DAT-204"),
        ({"sql": "select date_trunc('month', done_at) as period, count(*) as value from nowhere"}, "DAT-203"),
        ({"by": "region, body"}, "DAT-204"),
    ],
)
def test_what_is_wrong_stands_at_its_field(steward: Client, change: dict[str, str], words: str) -> None:
    with pytest.raises(ProblemError) as caught:
        service.declare_by_hand(service.Composed(**{**DESK, **change}), by=BY)
    assert {problem.code for problem in caught.value.problems} == {words}
    refused = steward.post("/indicators/new", {**DESK, **change})
    assert refused.status_code == 422
    assert Indicator.objects.filter(key="jobs-done").count() == 0


def test_a_post_of_a_district_declares_nothing(client: Client) -> None:
    refused = _browser(client, EAST).post("/indicators/new", DESK)
    assert refused.status_code == 422
    assert "整个城市" in refused.content.decode()
    assert Indicator.objects.filter(key="jobs-done").count() == 0


def test_personal_columns_are_not_counted_at_a_desk() -> None:
    phone = Column("phone", ColumnType.TEXT, "电话", "Telephone", level=3)
    known = TableFacts("calls", "来电", "Calls", (Column("day", ColumnType.DATE, "日", "Day"), phone))
    warehouse.declare_tables([known], owner="scene:calls", by=BY)
    text = "select date_trunc('month', day) as period, count(distinct phone) as value from calls group by all"
    with pytest.raises(ProblemError) as caught:
        service.declare_by_hand(service.Composed(**{**DESK, "by": "", "sql": text}), by=BY)
    assert [problem.code for problem in caught.value.problems] == [codes.NOT_YOURS] == ["DAT-207"]


def declare_over(level: int, **change: Any) -> None:
    """A table with a column of a level, and an indicator by it."""
    place = Column("place", ColumnType.TEXT, "地点", "Place", level=level)
    known = TableFacts("calls", "来电", "Calls", (Column("day", ColumnType.DATE, "日", "Day"), place))
    warehouse.declare_tables([known], owner="scene:calls", by=BY)
    warehouse.append("calls", [{"day": "2025-03-01", "place": "内部"}], by=BY, source="test", load="1")
    text = "select place, date_trunc('month', day) as period, count(*) as value from calls group by all"
    service.declare_by_hand(service.Composed(**{**DESK, "by": "place", "sql": text, **change}), by=BY)


def test_values_are_as_internal_as_what_they_count(client: Client, official: dict[str, str]) -> None:
    declare_over(2)
    run()
    address = "/indicators/jobs-done?part=place&format=csv"
    assert "内部" not in client.get(address).getvalue().decode()
    assert "内部" in client.get(address, headers=official).getvalue().decode()


def test_a_key_that_is_taken_is_withdrawn_first(client: Client) -> None:
    declare_over(1)
    with pytest.raises(ProblemError) as caught:
        declare_over(1, zh="别的")
    assert [problem.code for problem in caught.value.problems] == ["DAT-106"]
    service.withdraw("jobs-done", by=BY)
    declare_over(1, zh="别的")


def test_rows_of_other_bodies_are_not_counted(client: Client) -> None:
    """The table has a column `body`: a post in one body does not open all of it."""
    person = register_person("乙", by=BY)
    appoint(person, "steward", Body.objects.get(key="desk"), region_by_code(CITY), by=BY)
    client.force_login(Account.objects.create_user("narrow", person=person))
    refused = client.post("/indicators/new", DESK)
    assert refused.status_code == 422
    assert "jobs" in refused.content.decode()
    assert Indicator.objects.filter(key="jobs-done").count() == 0
