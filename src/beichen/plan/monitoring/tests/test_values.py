"""Files of values: understood whole or refused with row and column; nothing is half-applied."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from beichen.hubs.data.models import Indicator, IndicatorValue
from beichen.plan.models import Plan
from beichen.plan.monitoring.intake import Reading, read_values
from beichen.plan.monitoring.models import SetAside, ValueFile
from beichen.plan.monitoring.service import apply_file, bring_file, file_of
from beichen.plan.monitoring.tests.ground import BY, HEAD, build_plan, greenways, officer, sheet
from beichen.plan.service import standing_of
from beichen.problem import Level, ProblemError
from beichen.web.status import Status

pytestmark = pytest.mark.django_db
ROW = ("绿道长度", "星河市", 2022, 56, "公里", "统计年鉴")


@pytest.fixture
def plan() -> Plan:
    return build_plan()


def read(plan: Plan, *rows: tuple[Any, ...], head: tuple[str, ...] = HEAD) -> Reading:
    return read_values(plan, sheet(*rows, head=head), "values.xlsx")


def found(reading: Reading) -> list[tuple[str, str]]:
    return [(problem.code, str(problem.where)) for problem in reading.problems]


def test_rows_are_understood_by_key_name_and_number(plan: Plan) -> None:
    reading = read(
        plan, ROW, ("greenways", "", "2023年", "60.5", "千米", "年鉴"), ("2", "", 2022, 6, "%", "年鉴")
    )
    assert reading.problems == []
    said = [(entry.indicator, entry.region, entry.period, entry.value) for entry in reading.entries]
    assert said == [
        ("greenways", "990100", "2022", "56"),
        ("greenways", "990100", "2023", "60.5"),
        ("plan--star--2", "990100", "2022", "6"),
    ]


def test_another_scale_is_converted_and_shown(plan: Plan) -> None:
    entry = read(plan, ("粮食产量", "", 2023, 260, "亿斤", "年鉴")).entries[0]
    assert (entry.value, entry.unit, entry.stated, entry.stated_unit) == ("1300", "万吨", "260", "亿斤")
    assert entry.is_converted


def test_percent_and_percentage_points_are_no_scales_of_each_other(plan: Plan) -> None:
    reading = read(plan, ("地区生产总值增长", "", 2022, 6, "个百分点", "年鉴"))
    assert found(reading) == [("PLN-506", "row 2, E 单位")]
    assert "个百分点 a difference of shares" in reading.problems[0].hint


def test_every_mistake_has_its_row_and_column(plan: Plan) -> None:
    reading = read(
        plan,
        ("绿色通道", "", 2022, 56, "公里", "年鉴"),
        ("绿道长度", "北区", 2022, 56, "公里", "年鉴"),
        ("绿道长度", "", "", 56, "公里", "年鉴"),
        ("绿道长度", "", 2022, "约56", "公里", "年鉴"),
        ("绿道长度", "", 2023, 56, "亿斤", ""),
        ("绿道长度", "", "2022-13", 56, "公里", "年鉴"),
    )
    assert found(reading) == [
        ("PLN-505", "row 2, A 指标"),
        ("PLN-505", "row 3, B 地区"),
        ("PLN-504", "row 4, C 时期"),
        ("PLN-504", "row 5, D 数值"),
        ("PLN-504", "row 6, F 来源"),
        ("PLN-506", "row 6, E 单位"),
        ("PLN-504", "row 7, C 时期"),
    ]
    assert not reading.is_sound


@pytest.mark.parametrize(
    ("row", "place"),
    [
        (("", "绿道长度", "星河市", 2022, 56, "公里"), "row 2, A 指标"),
        (("绿道长度", "星河市", "", 2022, 56, "公里"), "row 2, C 时期"),
        (("绿道长度", 2022, 56, "公里", "统计年鉴"), "row 2, B 地区"),
    ],
)
def test_shifted_cells_are_recognised(plan: Plan, row: tuple[Any, ...], place: str) -> None:
    assert found(read(plan, row)) == [("PLN-503", place)]


def test_the_head_is_checked(plan: Plan) -> None:
    reading = read(plan, ROW, head=("指标", "地区", "时期", "数植", "单位", "单位"))
    assert found(reading) == [
        ("PLN-502", "row 1, D"),
        ("PLN-502", "row 1, F"),
        ("PLN-502", "row 1"),
        ("PLN-502", "row 1"),
    ]
    assert "数值" in reading.problems[0].hint


@pytest.mark.parametrize(
    ("content", "name"),
    [(b"", "a.csv"), ("指标".encode("gb18030"), "a.csv"), (b"PK nonsense", "a.xlsx"), (b'a,"b\n', "a.csv")],
)
def test_what_is_no_table_is_refused(plan: Plan, content: bytes, name: str) -> None:
    assert [problem.code for problem in read_values(plan, content, name).problems] == ["PLN-501"]


def test_csv_reads_alike(plan: Plan) -> None:
    text = 'indicator,period,value,unit,source\ngreenways,2022,"1,056",公里,年鉴\n'
    assert read_values(plan, text.encode(), "a.csv").entries[0].value == "1056"


def test_two_rows_for_a_period_are_refused_with_both_values(plan: Plan) -> None:
    reading = read(plan, ROW, ("greenways", "", 2022, 57, "公里", "公报"))
    assert found(reading) == [("PLN-507", "row 3")]
    assert "56 (统计年鉴) / 57 (公报)" in reading.problems[0].hint


def test_a_missing_year_is_said_but_does_not_stop(plan: Plan) -> None:
    reading = read(plan, ROW, ("绿道长度", "", 2024, 70, "公里", "统计年鉴"))
    assert [(one.code, one.level) for one in reading.problems] == [("PLN-511", Level.WARNING)]
    assert "2023" in reading.problems[0].message
    assert reading.is_sound


def test_a_file_is_applied_and_the_status_follows(plan: Plan) -> None:
    row = bring_file(plan, sheet(ROW), "a.xlsx", by=BY)
    assert not IndicatorValue.objects.exists(), "bringing records nothing"
    assert apply_file(row, {}, by=BY).counts()["added"] == 1
    line = standing_of(plan, 1)[0]
    assert (line.status, line.values[0].source_title) == (Status.ON_COURSE, "统计年鉴")
    with pytest.raises(ProblemError, match="PLN-509"):
        apply_file(row, {}, by=BY)


def test_a_line_that_nothing_measures_gets_its_own_indicator(plan: Plan) -> None:
    rows = [("地区生产总值增长", "", year, 7, "%", "年鉴") for year in (2021, 2022)]
    apply_file(bring_file(plan, sheet(*rows), "a.xlsx", by=BY), {}, by=BY)
    own = Indicator.objects.get(key="plan--star--2")
    assert (own.unit, own.owner, own.is_current) == ("%", "plan:star", True)
    assert standing_of(plan, 2)[0].status is Status.AHEAD
    more = sheet(("2", "", 2023, 5, "%", "年鉴"))
    apply_file(bring_file(plan, more, "b.xlsx", by=BY), {}, by=BY)
    assert len(standing_of(plan, 2)[0].values) == 3


def test_sources_that_disagree_wait_for_a_decision(plan: Plan) -> None:
    greenways(y2022=50)
    row = bring_file(plan, sheet(ROW, ("绿道长度", "", 2023, 60, "公里", "统计年鉴")), "a.xlsx", by=BY)
    with pytest.raises(ProblemError, match="PLN-508") as caught:
        apply_file(row, {}, by=BY)
    assert "50 (统计公报) / 56 (统计年鉴)" in caught.value.problems[0].hint
    assert IndicatorValue.objects.count() == 1, "nothing is half-applied"
    with pytest.raises(ProblemError, match="PLN-508"):
        apply_file(row, {"greenways 990100 2022": "file"}, reason=" ", by=BY)
    apply_file(row, {"greenways 990100 2022": "file"}, reason="年鉴为终审数", by=BY)
    assert IndicatorValue.objects.get(period="2022").value == 56
    aside = SetAside.objects.get()
    assert (aside.value, aside.source_title, aside.reason) == (Decimal(50), "统计公报", "年鉴为终审数")


def test_the_value_held_may_be_kept(plan: Plan) -> None:
    greenways(y2022=50)
    row = bring_file(plan, sheet(ROW), "a.xlsx", by=BY)
    apply_file(row, {"greenways 990100 2022": "held"}, reason="口径不同", by=BY)
    assert IndicatorValue.objects.get().value == 50
    assert SetAside.objects.get().source_title == "统计年鉴"


def test_the_same_source_may_revise_itself(plan: Plan) -> None:
    greenways(y2022=50)
    row = bring_file(plan, sheet((*ROW[:5], "统计公报")), "a.xlsx", by=BY)
    assert apply_file(row, {}, by=BY).counts()["changed"] == 1


def test_an_unknown_file(plan: Plan) -> None:
    with pytest.raises(ProblemError, match="PLN-510"):
        file_of(plan, 99)


def upload(client: Client, content: bytes, name: str = "数据.xlsx") -> Any:
    return client.post("/plan/monitoring/values", {"file": SimpleUploadedFile(name, content)})


def test_a_wrong_file_is_refused_in_chinese(client: Client, plan: Plan) -> None:
    greenways(y2022=50)
    client.force_login(officer())
    wrong = (ROW[0], ROW[1], ROW[2], "许多", *ROW[4:])
    page = client.get(upload(client, sheet(wrong))["Location"]).content.decode()
    assert "“许多”不是数字" in page
    assert "只填数字，单位另列填写" in page
    assert "is no number" not in page


def test_an_officer_brings_decides_and_applies(client: Client, plan: Plan) -> None:
    greenways(y2022=50)
    client.force_login(officer())
    address = upload(client, sheet(ROW))["Location"]
    page = client.get(address).content.decode()
    assert "以哪个来源为准" in page
    assert "统计公报" in page
    refused = client.post(f"{address}/apply", {})
    assert refused.status_code == 409
    assert " 还是 " in refused.content.decode()
    said = {"choice greenways 990100 2022": "file", "reason": "终审"}
    assert client.post(f"{address}/apply", said).status_code == 302
    assert "已入库" in client.get(address).content.decode()
    assert "数据.xlsx" in client.get("/plan/monitoring/values").content.decode()


def test_a_file_with_mistakes_shows_them_and_cannot_be_applied(client: Client, plan: Plan) -> None:
    client.force_login(officer())
    address = upload(client, sheet(("绿道长度", "", 2022, "约56", "公里", "年鉴")))["Location"]
    page = client.get(address).content.decode()
    assert "D 数值" in page
    assert "确认入库" not in page
    assert client.post(f"{address}/apply", {}).status_code == 409


def test_the_public_brings_nothing(client: Client, plan: Plan) -> None:
    assert upload(client, sheet(ROW)).status_code == 403
    assert not ValueFile.objects.exists()
