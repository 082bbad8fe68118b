"""Reading project lists: found by their header, refused by row and column; what is written is read again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from beichen.plan.investment.declared import Nature, Source
from beichen.plan.investment.sheets.cells import funds, money
from beichen.plan.investment.sheets.reading import read_sheet
from beichen.plan.investment.sheets.rows import ListRow
from beichen.plan.investment.sheets.writing import write_sheet
from beichen.plan.investment.stages import Stage
from beichen.plan.investment.tests.books import BRIDGE, HEADER, PARK, book
from beichen.problem import ProblemError


def faults(content: bytes, **options: Any) -> list[tuple[str, int | None, str]]:
    """Code, row and column letter of everything that is wrong."""
    with pytest.raises(ProblemError) as error:
        read_sheet(content, **options)
    return [
        (problem.code, problem.where.row, (problem.where.field or "").partition(" ")[0])
        for problem in error.value.problems
    ]


def test_a_list_is_read_below_its_titles() -> None:
    sheet = read_sheet(book([PARK, BRIDGE]))
    park, bridge = sheet.rows
    assert (park.name, park.builder, park.nature, park.lead) == (
        "星河公园工程",
        "城投公司",
        "new",
        "市园林局",
    )
    assert (park.total, park.done_total) == (Decimal(12000), Decimal(4500))
    assert park.planned == {2024: 3000}
    assert park.funds == {"city": 5000, "enterprise": None}
    assert (park.starts, park.ends, bridge.starts, bridge.ends) == ("2021", "2025", "2023", "2023")
    assert (bridge.total, bridge.done_total, bridge.content) == (Decimal("8000.5"), None, "")
    assert sheet.notes == ()


def test_sources_with_amounts_need_a_unit() -> None:
    header = ["资金来源" if index == 6 else name for index, name in enumerate(HEADER)]
    assert faults(book([PARK], header=header)) == [("PLN-625", 4, "G")]


def test_columns_may_stand_in_any_order_and_unknown_ones_are_told() -> None:
    header = ("责任单位", "天气", "项目名称", "总投资(亿元)")
    sheet = read_sheet(book([("交通局", "晴", "北桥工程", "1.25")], header=header, titles=()))
    assert sheet.rows[0].total == 12500
    assert [(note.code, note.where.field) for note in sheet.notes] == [("PLN-630", "B 天气")]


def test_sources_stand_below_a_merged_heading() -> None:
    header = ("序号", "项目名称", "总投资", "资金来源", None, None, "责任单位")
    leaves = (None, None, None, "中央预算内", "专项债", "自筹", None)
    merge = ("A3:A4", "B3:B4", "C3:C4", "D3:F3", "G3:G4")
    row = (1, "北桥工程", 100, 20, "30", None, "交通局")
    found = read_sheet(book([leaves, row], header=header, titles=("清单", "单位：万元"), merge=merge))
    assert found.rows[0].funds == {"central": 20, "bonds": 30}
    assert found.rows[0].total == 100


@pytest.mark.parametrize(
    "sums",
    [
        [("合计", 0), 0, 1],
        [0, 1, ("合计", 0)],
        [("一、续建项目小计", 1), 0, ("二、新建项目小计", 2), 1, ("总计", 0)],
        [0, ("小计", 1), 1, ("小计", 2), ("合 计", 0)],
    ],
)
def test_right_sums_are_left_out(sums: Sequence[Any]) -> None:
    amounts = {0: (20000.5, 4500), 1: (12000, 3000), 2: (8000.5, 1500)}
    rows: list[Sequence[Any]] = []
    for item in sums:
        if isinstance(item, int):
            rows.append((PARK, BRIDGE)[item])
        else:
            total, planned = amounts[item[1]]
            rows.append((None, item[0], None, None, None, total, None, None, planned))
    assert [row.name for row in read_sheet(book(rows)).rows] == ["星河公园工程", "北桥工程"]


def test_a_wrong_sum_is_refused_at_its_column() -> None:
    wrong = (None, "合计", None, None, None, 20000.5, None, None, 4501)
    assert faults(book([PARK, BRIDGE, wrong])) == [("PLN-626", 6, "I")]


def test_headings_of_groups_are_left_out() -> None:
    rows = [("一", "续建项目"), PARK, ("（二）", "新建项目"), BRIDGE]
    assert len(read_sheet(book(rows)).rows) == 2


def test_shifted_cells_are_told_as_shifted() -> None:
    right = (None, *PARK)
    assert faults(book([BRIDGE, right])) == [("PLN-624", 5, "B")]
    left = PARK[1:]
    assert [code for code, _row, _column in faults(book([left]))] == ["PLN-624"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({1: None}, [("PLN-625", 4, "B")]),
        ({5: "1,2,3"}, [("PLN-625", 4, "F")]),
        ({5: "-5"}, [("PLN-625", 4, "F")]),
        ({6: "天使投资"}, [("PLN-625", 4, "G")]),
        ({7: "十四五期间"}, [("PLN-625", 4, "H")]),
        ({3: "漂亮"}, [("PLN-625", 4, "D")]),
        ({0: "甲", 7: "近期"}, [("PLN-625", 4, "A"), ("PLN-625", 4, "H")]),
        ({5: "=SUM(A1:A2)"}, [("PLN-625", 4, "F")]),
        ({5: "9" * 30}, [("PLN-625", 4, "F")]),
    ],
)
def test_a_wrong_cell_is_refused_at_its_place(change: dict[int, Any], expected: Any) -> None:
    row = [change.get(index, value) for index, value in enumerate(PARK)]
    assert faults(book([row])) == expected


@pytest.mark.parametrize(
    ("title", "code"),
    [
        ("总投资", "PLN-622"),
        ("总投资(万美元)", "PLN-623"),
        ("总投资(吨)", "PLN-623"),
        ("本年计划投资(万元)", "PLN-631"),
    ],
)
def test_a_header_without_known_units_is_refused(title: str, code: str) -> None:
    header = [title if index == 5 else name for index, name in enumerate(HEADER)]
    assert {found for found, _row, _column in faults(book([PARK], header=header))} == {code}


def test_this_year_must_be_known() -> None:
    header = ("项目名称", "责任单位", "本年计划投资(万元)")
    content = book([("北桥工程", "交通局", 5)], header=header, titles=("项目清单",))
    assert faults(content) == [("PLN-621", 2, "C")]
    assert read_sheet(content, year=2023).rows[0].planned == {2023: 5}


def test_what_has_no_header_is_refused() -> None:
    assert faults(book([("a", "b")], header=("x", "y", "z"))) == [("PLN-621", 1, "")]
    empty = BytesIO()
    Workbook().save(empty)
    assert faults(empty.getvalue())[0][0] == "PLN-621"
    for content in (b"", b"PK\x03\x04nonsense", b"name,total\n"):
        assert faults(content) == [("PLN-629", None, "")]


def test_a_project_stands_once() -> None:
    assert faults(book([PARK, BRIDGE, PARK])) == [("PLN-627", 6, "B")]


@pytest.mark.parametrize(
    ("said", "unit", "amount"),
    [
        ("1,234.5", "万元", "1234.5"),
        ("１２", "亿元", "120000"),
        (0.1 + 0.2, "万元", "0.3"),
        ("2亿元", "万元", "20000"),
        (35000, "元", "3.5"),
    ],
)
def test_amounts_are_exact(said: Any, unit: str, amount: str) -> None:
    assert money(said, unit) == Decimal(amount)


def test_sources_in_words_with_and_without_amounts() -> None:
    found = funds("专项债1.5亿元；市财政 3,000、自筹", "万元")
    assert found == {"bonds": 15000, "city": 3000, "enterprise": None}


words = st.text(
    st.characters(whitelist_categories=("Lu", "Ll", "Lo"), max_codepoint=0x9FFF), min_size=1, max_size=12
).filter(lambda text: text.strip() == text and not text.endswith(("合计", "总计", "小计", "共计", "无")))
amounts = st.decimals(0, 10**9, places=4)
sources = st.sampled_from([str(source) for source in Source])
few_years = st.dictionaries(st.integers(2021, 2025), amounts, max_size=3)
rows_of_lists = st.builds(
    ListRow,
    name=words.map(lambda word: f"{word}项目"),
    key=st.text("0123456789abcdef", min_size=16, max_size=16).map(lambda key: f"x{key}"),
    builder=st.just("") | words.map(lambda word: f"{word}公司"),
    content=st.just("") | st.sampled_from(["=1+1", "+86", "@x", "1.5公里\n二期", "100"]),
    nature=st.just("") | st.sampled_from([str(nature) for nature in Nature]),
    total=st.none() | amounts,
    funds=st.dictionaries(
        st.sampled_from([str(source) for source in Source]), st.none() | amounts, max_size=4
    ),
    planned=few_years,
    done=few_years,
    done_total=st.none() | amounts,
    stage=st.just("") | st.sampled_from([str(stage) for stage in Stage]),
    stage_on=st.none() | st.dates(date(2021, 1, 1), date(2025, 12, 31)),
    land_state=st.sampled_from(["", "needed", "allotted", "none"]),
    land_area=st.none() | st.decimals(0, 10**6, places=4),
    is_demo=st.booleans(),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(rows_of_lists, min_size=1, max_size=3, unique_by=lambda row: row.key))
def test_what_is_written_is_read_again(rows: list[ListRow]) -> None:
    assert list(read_sheet(write_sheet("星河市项目清单", rows)).rows) == rows
