"""Files as attackers send them: told by their content, written anew or refused."""

from __future__ import annotations

import io
import zipfile
import zlib

import pytest
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, TextStringObject

from beichen.fronts.services.applicant.cleaning import MOST_BYTES, clean
from beichen.problem import ProblemError


def picture(form: str = "JPEG", size: tuple[int, int] = (60, 40), **more: object) -> bytes:
    """A picture of one colour."""
    found = io.BytesIO()
    Image.new("RGB", size, "teal").save(found, form, **more)
    return found.getvalue()


def pdf(change: object = None, pages: int = 1) -> bytes:
    """A PDF with blank pages, changed by ``change``."""
    writer = PdfWriter()
    for _page in range(pages):
        writer.add_blank_page(200, 200)
    if callable(change):
        change(writer)
    found = io.BytesIO()
    writer.write(found)
    return found.getvalue()


def refused(name: str, content: bytes) -> str:
    """The code with which a file is refused."""
    with pytest.raises(ProblemError) as caught:
        clean(name, content, "scan")
    assert caught.value.problems[0].where.field == "scan"
    return caught.value.problems[0].code


def test_a_place_within_a_picture_is_left_behind() -> None:
    exif = Image.Exif()
    exif[0x010F] = "Camera 4711"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (43.0, 52.0, 30.0)
    taken = picture(exif=exif.tobytes())
    assert b"Camera 4711" in taken
    name, kept = clean("IMG.JPG", taken, "scan")
    assert name == "IMG.jpg"
    assert b"Camera 4711" not in kept
    assert not Image.open(io.BytesIO(kept)).getexif()


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF"])
def test_pictures_become_fresh_ones_whatever_they_are_called(form: str) -> None:
    name, kept = clean("../../etc/passwd.exe", picture(form), "scan")
    assert name == "passwd.jpg"
    assert kept.startswith(b"\xff\xd8\xff")


def test_what_hides_behind_a_picture_is_gone() -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr("evil.js", "alert(1)")
    _name, kept = clean("a.png", picture("PNG") + archive.getvalue() + b"<script>alert(1)</script>", "scan")
    assert b"PK" not in kept
    assert b"script" not in kept


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<!doctype html><script>alert(1)</script>",
        b"PK\x03\x04" + b"\0" * 200,
        b"MZ\x90\0" + b"\0" * 200,
        b"\xff\xd8\xff" + b"no picture" * 20,
        b"\x89PNG\r\n\x1a\n" + b"\0" * 100,
        b"%PDF-1.7\nno more",
        b"%PDF-1.7\n" + b"%%EOF",
    ],
)
def test_what_is_neither_is_refused(content: bytes) -> None:
    assert refused("scan.pdf", content) == "SRV-511"


def test_a_picture_that_would_unpack_to_gigabytes_is_refused() -> None:
    size = 60_000
    header = b"IHDR" + size.to_bytes(4) + size.to_bytes(4) + b"\x08\x02\0\0\0"
    rows = zlib.compress(b"\0" * 10_000)
    content = b"\x89PNG\r\n\x1a\n" + _chunk(header) + _chunk(b"IDAT" + rows) + _chunk(b"IEND")
    assert refused("bomb.png", content) == "SRV-511"


def _chunk(content: bytes) -> bytes:
    return (len(content) - 4).to_bytes(4) + content + zlib.crc32(content).to_bytes(4)


def test_a_file_that_is_too_large_is_refused() -> None:
    assert refused("big.pdf", b"%PDF-" + b"x" * MOST_BYTES) == "SRV-512"


def test_a_plain_pdf_is_kept_as_it_is() -> None:
    content = pdf()
    assert clean("证明 (1).pdf", content, "scan") == ("证明 (1).pdf", content)


def _script(writer: PdfWriter) -> None:
    action = DictionaryObject()
    action[NameObject("/S")] = NameObject("/JavaScript")
    action[NameObject("/JS")] = TextStringObject("app.alert(1)")
    writer.root_object[NameObject("/OpenAction")] = action


def _attached(writer: PdfWriter) -> None:
    writer.add_attachment("evil.exe", b"MZ")


def _locked(writer: PdfWriter) -> None:
    writer.encrypt("secret")


def _launches(writer: PdfWriter) -> None:
    action = DictionaryObject()
    action[NameObject("/S")] = NameObject("/Launch")
    action[NameObject("/F")] = TextStringObject("cmd.exe")
    writer.root_object[NameObject("/OpenAction")] = action


def _goes_in_circles(writer: PdfWriter) -> None:
    circle = DictionaryObject()
    circle[NameObject("/Self")] = ArrayObject([writer.root_object.indirect_reference])
    writer.root_object[NameObject("/Circle")] = circle


@pytest.mark.parametrize("change", [_script, _attached, _locked, _launches])
def test_a_pdf_that_runs_or_carries_something_is_refused(change: object) -> None:
    assert refused("paper.pdf", pdf(change)) == "SRV-511"


def test_a_pdf_that_leads_back_to_itself_is_read_once() -> None:
    content = pdf(_goes_in_circles)
    assert clean("paper.pdf", content, "scan")[1] == content


def test_a_pdf_that_is_an_archive_too_is_refused() -> None:
    assert refused("paper.pdf", pdf() + b"PK\x03\x04" + b"x" * 200) == "SRV-511"
    content = pdf()
    assert refused("paper.pdf", content[:9] + b"<html><script>" + content[9:]) == "SRV-511"


def test_more_pages_than_a_paper_has_are_refused() -> None:
    assert refused("paper.pdf", pdf(pages=201)) == "SRV-511"
