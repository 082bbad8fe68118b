"""Every format opens in a program that we did not write, and says the same."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO

import docx
import docx.oxml
import openpyxl
import orjson
import pypdfium2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from beichen.plan.models import Plan
from beichen.plan.reports.document import Document, Figure, as_json
from beichen.plan.reports.drawing import as_png, as_svg, nice_ticks
from beichen.plan.reports.models import Kind
from beichen.plan.reports.rendering import as_docx, as_html, as_pdf, as_xlsx, render
from beichen.plan.reports.rendering import pdf as pdf_room
from beichen.plan.reports.rendering.html import cited
from beichen.plan.reports.rendering.template import default_template, template_problems
from beichen.plan.reports.tests.city import build_city, written
from beichen.problem import ProblemError
from beichen.web.charts import Chart, Series


@pytest.fixture
def plan(db: None) -> Plan:
    return build_city()


@pytest.fixture
def document(plan: Plan) -> Document:
    return written(plan)


def _pages(content: bytes) -> list[str]:
    return [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(content)]


def test_word_opens_with_headings_tables_and_pictures(document: Document) -> None:
    word = docx.Document(BytesIO(as_docx(document)))
    text = "\n".join(line.text for line in word.paragraphs)
    assert "{{" not in text
    assert "⟦" not in text
    headings = [line.text for line in word.paragraphs if line.style and line.style.name == "Heading 1"]
    assert headings[0] == "一、 总体情况"
    cells = [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    assert "绿道长度" in cells
    assert "57.5" in cells
    assert len(word.inline_shapes) >= 2
    assert "星河市" in word.sections[0].header.paragraphs[0].text


def test_the_workbook_holds_numbers_as_numbers_and_no_formula(document: Document) -> None:
    book = openpyxl.load_workbook(BytesIO(as_xlsx(document)))
    values = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert 57.5 in [cell.value for cell in values]
    assert "f" not in {cell.data_type for cell in values}, "a source that begins with = is a text"
    assert any(cell.value == "=公报 2021" for cell in values) is False, "2021 is not cited in 2023"
    assert all(len(sheet.title) <= 31 for sheet in book)


def test_a_text_that_looks_like_a_formula_stays_a_text(plan: Plan) -> None:
    book = openpyxl.load_workbook(BytesIO(as_xlsx(written(plan, 2021))))
    found = [
        cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value == "=公报 2021"
    ]
    assert [cell.data_type for cell in found] == ["s"]


def test_the_pdf_has_contents_numbers_and_a_running_head(document: Document) -> None:
    pages = _pages(as_pdf(document))
    assert "星河市国民经济" in pages[0].replace("\r\n", "")
    assert "目录" in pages[1]
    assert f"3 / {len(pages)}" in pages[2]
    assert "2023年度监测报告" in pages[2]
    assert "公报 2023" in "".join(pages)


def test_a_line_of_the_cover_stays_a_line(document: Document) -> None:
    assert "第 1 版（公开版）" in _pages(as_pdf(document))[0]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_brief_is_one_page(plan: Plan, language: str) -> None:
    brief = written(plan, kind=Kind.BRIEF, language=language)
    assert len(_pages(as_pdf(brief))) == 1


def test_a_brief_that_does_not_fit_is_refused(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_room, "SIZES", (90.0,))
    with pytest.raises(ProblemError, match="PLN-906"):
        as_pdf(written(plan, kind=Kind.BRIEF))


def test_the_machine_without_pango_is_told(document: Document, monkeypatch: pytest.MonkeyPatch) -> None:
    def without(name: str) -> None:
        raise OSError(f"cannot load library 'libpango-1.0-0' for {name}")

    monkeypatch.setattr(pdf_room, "import_module", without)
    with pytest.raises(ProblemError, match="PLN-905"):
        as_pdf(document)


def test_the_page_needs_nothing_else(document: Document) -> None:
    page = as_html(document).decode()
    assert "<script" not in page
    assert 'rel="stylesheet"' not in page
    assert "src=" not in page
    assert page.count("<svg") >= 2
    assert 'id="source-1"' in page


def test_json_is_the_document(document: Document) -> None:
    found = orjson.loads(render(document, "json"))
    assert found["schema"] == "beichen.plan.report/1"
    assert render(document, "json") == as_json(document)


def test_cited_text_is_safe() -> None:
    assert cited("<b>[3]") == '&lt;b&gt;<a class="cite" href="#source-3">[3]</a>'


FIGURES = st.builds(
    Figure,
    key=st.just("f"),
    chart=st.integers(1, 6).flatmap(
        lambda size: st.builds(
            Chart,
            title=st.text(max_size=10),
            unit=st.just("%"),
            first_heading=st.just("年"),
            categories=st.just([str(year) for year in range(size)]),
            series=st.lists(
                st.builds(
                    Series,
                    name=st.text(max_size=6),
                    values=st.lists(st.one_of(st.none(), st.floats(-1e9, 1e9)), min_size=size, max_size=size),
                    kind=st.sampled_from(["line", "points", "bar"]),
                    has_labels=st.booleans(),
                ),
                min_size=1,
                max_size=3,
            ),
        )
    ),
    is_stacked=st.booleans(),
)


@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(FIGURES)
def test_any_chart_is_drawn_as_sound_svg(figure: Figure) -> None:
    drawn = as_svg(figure)
    controls = {chr(code) for code in range(32)} - {"\t", "\n", "\r"}
    plain = "".join(letter for letter in drawn if letter not in controls)
    assert docx.oxml.parse_xml(plain.encode("utf-8", "replace")).tag.endswith("}svg")
    places = re.sub(r">[^<]*<", "><", drawn)  # without what is written there
    assert "nan" not in places
    assert "inf" not in places


@given(st.floats(-1e9, 1e9), st.floats(0, 1e9))
def test_ticks_hold_the_values(low: float, size: float) -> None:
    ticks = nice_ticks(low, low + size)
    assert len(ticks) >= 2
    assert ticks == sorted(set(ticks))
    slack = 1e-6 * max(1.0, abs(low), size)
    assert ticks[0] <= low + slack
    assert ticks[-1] >= low + size - slack


def test_a_picture_is_png_and_bad_svg_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    figure = Figure("f", Chart("图", "%", "年", ["2021"], [Series("值", [1.0])]))
    assert as_png(figure).startswith(b"\x89PNG")
    monkeypatch.setattr("beichen.plan.reports.drawing.as_svg", lambda _figure: "<svg")
    with pytest.raises(ProblemError, match="PLN-907"):
        as_png(figure)


def _changed(change: dict[str, str]) -> bytes:
    """The default template with words replaced in its text."""
    word = docx.Document(BytesIO(default_template()))
    for line in word.paragraphs:
        for old, new in change.items():
            if old in line.text:
                line.text = line.text.replace(old, new)
    file = BytesIO()
    word.save(file)
    return file.getvalue()


def test_both_default_templates_are_sound() -> None:
    assert template_problems(default_template()) == []
    assert template_problems(default_template(is_short=True)) == []


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({"{{ body }}": ""}, ["PLN-911"]),
        ({"{{ title }}": "{{ titel }}"}, ["PLN-912", "PLN-911"]),
        ({"{{ title }}": "{{ title }} {% for x in y %}"}, ["PLN-913"]),
        ({"{{ title }}": "{{ title.__class__ }}"}, ["PLN-913", "PLN-911"]),
        ({"{{ body }}": "here: {{ body }}"}, ["PLN-913"]),
    ],
)
def test_what_is_wrong_with_a_template_is_said_at_once(change: dict[str, str], codes: list[str]) -> None:
    assert [problem.code for problem in template_problems(_changed(change), "city.docx")] == codes


def test_a_template_without_a_style_is_refused(document: Document) -> None:
    word = docx.Document(BytesIO(default_template()))
    word.styles["Table Text"].delete()
    file = BytesIO()
    word.save(file)
    with pytest.raises(ProblemError, match="PLN-914"):
        as_docx(document, file.getvalue())


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"%PDF-1.7"])
def test_what_is_no_word_file_is_refused(content: bytes) -> None:
    assert [problem.code for problem in template_problems(content)] == ["PLN-910"]


def test_a_file_that_unfolds_without_end_is_refused() -> None:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("word/document.xml", b" " * (41 << 20))
    assert "unfolds" in template_problems(file.getvalue())[0].message
