"""A report as data: survives JSON, counts its sections, and is honest about what it does not know."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from beichen.plan.models import Plan
from beichen.plan.reports.document import (
    Cell,
    Document,
    Figure,
    Listing,
    Paragraph,
    Section,
    Table,
    as_builtins,
    as_json,
    blocks,
    chinese_number,
    from_json,
    outline,
)
from beichen.plan.reports.models import Kind
from beichen.plan.reports.tests.city import build_city, written
from beichen.problem import ProblemError

WORDS = st.text(max_size=20)
SECTIONS = st.recursive(
    st.builds(
        Section,
        title=WORDS,
        blocks=st.lists(
            st.one_of(
                st.builds(Paragraph, text=WORDS),
                st.builds(Listing, items=st.lists(WORDS, max_size=3).map(tuple)),
            ),
            max_size=3,
        ).map(tuple),
    ),
    lambda below: st.builds(Section, title=WORDS, sections=st.lists(below, max_size=3).map(tuple)),
    max_leaves=8,
)


def document(*sections: Section, language: str = "zh") -> Document:
    """A document that holds only sections."""
    return Document("t", "s", "en" if language == "en" else "zh", "yearly", "p", 2023, "h", (), sections)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(SECTIONS, max_size=4))
def test_a_document_survives_json(sections: list[Section]) -> None:
    before = document(*sections)
    assert from_json(as_json(before)) == before
    assert from_json(as_builtins(before)) == before


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(SECTIONS, max_size=4))
def test_every_section_has_a_place_of_its_own(sections: list[Section]) -> None:
    anchors = [placed.anchor for placed in outline(document(*sections))]
    assert len(set(anchors)) == len(anchors)


def test_what_is_no_document_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        from_json({"title": "only"})


@pytest.mark.parametrize(
    ("number", "said"), [(1, "一"), (10, "十"), (12, "十二"), (20, "二十"), (35, "三十五")]
)
def test_sections_are_counted_in_chinese(number: int, said: str) -> None:
    assert chinese_number(number) == said


def test_numbers_follow_the_language_and_annexes_count_apart() -> None:
    parts = (Section("a", sections=(Section("b"),)), Section("c", is_annex=True))
    assert [one.number for one in outline(document(*parts))] == ["一、", "（一）", "附录一"]
    assert [one.number for one in outline(document(*parts, language="en"))] == ["1", "1.1", "Annex A"]


@pytest.fixture
def plan(db: None) -> Plan:
    return build_city()


def _text(found: Document) -> str:
    return as_json(found).decode()


@pytest.mark.parametrize("kind", [kind for kind in Kind.values if kind != Kind.FINAL])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_kind_is_written_in_both_languages(plan: Plan, kind: str, language: str) -> None:
    found = written(plan, kind=kind, language=language)
    assert found.language == language
    assert found.kind == kind
    keys = [block.key for block in blocks(found) if isinstance(block, Table | Figure)]
    assert len(set(keys)) == len(keys), "a key names one sheet"
    for block in blocks(found):
        if isinstance(block, Table):
            assert sum(column.share for column in block.columns) == 100, block.key
            assert {len(row) for row in block.rows} <= {len(block.columns)}


def test_a_years_report_knows_no_later_value(plan: Plan) -> None:
    assert "57.5" in _text(written(plan, 2023))
    assert "57.5" not in _text(written(plan, 2022))
    assert "56" in _text(written(plan, 2022))


def test_what_has_no_value_says_so_and_nothing_is_made_up(plan: Plan) -> None:
    found = written(plan, 2023)
    gaps = next(block for block in blocks(found) if isinstance(block, Table) and block.key == "gaps")
    assert [row[1].text for row in gaps.rows] == ["地区生产总值增长"]
    line = next(
        row
        for block in blocks(found)
        if isinstance(block, Table) and block.key.startswith("indicators-")
        for row in block.rows
        if row[1].text == "地区生产总值增长"
    )
    assert [cell.value for cell in line[6:8]] == [None, None]
    assert line[8] == Cell("暂无数据", tone="unknown")


def test_every_real_value_cites_its_source(plan: Plan) -> None:
    found = written(plan, 2023)
    titles = {f"[{source.number}]": source.title for source in found.sources}
    cited = [
        row[9].text
        for block in blocks(found)
        if isinstance(block, Table) and block.key.startswith("indicators-")
        for row in block.rows
        if row[6].value is not None
    ]
    assert [titles[number] for number in cited] == ["公报 2023"]


def test_a_district_without_statistics_is_told_so(plan: Plan) -> None:
    assert "未收录东湖区有出处的统计数据" in _text(written(plan, region="990102"))


@pytest.mark.parametrize(
    ("year", "said", "code"),
    [
        (2019, {}, "PLN-901"),
        (2023, {"body": "parkz"}, "PLN-902"),
        (2023, {"kind": Kind.FINAL}, "PLN-904"),
        (2023, {"region": "999999"}, "ORG-104"),
    ],
)
def test_what_cannot_be_reported_is_said(plan: Plan, year: int, said: dict[str, str], code: str) -> None:
    with pytest.raises(ProblemError) as refused:
        written(plan, year, **said)
    assert [problem.code for problem in refused.value.problems] == [code]
