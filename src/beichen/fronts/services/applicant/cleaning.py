"""Files as they are kept: looked at by their content, written anew where they are pictures, refused where a
browser or a clerk's machine might run something.

A picture becomes a fresh JPEG of its pixels: places, cameras' numbers, second files behind the first are left
with the old bytes. A PDF is read to its end and refused when it runs scripts, opens other files, carries
files, asks for a password, or is a second kind of file as well.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from pathlib import PurePath
from typing import Any

from beichen.fronts.services.applicant.problems import TOO_LARGE, bad_file
from beichen.hubs.events.service import written_anew
from beichen.problem import Problem, ProblemError, Where, said

MOST_BYTES = 15 << 20
MOST_PAGES = 200
MOST_OBJECTS = 60_000
PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF", b"GIF8")
_RUN = (
    "/JavaScript",
    "/JS",
    "/Launch",
    "/EmbeddedFile",
    "/EmbeddedFiles",
    "/RichMedia",
    "/XFA",
    "/SubmitForm",
    "/ImportData",
    "/GoToR",  # leads to another file, also one of another machine
    "/GoToE",
    "/Rendition",
    "/Movie",
    "/Sound",
)
_FOREIGN = (b"PK\x03\x04", b"<html", b"<script", b"<svg", b"<!doctype", b"MZ\x90", b"\x7fELF", b"#!/")
ENDINGS = ".jpg,.jpeg,.png,.webp,.pdf"


def clean(name: str, content: bytes, field: str) -> tuple[str, bytes]:
    """The name and the bytes under which a file is kept. Raises ProblemError SRV-511, SRV-512."""
    if len(content) > MOST_BYTES:
        message = said("larger than {limit} MB", limit=MOST_BYTES >> 20)
        raise ProblemError(Problem(TOO_LARGE, message, Where(field=field)))
    stem = _stem(name)
    if content.startswith(PICTURES):
        return f"{stem}.jpg", _picture(content, field)
    if content.startswith(b"%PDF-"):
        _check_pdf(content, field)
        return f"{stem}.pdf", content
    raise bad_file(field, said("this is neither a picture nor a PDF"), said("JPEG, PNG, WebP or PDF"))


def _stem(name: str) -> str:
    """A name without folders, endings and signs that a file system reads in its own way."""
    last = PurePath(name.replace("\\", "/")).name
    stem = last.rpartition(".")[0] or last
    kept = "".join(one for one in stem if one.isalnum() or one in " -_()（）").strip(" -")
    return kept[:80] or "file"


def _picture(content: bytes, field: str) -> bytes:
    try:
        return written_anew(content)
    except ProblemError as error:
        raise bad_file(field, error.problems[0].message) from None


def _check_pdf(content: bytes, field: str) -> None:
    """Raises ProblemError SRV-511 for a PDF that does more than show pages."""
    head = content[:1024].lower()
    if any(sign.lower() in head for sign in _FOREIGN):
        raise bad_file(field, said("the file is two kinds of file at once"))
    end = content.rstrip(b"\x00\r\n \t").rfind(b"%%EOF")
    if end < 0 or len(content.rstrip(b"\x00\r\n \t")) - end > len(b"%%EOF") + 64:
        raise bad_file(field, said("something stands behind the end of the PDF, or it is cut off"))
    wrong = _read_pdf(content)
    if wrong:
        raise bad_file(field, wrong, said("print it to a PDF anew and send that"))


def _read_pdf(content: bytes) -> str:
    """What is wrong with a PDF; empty when nothing is. Its streams are not unpacked."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(io.BytesIO(content), strict=False)
        if reader.is_encrypted:
            return said("the PDF asks for a password")
        if len(reader.xref_objStm) + sum(map(len, reader.xref.values())) > MOST_OBJECTS:
            return said("the PDF has more parts than a paper needs")
        if len(reader.pages) > MOST_PAGES:
            return said("more than {limit} pages", limit=MOST_PAGES)
        root = reader.trailer["/Root"]
        return _walk(root)
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError, OSError, IndexError):
        return said("the PDF is damaged")


def _walk(root: Any) -> str:
    """Look at every dictionary that the document leads to, each once, within bounds."""
    waiting: list[Any] = [root]
    seen: set[int] = set()
    while waiting:
        one = waiting.pop()
        if len(seen) > MOST_OBJECTS:
            return said("the PDF has more parts than a paper needs")
        found = one.get_object() if hasattr(one, "get_object") else one
        mark = id(found)
        if mark in seen:
            continue
        seen.add(mark)
        if isinstance(found, Mapping):
            if any(name in found for name in _RUN) or str(found.get("/S", "")) in _RUN:
                return said("the PDF runs something or carries other files")
            waiting += list(found.values())
        elif isinstance(found, list):
            waiting += found
    return ""


Cleaner = Callable[[str, bytes, str], tuple[str, bytes]]
