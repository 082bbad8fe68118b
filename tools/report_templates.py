"""Makes the two Word templates of `plan/reports`: of a report, and of a page.

Run it after changing the look; a city changes its own copy in Word instead. The fonts are those of Chinese
official writing (GB/T 9704: 仿宋 text, 黑体 headings, 宋体 numbers), which Word on any office desk has.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

FOLDER = Path(__file__).resolve().parents[1] / "src/beichen/plan/reports/documents"
TEXT, HEAD, TITLE, LATIN = "仿宋", "黑体", "华文中宋", "Times New Roman"
INK, SOFT, SEAL = RGBColor(0x18, 0x21, 0x2F), RGBColor(0x5B, 0x64, 0x72), RGBColor(0x9E, 0x33, 0x25)


def font(style: Any, east: str, size: float, *, bold: bool = False, colour: RGBColor = INK) -> None:
    """Letters of a style, Chinese and Latin."""
    style.font.name, style.font.size = LATIN, Pt(size)
    style.font.bold, style.font.italic = bold, False
    style.font.color.rgb = colour
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{name}"), None)
    fonts.set(qn("w:eastAsia"), east)
    fonts.set(qn("w:hAnsi"), LATIN)


def space(style: Any, before: float, after: float, line: float, indent: float = 0) -> None:
    """Distances of a style in points; ``line`` is a multiple."""
    shape = style.paragraph_format
    shape.space_before, shape.space_after = Pt(before), Pt(after)
    shape.line_spacing, shape.first_line_indent = line, Pt(indent)


def style_of(word: Any, name: str) -> Any:
    """A paragraph style, made if the file has none of the name."""
    if name in {style.name for style in word.styles}:
        return word.styles[name]
    return word.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)


def styles(word: Any, size: float) -> None:
    """Every style that a report needs."""
    font(word.styles["Normal"], TEXT, size)
    for number, (letters, before, after) in enumerate(
        [(size + 4, 18, 8), (size + 1.5, 12, 5), (size, 8, 4)], 1
    ):
        heading = word.styles[f"Heading {number}"]
        font(heading, HEAD, letters if size > 11 else letters - 2.5, bold=number > 1)
        space(heading, before if size > 11 else 6, after if size > 11 else 3, 1.2)
        heading.paragraph_format.keep_with_next = True
    body = style_of(word, "Body Text")
    font(body, TEXT, size)
    space(body, 0, 4, 1.5 if size > 11 else 1.2, 2 * size)
    body.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    for name, letters, east in [("Caption", size - 2.5, TEXT), ("Table Text", size - 2.5, "宋体")]:
        style = style_of(word, name)
        font(style, east, letters, colour=SOFT if name == "Caption" else INK)
        space(style, 1, 1, 1.1)
    bullet = style_of(word, "List Bullet")
    font(bullet, TEXT, size)
    space(bullet, 0, 3, 1.35 if size > 11 else 1.15)
    bullet.paragraph_format.first_line_indent = None
    title = style_of(word, "Table Title")
    font(title, HEAD, size - 1)
    space(title, 8, 3, 1.1)
    title.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    cover = style_of(word, "Cover Text")
    font(cover, TEXT, size + 1)
    space(cover, 2, 2, 1.5)
    cover.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for number in (1, 2):
        line = style_of(word, f"toc {number}")
        font(line, HEAD if number == 1 else TEXT, size)
        space(line, 2, 2, 1.25)
        line.paragraph_format.left_indent = Pt(0 if number == 1 else 2 * size)


def page_number(line: Any) -> None:
    """A field with the page's number, between dashes."""
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    line.add_run("— ")
    run = line.add_run()
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        else:
            part.text = text
        run._r.append(part)
    line.add_run(" —")


def rule(line: Any, edge: str, colour: str = "9E3325") -> None:
    """A line above or below a paragraph."""
    borders = OxmlElement("w:pBdr")
    border = OxmlElement(f"w:{edge}")
    for name, value in (("val", "single"), ("sz", "8"), ("space", "4"), ("color", colour)):
        border.set(qn(f"w:{name}"), value)
    borders.append(border)
    line._p.get_or_add_pPr().append(borders)


def page(word: Any, *, is_short: bool) -> None:
    """A4 with margins, a running head and the page's number."""
    section = word.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    side = Cm(1.9 if is_short else 2.6)
    section.left_margin = section.right_margin = side
    section.top_margin = Cm(1.8 if is_short else 2.8)
    section.bottom_margin = Cm(1.5 if is_short else 2.4)
    section.header_distance = Cm(1.0 if is_short else 1.5)
    section.footer_distance = Cm(0.8 if is_short else 1.4)
    section.different_first_page_header_footer = not is_short
    head = section.header.paragraphs[0]
    head.text = "{{ head }}"
    head.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for run in head.runs:
        run.font.size, run.font.color.rgb = Pt(9), SOFT
    rule(head, "bottom", "B9BFC8")
    if not is_short:
        page_number(section.footer.paragraphs[0])


def line(word: Any, text: str, east: str, size: float, before: float, *, colour: RGBColor = INK) -> Any:
    """A centred line of the cover."""
    found = word.add_paragraph()
    found.alignment = WD_ALIGN_PARAGRAPH.CENTER
    found.paragraph_format.space_before = Pt(before)
    found.paragraph_format.line_spacing = 1.3
    run = found.add_run(text)
    run.font.size, run.font.color.rgb, run.font.name = Pt(size), colour, LATIN
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), east)
    return found


def report() -> Any:
    """Cover, contents, body."""
    word = Document()
    styles(word, 12)
    page(word, is_short=False)
    line(word, "{{ title }}", TITLE, 24, 150)
    rule(line(word, "{{ subtitle }}", HEAD, 18, 14, colour=SEAL), "bottom")
    line(word, "{{ notice }}", TEXT, 11, 10, colour=SOFT)
    line(word, "", TEXT, 12, 150)
    word.add_paragraph("{{ about }}", style="Cover Text")
    word.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
    line(word, "{{ contents_title }}", HEAD, 16, 6)
    word.add_paragraph("{{ contents }}", style="toc 1")
    word.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
    word.add_paragraph("{{ body }}", style="Body Text")
    return word


def brief() -> Any:
    """One page: title, body."""
    word = Document()
    styles(word, 10)
    page(word, is_short=True)
    line(word, "{{ title }}", TITLE, 15, 0)
    rule(line(word, "{{ subtitle }}", HEAD, 11, 1, colour=SEAL), "bottom")
    word.add_paragraph("{{ body }}", style="Body Text")
    return word


def main() -> int:
    """Write both files."""
    FOLDER.mkdir(exist_ok=True)
    for name, word in (("report", report()), ("brief", brief())):
        word.core_properties.author = "Beichen"
        word.core_properties.comments = ""
        word.save(str(FOLDER / f"{name}.docx"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
