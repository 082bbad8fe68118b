"""From a file to text: .txt in the encodings that Chinese offices write, .docx and .pdf.

The extracted text is kept: all offsets of the facts point into it. Rows of a .docx table become lines
of cells divided by tabs; a table's end is marked, because a box of a plan is often a table of one cell.
"""

from __future__ import annotations

import io
import logging
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from beichen.plan.importer import codes
from beichen.plan.importer.lines import TABLE_END
from beichen.problem import Problem, ProblemError, Where, said

if TYPE_CHECKING:
    from docx.document import Document

LARGEST_FILE = 64 * 1024 * 1024
LARGEST_TEXT = 8_000_000
_LARGEST_PART = 256 * 1024 * 1024
_COMPOUND = b"\xd0\xcf\x11\xe0"
_MARKUP = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*(?:<!doctype html|<html|<\?xml)", re.IGNORECASE)
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def refuse(code_: str, source: str, message: str, hint: str = "") -> ProblemError:
    """The error that refuses a whole file."""
    return ProblemError(Problem(code_, message, Where(file=source), hint))


def _mostly_text(text: str) -> bool:
    odd = sum(c < " " and c not in "\r\n\t\f\v" for c in text) + text.count("\ufffd")
    return odd <= len(text) * 0.001


def _reads_as_chinese(text: str) -> bool:
    common = sum(text.count(c) for c in "的和发展建设年，。、")
    return common > len(text) * 0.02


def decode(content: bytes, source: str) -> tuple[str, str]:
    """The text and its encoding: UTF-8, UTF-16, else GB 18030 or Big5 when that reads as Chinese.

    Raises ProblemError PLN-102 when it is no text in any of them.
    """
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            return content.decode(encoding, errors="replace"), encoding
    tried = (("utf-8", False), ("gb18030", True), ("big5", True), ("utf-16-le", True), ("utf-16-be", True))
    for encoding, must_read in tried:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _mostly_text(text) and (not must_read or _reads_as_chinese(text)):
            return text, encoding
    text = content.decode("utf-8", errors="replace")
    if text.count("\ufffd") < len(text) * 0.001 and _mostly_text(text):
        return text, "utf-8 with errors"
    raise refuse(codes.NOT_TEXT, source, said("the bytes are no text in UTF-8, UTF-16, GB 18030 or Big5"))


def _cell_texts(row: Any) -> Iterator[str]:
    for cell in row.findall(f"{_W}tc"):
        properties = cell.find(f"{_W}tcPr")
        span, merged = 1, False
        if properties is not None:
            grid = properties.find(f"{_W}gridSpan")
            span = int(grid.get(f"{_W}val", "1")) if grid is not None else 1
            vertical = properties.find(f"{_W}vMerge")
            merged = vertical is not None and vertical.get(f"{_W}val") != "restart"
        yield "" if merged else " ".join(_paragraph_texts(cell))
        yield from [""] * (min(span, 64) - 1)


def _text_of(paragraph: Any) -> str:
    nodes = paragraph.iter(f"{_W}t", f"{_W}tab", f"{_W}br")
    return "".join(node.text or "" if node.tag == f"{_W}t" else " " for node in nodes)


def _paragraph_texts(element: Any) -> list[str]:
    return [text for p in element.iter(f"{_W}p") if (text := _text_of(p).strip())]


def _table_lines(table: Any) -> Iterator[str]:
    rows = table.findall(f"{_W}tr")
    if all(len(row.findall(f"{_W}tc")) <= 1 for row in rows):
        yield from _paragraph_texts(table)
    else:
        for row in rows:
            yield "\t".join(text.replace("\t", " ") for text in _cell_texts(row))
    yield TABLE_END


def _docx_lines(document: Document) -> Iterator[str]:
    for element in document.element.body.iterchildren():
        if element.tag == f"{_W}p":
            yield _text_of(element)
        elif element.tag == f"{_W}tbl":
            yield from _table_lines(element)


def read_docx(content: bytes, source: str) -> str:
    """The text of a .docx file, a paragraph or a table row a line. Raises PLN-105, PLN-107."""
    import docx

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > _LARGEST_PART:
                raise refuse(codes.TOO_LARGE, source, said("the .docx file unpacks to more than 256 MB"))
        return "\n".join(_docx_lines(docx.Document(io.BytesIO(content))))
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, SyntaxError) as error:
        raise refuse(codes.BROKEN_FILE, source, said("this is no readable .docx file")) from error


def read_pdf(content: bytes, source: str) -> str:
    """The text of a .pdf file, its pages divided by form feeds. Raises PLN-101, PLN-107."""
    import pypdf
    from pypdf.errors import FileNotDecryptedError, PyPdfError

    logging.getLogger("pypdf").setLevel(logging.ERROR)  # what it mends on its way is no concern of a person
    try:
        reader = pypdf.PdfReader(io.BytesIO(content))
        pages = [page.extract_text() for page in reader.pages]
    except FileNotDecryptedError as error:
        raise refuse(
            codes.BROKEN_FILE, source, said("the .pdf file has a password"), said("remove it")
        ) from error
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, OSError) as error:
        raise refuse(codes.BROKEN_FILE, source, said("this is no readable .pdf file")) from error
    if not any(page.strip() for page in pages):
        hint = said("a scanned plan must be recognised (OCR) first")
        raise refuse(codes.EMPTY, source, said("the .pdf file holds pictures of text only"), hint)
    return "\n\f".join(pages)


def read_document(path: Path) -> tuple[str, str]:
    """The text of a plan's file and how it was encoded ("utf-8" unless it had to be decoded).

    Raises ProblemError (PLN-101 to 107) when the file is missing, too large, damaged or no text.
    """
    source = path.name
    if not path.is_file():
        raise refuse(codes.NO_FILE, str(path), said("there is no file of this name"))
    if path.stat().st_size > LARGEST_FILE:
        raise refuse(codes.TOO_LARGE, source, said("the file is larger than 64 MB"))
    content = path.read_bytes()
    if not content.strip():
        raise refuse(codes.EMPTY, source, said("the file is empty"))
    if content.startswith(_COMPOUND):
        hint = said("remove the password, or save it as .docx")
        raise refuse(
            codes.BROKEN_FILE, source, said("the file has a password or is of the old .doc kind"), hint
        )
    if _MARKUP.match(content):
        hint = said("save its text as .txt, .docx or .pdf")
        raise refuse(codes.UNKNOWN_FORMAT, source, said("this is a web page, not a plan's text"), hint)
    if content.startswith(b"%PDF-"):
        return read_pdf(content, source), "utf-8"
    if content.startswith(b"PK\x03\x04"):
        return read_docx(content, source), "utf-8"
    if path.suffix.lower() not in (".txt", ".text", ".md", ""):
        known = path.suffix.lower() in (".pdf", ".docx")
        code_ = codes.BROKEN_FILE if known else codes.UNKNOWN_FORMAT
        what = f"this is no readable {path.suffix} file" if known else f"{path.suffix} files are not read"
        raise refuse(code_, source, what, said("give the plan as .txt, .docx or .pdf"))
    return decode(content, source)
