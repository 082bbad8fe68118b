"""The same plan as .docx and .pdf, in other encodings, and files that are refused."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import docx
import pypdf
import pytest

from beichen.plan.importer import PlanFacts, read_plan, read_plan_text, write_facts
from beichen.plan.importer import documents as reading_documents
from beichen.plan.importer.output import LISTS
from beichen.problem import ProblemError

PLANS = Path(__file__).parent / "plans"
ROWS = [
    ["序号", "类别", "指标", "单位", "2025年", "2030年", "年均增长（%）", "属性"],
    ["1", "经济发展", "地区生产总值", "亿元", "186", "260", "6.5", "预期性"],
    ["2", "", "城镇居民人均可支配收入", "元", "38000", "50000", "", "预期性"],
    ["", "", "农村居民人均可支配收入", "元", "21000", "30000", "", "预期性"],
    ["3", "绿色生态", "森林覆盖率", "%", "52.3", "53以上", "—", "约束性"],
    ["4", "", "空气质量优良天数比率", "%", "88.1*", "完成省下达任务", "—", "约束性"],
]


def _docx(path: Path) -> Path:
    document = docx.Document()
    document.add_paragraph("青山县国民经济和社会发展第十五个五年规划纲要")
    document.add_heading("第一章 发展目标", 1)
    document.add_paragraph("到2030年，地区生产总值达到260亿元。")
    document.add_paragraph("专栏1 主要指标")
    table: Any = document.add_table(rows=len(ROWS), cols=len(ROWS[0]))
    for row, cells in zip(table.rows, ROWS, strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    for first, last in ((1, 3), (4, 5)):
        table.cell(first, 1).merge(table.cell(last, 1))
    document.add_paragraph("注：带*为2024年数据。")
    document.add_heading("第二章 重点任务", 1)
    document.add_paragraph("加快重大项目建设。完成投资80亿元。")
    document.add_paragraph("专栏2 交通项目")
    box: Any = document.add_table(rows=1, cols=1)
    box.cell(0, 0).text = "重点推进青山至白水高速公路、青山通用机场、县城客运枢纽等项目。"
    document.add_paragraph("完善农村公路网，新改建农村公路200公里。")
    document.add_heading("第三章 规划实施保障", 1)
    document.add_paragraph("加强组织领导。")
    document.save(str(path))
    return path


def _pdf(path: Path, text: str) -> Path:
    """A .pdf of one page in the standard Chinese font, written by hand."""
    lines = text.splitlines()
    shown = " ".join(f"<{line.encode('utf-16-be').hex()}> Tj T*" for line in lines)
    stream = f"BT /F1 12 Tf 14 TL 40 800 Td {shown} ET".encode()
    bodies = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[6 0 R]>>",
        b"<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo 7 0 R>>",
        b"<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>",
    ]
    out = io.BytesIO(b"%PDF-1.4\n")
    out.seek(0, io.SEEK_END)
    places = []
    for number, body in enumerate(bodies, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj%s endobj\n" % (number, body))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1))
    out.writelines(b"%010d 00000 n \n" % place for place in places)
    out.write(b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(bodies) + 1, start))
    path.write_bytes(out.getvalue())
    return path


def _code(path: Path) -> str:
    with pytest.raises(ProblemError) as raised:
        read_plan(path)
    return raised.value.problems[0].code


def test_reads_a_docx_with_its_tables(tmp_path: Path) -> None:
    facts = read_plan(_docx(tmp_path / "plan.docx"))
    assert [
        (i.number, i.group, i.name, i.base_value, i.target_value, i.target_raw) for i in facts.indicators
    ] == [
        (1, "经济发展", "地区生产总值", 186.0, 260.0, "260"),
        (2, "经济发展", "城镇居民人均可支配收入、农村居民人均可支配收入", 38000.0, 50000.0, "50000"),
        (3, "绿色生态", "森林覆盖率", 52.3, 53.0, "53以上"),
        (4, "绿色生态", "空气质量优良天数比率", 88.1, None, "完成省下达任务"),
    ]
    assert [i.base_year for i in facts.indicators] == [2025, 2025, 2025, 2024]
    assert facts.indicators[2].comparator == ">="
    assert [p.name for p in facts.projects] == ["青山至白水高速公路", "青山通用机场", "县城客运枢纽"]
    assert [(t.location, t.value, t.unit) for t in facts.targets] == [
        ("1", 260.0, "亿元"),
        ("2", 80.0, "亿元"),
        ("2", 200.0, "公里"),
    ]


def test_reads_a_pdf(tmp_path: Path) -> None:
    text = (PLANS / "linjiang.txt").read_text(encoding="utf-8")
    facts = read_plan(_pdf(tmp_path / "plan.pdf", text))
    plain = read_plan(PLANS / "linjiang.txt")
    assert [n.title for n in facts.outline] == [n.title for n in plain.outline]
    assert [(i.name, i.target_value) for i in facts.indicators] == [
        (i.name, i.target_value) for i in plain.indicators
    ]
    assert [t.value for t in facts.targets] == [t.value for t in plain.targets]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16", "utf-16-le"])
def test_decodes_what_offices_write(encoding: str, tmp_path: Path, changchun: PlanFacts) -> None:
    path = tmp_path / "plan.txt"
    path.write_bytes(changchun.text.encode(encoding))
    facts = read_plan(path)
    assert len(facts.targets) == len(changchun.targets)
    assert facts.indicators == changchun.indicators


def test_refuses_an_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "plan.txt"
    path.write_bytes(b"  \n")
    assert _code(path) == "PLN-101"
    with pytest.raises(ProblemError, match="PLN-101"):
        read_plan_text("\n \n", "empty")


def test_refuses_bytes_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "plan.txt"
    path.write_bytes(bytes(range(256)) * 40)
    assert _code(path) == "PLN-102"


def test_refuses_other_formats(tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    path.write_bytes(b"cells")
    assert _code(path) == "PLN-103"


@pytest.mark.parametrize(
    "text",
    ["今天天气很好。我们去公园散步。\n", "第一章 总则\n第一条 为了规范管理，制定本办法。\n第二章 附则\n"],
)
def test_refuses_a_text_that_is_no_plan(text: str) -> None:
    with pytest.raises(ProblemError, match="PLN-104"):
        read_plan_text(text, "other")


def test_refuses_what_is_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ProblemError, match="PLN-105"):
        read_plan_text("长" * 8_000_001, "long")
    monkeypatch.setattr(reading_documents, "LARGEST_FILE", 10)
    path = tmp_path / "plan.txt"
    path.write_bytes(b"x" * 11)
    assert _code(path) == "PLN-105"


def test_refuses_a_missing_file(tmp_path: Path) -> None:
    assert _code(tmp_path / "none.txt") == "PLN-106"


@pytest.mark.parametrize("content", [b"%PDF-1.4 broken", b"PK\x03\x04 broken", b"broken"])
def test_refuses_a_damaged_file(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "plan.docx"
    path.write_bytes(content)
    assert _code(path) == "PLN-107"


def test_refuses_a_zip_that_is_no_document(tmp_path: Path) -> None:
    path = tmp_path / "plan.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("note.txt", "no document")
    assert _code(path) == "PLN-107"


def test_refuses_a_pdf_of_pictures(tmp_path: Path) -> None:
    assert _code(_pdf(tmp_path / "plan.pdf", "")) == "PLN-101"


def test_writes_all_lists(tmp_path: Path, changchun: PlanFacts) -> None:
    written = write_facts(changchun, tmp_path / "out")
    assert {path.name for path in written} == {f"{name}.{kind}" for name in LISTS for kind in ("json", "csv")}
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(path.name for path in written)
    assert (
        (tmp_path / "out" / "targets.csv").read_text(encoding="utf-8-sig").startswith("key,subject,metric,")
    )


def test_writes_nothing_of_a_text_that_breaks_off(tmp_path: Path, changchun: PlanFacts) -> None:
    cut = changchun.text.index("积极推动通道交通建设") + 40
    facts = read_plan_text(changchun.text[:cut], "cut")
    with pytest.raises(ProblemError, match="PLN-108"):
        write_facts(facts, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_leaves_the_old_files_when_it_cannot_write(tmp_path: Path, changchun: PlanFacts) -> None:
    folder = tmp_path / "out"
    (folder / "bodies.csv").mkdir(parents=True)
    (folder / "targets.json").write_text("old", encoding="utf-8")
    with pytest.raises(ProblemError, match="PLN-109"):
        write_facts(changchun, folder)
    assert (folder / "targets.json").read_text(encoding="utf-8") == "old"
    assert sorted(path.name for path in folder.iterdir()) == ["bodies.csv", "targets.json"]
    with pytest.raises(ProblemError, match="PLN-109"):
        write_facts(changchun, folder / "targets.json")


def _locked_pdf() -> bytes:
    writer = pypdf.PdfWriter()
    writer.add_blank_page(200, 200)
    writer.encrypt("secret", algorithm="RC4-128")
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        (
            "a.docx",
            b"\xd0\xcf\x11\xe0" + bytes(600),
            "PLN-107 the file has a password or is of the old .doc kind",
        ),
        ("a.txt", b"<!DOCTYPE html><html><p>\xe8\xa7\x84</p></html>", "PLN-103 this is a web page"),
        ("a.pdf", _locked_pdf(), "PLN-107 the .pdf file has a password"),
    ],
)
def test_says_what_a_file_is_instead(name: str, content: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ProblemError) as refused:
        read_plan(path)
    assert said in str(refused.value.problems[0])
