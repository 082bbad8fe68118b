"""A document as Word: a template that a city can change, filled in with the report's content.

The template holds the look: page, styles, header, footer, cover. docxtpl puts the words into its
placeholders; the three that stand for more than words (``about``, ``contents``, ``body``) are paragraphs of
their own, before which python-docx builds the content with the template's styles.

Long because every block of a document has its shape in Word here, and Word's own parts are named one by one.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any

import docx
from docx.document import Document as Word
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Pt, RGBColor
from docx.text.paragraph import Paragraph as Line

from beichen.plan.reports.document import (
    Block,
    Cell,
    Document,
    Figure,
    Listing,
    Paragraph,
    Placed,
    Table,
    Tiles,
    outline,
)
from beichen.plan.reports.drawing import as_png
from beichen.plan.reports.rendering.template import TOKENS, check_template, default_template, environment
from beichen.plan.reports.rendering.words import words_of

TONES = {
    "ahead": "17634E",
    "on-course": "1F5688",
    "behind": "7D5200",
    "missed": "9C2B22",
    "unknown": "586170",
}
_SHADE = "E9EEF3"
_ALIGNMENTS = {"center": WD_ALIGN_PARAGRAPH.CENTER, "right": WD_ALIGN_PARAGRAPH.RIGHT}
_PLACES = {"number": "right", "year": "right", "status": "center", "source": "center"}


def _fill(document: Document, template: bytes) -> Word:
    """The template with its words in, the places of content marked."""
    from docxtpl import DocxTemplate

    said = words_of(document.language)
    notice = " ".join(text for text in (said["demo"] if document.is_demo else "", document.notice) if text)
    words = {
        "title": document.title,
        "subtitle": document.subtitle,
        "head": document.head,
        "year": str(document.year),
        "notice": notice,
        "contents_title": said["contents"],
    }
    file = DocxTemplate(BytesIO(template))
    file.render({**words, **TOKENS}, jinja_env=environment(), autoescape=True)
    filled = BytesIO()
    file.save(filled)
    filled.seek(0)
    return docx.Document(filled)


class _Writer:
    """Builds content before one paragraph of the template."""

    def __init__(self, word: Word, place: Line, is_short: bool, said: dict[str, str]) -> None:
        self.word, self.place, self.is_short, self.said = word, place, is_short, said
        section = word.sections[0]
        width = (
            (section.page_width or Emu(0))
            - (section.left_margin or Emu(0))
            - (section.right_margin or Emu(0))
        )
        self.width = Emu(width)
        self.bookmark = 0
        self.cell_style = word.styles["Table Text"].style_id

    def line(self, text: str, style: str) -> Line:
        """A paragraph of a style."""
        return self.place.insert_paragraph_before(text, style=style)

    def heading(self, placed: Placed) -> None:
        """A heading that the contents can lead to."""
        line = self.line(f"{placed.number} {placed.section.title}", f"Heading {min(placed.level, 3)}")
        self.bookmark += 1
        start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
        for mark in (start, end):
            mark.set(qn("w:id"), str(self.bookmark))
        start.set(qn("w:name"), f"_{placed.anchor.replace('-', '_')}")
        line._p.insert(1 if line._p.pPr is not None else 0, start)
        line._p.append(end)

    def block(self, block: Block) -> None:
        """Any block."""
        if isinstance(block, Paragraph):
            self.paragraph(block)
        elif isinstance(block, Listing):
            for item in block.items:
                self.line(item, "List Bullet")
        elif isinstance(block, Tiles):
            self.tiles(block)
        elif isinstance(block, Table):
            self.table(block)
        else:
            self.figure(block)

    def paragraph(self, block: Paragraph) -> None:
        """Running text; a note is smaller, an address stands without indent."""
        if block.style == "note":
            self.line(block.text, "Caption")
            return
        line = self.line(block.text, "Body Text")
        if block.style == "address":
            line.paragraph_format.first_line_indent = Pt(0)

    def tiles(self, block: Tiles) -> None:
        """Numbers above, words below, in one row."""
        numbers, labels = self._new_table(2, len(block.items), [1] * len(block.items))
        for tile, number, label in zip(block.items, numbers, labels, strict=True):
            run = self._line_in(number, "center").add_run(tile.value)
            run.bold, run.font.size = True, Pt(16)
            if tile.tone in TONES:
                run.font.color.rgb = RGBColor.from_string(TONES[tile.tone])
            self._line_in(label, "center").add_run(tile.label)
        self._space()

    def table(self, block: Table) -> None:
        """Heads that repeat on every page, rows that are not torn, widths by share."""
        self.line(block.title, "Table Title").paragraph_format.keep_with_next = True
        shares = [column.share for column in block.columns]
        head, *body = self._new_table(1 + len(block.rows), len(shares), shares)
        _mark(head[0].getparent(), "tblHeader")
        for cell, column in zip(head, block.columns, strict=True):
            self._words(cell, column.title, column.kind, is_head=True)
        for row, cells in zip(block.rows, body, strict=True):
            for content, cell, column in zip(row, cells, block.columns, strict=True):
                self._words(cell, content, column.kind)
        if block.note:
            self.line(block.note, "Caption")
        self._space()

    def figure(self, block: Figure) -> None:
        """The chart as a picture, what it shows beneath."""
        line = self.line("", "Caption")
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        line.paragraph_format.keep_with_next = True
        share = 0.62 if block.is_small else 0.94
        line.add_run().add_picture(BytesIO(as_png(block)), width=Emu(int(self.width * share)))
        shape = line._p.xpath(".//wp:docPr")
        if shape:
            shape[0].set("descr", block.chart.title)
        caption = self.line(f"{block.chart.title}{'  ' + block.note if block.note else ''}", "Caption")
        caption.alignment = WD_ALIGN_PARAGRAPH.CENTER

    def _new_table(self, rows: int, columns: int, shares: list[int]) -> list[list[Any]]:
        """A table before the place; its cells as elements, because python-docx finds them anew each time."""
        table = self.word.add_table(rows, columns, style="Table Grid")
        self.place._p.addprevious(table._tbl)
        _lighten(table)
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        table.autofit = False
        widths = [Emu(int(self.width * share / sum(shares))) for share in shares]
        for column, width in zip(table._tbl.tblGrid.gridCol_lst, widths, strict=True):
            column.w = width
        grid = []
        for line in table._tbl.tr_lst:
            _mark(line, "cantSplit")
            cells = list(line.tc_lst)
            for cell, width in zip(cells, widths, strict=True):
                cell.width = width
            grid.append(cells)
        return grid

    def _line_in(self, cell: Any, alignment: str = "") -> Line:
        """The paragraph of a new cell."""
        line = Line(cell.p_lst[0], self.place._parent)
        line._p.style = self.cell_style
        if alignment:
            line.alignment = _ALIGNMENTS[alignment]
        return line

    def _words(self, cell: Any, content: Cell | str, kind: str, *, is_head: bool = False) -> None:
        line = self._line_in(cell, _PLACES.get(kind, ""))
        text, tone = (content.text, content.tone) if isinstance(content, Cell) else (content, "")
        run = line.add_run(text)
        if is_head:
            run.bold = True
            _shade(cell)
        if tone in TONES:
            run.bold = True
            run.font.color.rgb = RGBColor.from_string(TONES[tone])

    def _space(self) -> None:
        line = self.line("", "Table Text")
        line.paragraph_format.space_after = Pt(2 if self.is_short else 6)

    def sources(self, document: Document) -> None:
        """The numbered list of sources."""
        self.line(self.said["sources"], "Heading 1")
        for source in document.sources:
            words = [text for text in (source.title, source.about, source.url) if text]
            self.line(f"[{source.number}] {' · '.join(words)}", "Caption")


def _shade(cell: Any) -> None:
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", _SHADE)):
        shade.set(qn(f"w:{name}"), value)
    cell.get_or_add_tcPr().append(shade)


def _mark(row: Any, name: str) -> None:
    """Have a row stand on one page (``cantSplit``), or again at the head of every page (``tblHeader``)."""
    row.get_or_add_trPr().append(OxmlElement(f"w:{name}"))


def _lighten(table: Any) -> None:
    """Thin grey lines between rows, none between columns: a report is read, not filled in."""
    borders = OxmlElement("w:tblBorders")
    lines = {"top": ("8", "434D5C"), "bottom": ("8", "434D5C"), "insideH": ("4", "C9CED6")}
    for edge in ("top", "left", "bottom", "right", "insideH", "insideV"):
        size, colour = lines.get(edge, ("0", "auto"))
        line = OxmlElement(f"w:{edge}")
        line.set(qn("w:val"), "single" if edge in lines else "nil")
        line.set(qn("w:sz"), size)
        line.set(qn("w:color"), colour)
        borders.append(line)
    margins = OxmlElement("w:tblCellMar")
    for edge in ("left", "right"):
        margin = OxmlElement(f"w:{edge}")
        margin.set(qn("w:w"), "50")  # twentieths of a point
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    for part in (borders, margins):
        table._tbl.tblPr.append(part)


def _field(line: Line, instruction: str, entries: list[tuple[str, str]], word: Word) -> None:
    """A contents field whose entries stand already and whose page numbers Word fills in when it opens."""
    run = line.add_run()
    begin = OxmlElement("w:fldChar")
    begin.set(qn("w:fldCharType"), "begin")
    begin.set(qn("w:dirty"), "true")
    words = OxmlElement("w:instrText")
    words.set(qn("xml:space"), "preserve")
    words.text = instruction
    middle = OxmlElement("w:fldChar")
    middle.set(qn("w:fldCharType"), "separate")
    for part in (begin, words, middle):
        run._r.append(part)
    last = line
    for index, (text, style) in enumerate(entries):
        if index:
            following = OxmlElement("w:p")
            last._p.addnext(following)
            last = Line(following, line._parent)
        last.style = word.styles[style]
        last.add_run(text)
    end = OxmlElement("w:fldChar")
    end.set(qn("w:fldCharType"), "end")
    last.add_run()._r.append(end)


def _places(word: Word) -> dict[str, Line]:
    """The paragraphs that wait for content."""
    return {
        name: line for line in word.paragraphs for name, token in TOKENS.items() if line.text.strip() == token
    }


def _drop(line: Line) -> None:
    line._p.getparent().remove(line._p)


def as_docx(document: Document, template: bytes | None = None) -> bytes:
    """The document as Word, on the city's template or the room's own. Raises ProblemError PLN-91x."""
    if template is not None:
        check_template(template)
    word = _fill(document, template or default_template(is_short=document.is_short))
    said = words_of(document.language)
    places = _places(word)
    if "about" in places:
        for about in document.about:
            places["about"].insert_paragraph_before(f"{about.label}：{about.text}", style="Cover Text")
        _drop(places["about"])
    placed = [one for one in outline(document) if one.number]
    if "contents" in places:
        entries = [
            (f"{one.number} {one.section.title}", f"toc {min(one.level, 2)}")
            for one in placed
            if one.level < 3
        ]
        places["contents"].text = ""
        _field(places["contents"], r'TOC \o "1-2" \h \z \u', entries, word)
    writer = _Writer(word, places["body"], document.is_short, said)
    for one in outline(document):
        if one.number:
            writer.heading(one)
        for block in one.section.blocks:
            writer.block(block)
    if document.sources:
        writer.sources(document)
    _drop(places["body"])
    word.core_properties.title = document.title
    word.core_properties.author = "Beichen"
    word.core_properties.comments = ""
    file = BytesIO()
    word.save(file)
    return file.getvalue()
