"""The pages of tables: what a reader may see of them, and questions in SQL."""

from __future__ import annotations

import html
from typing import Any

import pyarrow as pa
import pytest
from django.test import Client

from beichen.kernel.access.models import Account
from beichen.kernel.access.service import load_roles
from beichen.kernel.org.models import Body
from beichen.kernel.org.service import (
    BodyFacts,
    RegionFacts,
    appoint,
    load_bodies,
    load_regions,
    region_by_code,
    register_person,
)
from beichen.platforms.warehouse.drawing import Drawing, chart_of
from beichen.platforms.warehouse.service import (
    Check,
    CheckKind,
    Column,
    ColumnType,
    append,
    check_table,
    forget_question,
    keep_question,
)
from beichen.platforms.warehouse.tests.conftest import BY, Declare
from beichen.problem import ProblemError

COLUMNS = (
    Column("code", ColumnType.TEXT, "编号", "Code", required=True),
    Column("day", ColumnType.DATE, "日期", "Day"),
    Column("count", ColumnType.INTEGER, "数量", "Count"),
    Column("phone", ColumnType.TEXT, "电话", "Telephone", level=3),
)
ROWS = [
    {"code": "a", "day": "2025-03-01", "count": 1, "phone": "13800000000"},
    {"code": "b", "day": "2025-03-02", "count": 12, "phone": "=1+1"},
    {"code": None},
]


@pytest.fixture
def page(declare: Declare) -> Client:
    """A steward's browser, in a city with a table."""
    load_roles(by=BY)
    load_regions([RegionFacts("990100", "市", "city")], by=BY)
    load_bodies([BodyFacts("office", "局", region="990100")], by=BY)
    person = register_person("甲", by=BY)
    appoint(person, "steward", Body.objects.get(key="office"), region_by_code("990100"), by=BY)
    declare(columns=COLUMNS, time="", checks=(Check(CheckKind.RANGE, ("count",), most=10),))
    append("wells", ROWS, by=BY, source="测试", load="1")
    client = Client()
    client.force_login(Account.objects.create_user("steward", person=person))
    return client


def test_tables_are_listed_searched_and_exported(page: Client) -> None:
    text = page.get("/tables").content.decode()
    assert "城市数据表" in text
    assert '<a href="/tables/wells">井</a>' in text
    assert "没有符合" in page.get("/tables?q=nothing").content.decode()
    assert '<a href="/tables/wells">' not in page.get("/tables?level=1").content.decode()
    file: Any = page.get("/tables?format=csv")
    assert "wells" in b"".join(file.streaming_content).decode()


def test_a_table_shows_columns_sample_checks_and_receipts(page: Client) -> None:
    """The sample holds no personal data: nobody said what it is needed for."""
    check_table("wells", by=BY)
    text = page.get("/tables/wells").content.decode()
    for words in ("编号", "整数", "range:count", "1 行不合格", "测试", "wells.phone"):
        assert words in text, words
    assert "13800000000" not in text
    assert "/files/" in text, "the refused row can be looked at"
    file: Any = page.get("/tables/wells?format=csv")
    assert "测试" in b"".join(file.streaming_content).decode()
    assert page.get("/tables/nothing").status_code == 404


def test_a_question_is_answered_as_table_chart_and_file(page: Client) -> None:
    empty = page.get("/tables/ask?sql=select+1")
    assert "select 1" in empty.content.decode()
    question = "select day, sum(count) as total, bool_and(count > 0) as good from wells group by 1 order by 1"
    asked = {"sql": question}
    text = page.post("/tables/ask", asked).content.decode()
    assert "<bc-chart" in text
    assert "wells.day" in text
    assert "是" in text
    named = {"sql": "select code, phone from wells order by code", "purpose": "回访"}
    assert "13800000000" in page.post("/tables/ask", named).content.decode()
    assert "13800000000" not in page.post("/tables/ask", {**named, "purpose": ""}).content.decode()
    file = page.post("/tables/ask", {**named, "format": "csv"})
    assert b"'=1+1" in b"".join(file.streaming_content)  # type: ignore[attr-defined]
    sheet = page.post("/tables/ask", {**asked, "format": "xlsx"})
    assert b"".join(sheet.streaming_content)[:2] == b"PK"  # type: ignore[attr-defined]
    none = page.post("/tables/ask", {"sql": "select * from wells where false"})
    assert "没有符合" in none.content.decode()


def test_a_chart_draws_the_columns_of_one_s_choice(page: Client) -> None:
    sql = "select sum(count) as total, max(count) as most, day from wells group by day order by day"
    asked = {"sql": sql, "drawing": "bar"}
    assert "<bc-chart" not in page.post("/tables/ask", asked).content.decode()
    for chosen, title in (
        ({"across": "day", "drawn": "most"}, ["most"]),
        ({"drawn": "most, total"}, ["most", "total"]),
        ({"across": "day"}, ["total", "most"]),
    ):
        drawn = page.post("/tables/ask", {**asked, **chosen}).content.decode()
        assert " · ".join(title) in drawn
        assert '"kind":"bar"' in html.unescape(drawn)
    kept = page.post("/tables/ask", {**asked, "drawn": "most", "title": "最多", "keep": "1"})["Location"]
    opened = page.get(kept).content.decode()
    assert 'value="most"' in opened
    for wrong, words in (
        ({"across": "dya"}, "结果中没有这个名称的列"),
        ({"drawn": "day"}, "列不是数值"),
        ({"drawn": "total,most,day,x,y"}, "最多绘制 4 列"),
        ({"sql": "select 1 as a, 2 as b", "drawn": "b"}, "图表须有 2 至 400 行"),
        ({"sql": "select 1 as a, count as b from wells", "across": "a", "drawn": "b"}, "出现在多行中"),
        ({"sql": "select count as b from wells", "drawn": "b"}, "没有可作横轴的列"),
        ({"sql": "select code as b from wells", "across": "b"}, "没有数值列"),
    ):
        refused = page.post("/tables/ask", {**asked, **wrong})
        assert refused.status_code == 422, wrong
        assert words in refused.content.decode(), wrong
    with pytest.raises(ProblemError, match="WHS-210"):
        chart_of(pa.table({"a": ["x", "y"]}), Drawing(across="a"))


def test_what_is_wrong_with_a_question_stands_beside_it(page: Client) -> None:
    found = page.post("/tables/ask", {"sql": "select *\nfrm wells x y"})
    assert (found.status_code, "第 2 行" in found.content.decode()) == (422, True)
    missing = page.post("/tables/ask", {"sql": "select * from welsl"})
    assert "wells" in missing.content.decode()
    assert missing.status_code == 422


def test_whoever_may_not_ask_is_refused(page: Client) -> None:
    assert Client().get("/tables/ask").status_code == 403
    assert Client().get("/tables/wells").status_code == 404
    assert "/tables/wells" not in Client().get("/tables").content.decode()


ASKED = "select day, sum(count) as total from wells group by day order by day"


def keep(page: Client, **more: str) -> Any:
    return page.post("/tables/ask", {"sql": ASKED, "title": "每日数量", "keep": "1", **more})


def colleague(key: str, body: str) -> Client:
    """Another browser, of a steward of a body."""
    person = register_person(key, by=BY)
    appoint(person, "steward", Body.objects.get(key=body), region_by_code("990100"), by=BY)
    client = Client()
    client.force_login(Account.objects.create_user(key, person=person))
    return client


def test_a_question_is_kept_opened_written_anew_and_forgotten(page: Client) -> None:
    opened = keep(page)["Location"]
    assert "每日数量" in page.get(opened).content.decode()
    assert "group by day" in page.get(opened).content.decode()
    assert keep(page, sql="select 1 as a")["Location"] == opened, "one of the same title is written anew"
    listed = page.get("/tables/questions?q=每日").content.decode()
    assert "每日数量" in listed
    assert "select 1 as a" in b"".join(page.get("/tables/questions?format=csv").streaming_content).decode()  # type: ignore[attr-defined]
    code = opened.partition("question=")[2]
    assert page.post(f"/tables/questions/{code}/forget").status_code == 302
    assert page.get(opened).status_code == 404


def test_a_question_is_seen_by_its_keeper_and_by_the_body_that_it_is_shared_with(page: Client) -> None:
    load_bodies(
        [BodyFacts("office", "局", region="990100"), BodyFacts("other", "另局", region="990100")], by=BY
    )
    same, other = colleague("乙", "office"), colleague("丙", "other")
    opened = keep(page)["Location"]
    assert same.get(opened).status_code == 404
    keep(page, is_shared="on")
    assert same.get(opened).status_code == 200
    assert "每日数量" not in other.get("/tables/questions").content.decode()
    code = opened.partition("question=")[2]
    assert same.post(f"/tables/questions/{code}/forget").status_code == 404
    assert page.get(opened).status_code == 200


def test_what_is_no_question_or_has_no_title_is_not_kept(page: Client) -> None:
    assert keep(page, title=" ").status_code == 422
    assert keep(page, sql="select from where").status_code == 422
    assert "每日数量" not in page.get("/tables/questions").content.decode()
    with pytest.raises(ProblemError) as caught:
        keep_question("x", "select 1", is_shared=True, by=BY)
    assert [problem.code for problem in caught.value.problems] == ["WHS-209"]
    with pytest.raises(ProblemError) as caught:
        forget_question("nothing", by=BY)
    assert [problem.code for problem in caught.value.problems] == ["WHS-208"]
