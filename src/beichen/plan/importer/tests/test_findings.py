"""What was not understood is said, with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from beichen.plan.importer import PlanFacts, read_plan_text
from beichen.plan.importer.codes import Findings
from beichen.problem import Problem

TEXT = (Path(__file__).parent / "plans" / "linjiang.txt").read_text(encoding="utf-8")
HAIZHOU = (Path(__file__).parent / "plans" / "haizhou.txt").read_text(encoding="utf-8")


def _found(text: str, code: str) -> list[Problem]:
    return [problem for problem in read_plan_text(text, "plan").problems if problem.code == code]


def test_reports_nothing_on_a_sound_text() -> None:
    assert read_plan_text(TEXT, "plan").problems == ()


def test_reports_a_heading_out_of_sequence() -> None:
    jumped = HAIZHOU.replace("第四章 构建现代产业体系\n推动", "第七章 构建现代产业体系\n推动")
    problem = _found(jumped, "PLN-120")[0]
    assert problem.message == "number 7 stands where 4 was expected"
    assert problem.where.start is not None
    assert problem.where.line == HAIZHOU[: problem.where.start].count("\n") + 1


def test_reports_a_missing_table() -> None:
    assert _found(TEXT.replace("预期性", "").replace("约束性", ""), "PLN-122")


def test_reports_an_incomplete_row() -> None:
    [problem] = _found(TEXT.replace("5 森林覆盖率 % 52.3 53 —", "5 森林覆盖率 % 52.3 — —"), "PLN-123")
    assert problem.message == "indicator 5 has no target"


def test_reports_text_that_belongs_to_no_row() -> None:
    assert _found(TEXT.replace("8 每千人口", "约束性\n8 每千人口"), "PLN-124")


def test_reports_a_count_that_differs(changchun: PlanFacts) -> None:
    problems = read_plan_text(changchun.text.replace("（5个）", "（6个）"), "plan").problems
    assert [p.message for p in problems if p.code == "PLN-125"] == ["绿色转型 says 6 indicators, 5 were read"]


def test_reports_a_box_without_projects() -> None:
    start, end = TEXT.index("交通项目："), TEXT.index("（三）增进")
    assert _found(TEXT[:start] + TEXT[end:], "PLN-126")


def test_reports_a_box_out_of_sequence() -> None:
    assert _found(TEXT.replace("专栏一 交通", "专栏四 交通"), "PLN-127")


def test_notes_what_was_left_out() -> None:
    [problem] = _found(TEXT.replace("（二）主要目标\n", "（二）主要目标\n— 12 —\n"), "PLN-128")
    assert problem.message == "1 lines are left out, here the first"


def test_warns_of_a_text_that_was_decoded(tmp_path: Path) -> None:
    from beichen.plan.importer import read_plan

    path = tmp_path / "plan.txt"
    path.write_bytes(TEXT.encode("gb18030"))
    assert [problem.code for problem in read_plan(path).problems] == ["PLN-129"]


def test_warns_of_a_plan_without_its_last_part() -> None:
    assert _found(TEXT[: TEXT.index("四、保障措施")], "PLN-130")


@pytest.mark.parametrize("end", ["建设县人民医院新院区，", "建设县人民医院新院区，新增床位500张，每千名老年"])
def test_refuses_a_text_that_breaks_off(end: str) -> None:
    [problem] = _found(TEXT[: TEXT.index(end) + len(end)], "PLN-108")
    assert problem.level == "error"


def test_lists_a_hundred_of_a_kind_and_counts_the_rest() -> None:
    findings = Findings()
    for i in range(150):
        findings.add("PLN-124", (i, i + 1), "a number belongs to no row")
    problems = findings.problems("x" * 200, "plan")
    assert len(problems) == 101
    assert problems[-1].message == "50 more findings of this kind are not listed"
