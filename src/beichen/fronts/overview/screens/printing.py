"""A screen as a document: an HTML page of placed boxes, laid out by WeasyPrint as PDF, drawn from it as PNG.

Letters, charts and maps are drawn here on the server, always light, so that the same screen gives the same
sheet to everybody who may see the same. Each figure keeps its source, time, status and demo mark.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, replace
from datetime import datetime
from importlib import import_module
from io import BytesIO
from time import monotonic
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from beichen.fronts.overview.screens import pictures
from beichen.fronts.overview.screens.content import Bar, Content, nothing
from beichen.fronts.overview.screens.filling import fill
from beichen.fronts.overview.screens.looking import Looking
from beichen.fronts.overview.screens.paper import Place, Sheet, places, sheets
from beichen.fronts.overview.screens.shelf import Shelved
from beichen.fronts.overview.screens.titles import titles_of
from beichen.fronts.overview.screens.vocabulary import COLUMNS
from beichen.problem import Problem, ProblemError, code, said

NO_PRINTER = code("OVW-114", "A screen cannot be printed now.", status=503)
PAPERS = {"a3": (420.0, 297.0), "a4": (297.0, 210.0)}
"""Width and height in millimetres, lying."""
PICTURE = (508.0, 285.75)  # 1920 × 1080 CSS pixels
ZOOM = 2.0  # pixels of a picture for one CSS pixel
A3 = PAPERS["a3"][0]
MARGIN, HEAD, FOOT, GAP = 9.0, 17.0, 7.0, 3.0  # millimetres on A3
LEAST_ROW = 17.0
TITLE, NOTE, PADDING, LINE, ROW, FIGURE = 6.0, 4.2, 2.6, 4.9, 5.4, 10.5
FILL_SECONDS, WAIT_SECONDS = 25.0, 30.0
_turn = threading.Lock()  # PDFium and the fonts' cache belong to one at a time


@dataclass(frozen=True, slots=True)
class Filled:
    """A widget with what it shows."""

    number: int
    kind: str
    title: str
    content: Content


@dataclass(frozen=True, slots=True)
class Box:
    """A widget as it is printed: its place in millimetres, and what of it fits there."""

    filled: Filled
    left: float
    top: float
    width: float
    height: float
    picture: SafeString
    bars: list[Bar]
    rows: list[list[tuple[str, bool]]]
    left_out: int


@dataclass(frozen=True, slots=True)
class About:
    """What a document says of itself."""

    who: str
    when: datetime
    address: str
    is_demo: bool
    city: str


def filled(found: Shelved, looking: Looking) -> list[Filled]:
    """Every widget of a screen, filled with the reader's rights; what takes too long says so."""
    widgets = found.screen.widgets
    titles = titles_of(widgets, looking)
    ends = monotonic() + FILL_SECONDS
    done = []
    for number, widget in enumerate(widgets):
        if monotonic() > ends:
            content = nothing(_("It was not fetched in time."))
        else:
            content, _since = fill(widget, looking, key=f"{found.key}.{number}")
        done.append(Filled(number, widget["kind"], titles[number], content))
    return done


def as_pdf(found: Shelved, looking: Looking, about: About, paper: str) -> bytes:
    """The screen on lying sheets of :data:`PAPERS`. Raises ProblemError OVW-114."""
    placed = places(found.screen.widgets, COLUMNS)
    content = _document(found, looking, about, sheets(placed), PAPERS[paper], filled(found, looking))
    return _printed(content)


def as_png(found: Shelved, looking: Looking, about: About) -> bytes:
    """The whole screen as one picture, 3840 pixels wide. Raises ProblemError OVW-114."""
    placed = places(found.screen.widgets, COLUMNS)
    rows = max((one.bottom for one in placed), default=1)
    whole = [Sheet(0, rows, tuple(placed))]
    scale = PICTURE[0] / A3
    high = max(PICTURE[1], (2 * MARGIN + HEAD + FOOT + rows * LEAST_ROW) * scale)
    content = _document(found, looking, about, whole, (PICTURE[0], high), filled(found, looking))
    return _drawn(_printed(content))


def _document(
    found: Shelved,
    looking: Looking,
    about: About,
    on: list[Sheet],
    size: tuple[float, float],
    widgets: list[Filled],
) -> str:
    scale = size[0] / A3
    context = {
        "name": found.screen.named(looking.language),
        "level": found.screen.level,
        "looking": looking,
        "about": about,
        "width": size[0],
        "height": size[1],
        "unit": scale,
        "margin": MARGIN * scale,
        "sheets": [_boxes(sheet, widgets, size, scale, looking.language) for sheet in on],
        "is_whole_demo": about.is_demo,
        "language": "en" if looking.language == "en" else "zh-Hans",
    }
    return render_to_string("overview/paper.html", context)


def _boxes(
    sheet: Sheet, widgets: list[Filled], size: tuple[float, float], scale: float, language: str
) -> list[Box]:
    """The widgets of a sheet in millimetres; few rows do not fill it."""
    wide = size[0] / scale - 2 * MARGIN
    high = size[1] / scale - 2 * MARGIN - HEAD - FOOT
    column = (wide + GAP) / COLUMNS
    row = min((high + GAP) / sheet.rows, 34.0)
    return [_box(place, sheet, widgets[place.number], column, row, scale) for place in sheet.places]


def _box(place: Place, sheet: Sheet, one: Filled, column: float, row: float, scale: float) -> Box:
    width, height = place.width * column - GAP, place.height * row - GAP
    content = one.content
    inner = width - 2 * PADDING
    room = height - 2 * PADDING - TITLE - NOTE * _note_lines(content, inner)
    room -= FIGURE if content.headline else 0.0
    room -= LINE if content.verdict else 0.0
    picture = pictures.of(content, inner, max(room, 0.0), scale)
    lines = max(0, int(room / LINE)) if not picture else 0
    rows = max(0, int((room - ROW) / ROW))
    bars = content.bars if len(content.bars) <= lines else content.bars[: max(0, lines - 1)]
    table = content.rows if len(content.rows) <= rows else content.rows[: max(0, rows - 1)]
    left_out = 0 if picture else len(content.bars) - len(bars) + len(content.rows) - len(table)
    return Box(
        filled=one,
        left=(MARGIN + place.left * column) * scale,
        top=(MARGIN + HEAD + (place.top - sheet.first) * row) * scale,
        width=width * scale,
        height=height * scale,
        picture=picture,
        bars=[replace(bar, share=min(100.0, bar.share)) for bar in bars],
        rows=table,
        left_out=left_out,
    )


def _note_lines(content: Content, width: float) -> int:
    """How many lines source, time and status take: letters are 2.4 mm wide in Chinese."""
    words = "".join([content.source, content.period, *content.notes]) + " " * 16
    return min(3, 1 + int(sum(2.4 if ord(one) > 0x2E80 else 1.25 for one in words) / max(width, 10.0)))


def _refuse(address: str, *_given: Any, **_named: Any) -> Any:
    raise ValueError(f"a printed screen fetches nothing: {address[:80]}")


def _printed(page: str) -> bytes:
    """The page as PDF. Raises ProblemError OVW-114."""
    try:
        weasyprint = import_module("weasyprint")
    except OSError as error:
        hint = said("apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0")
        raise ProblemError(Problem(NO_PRINTER, f"{error}"[:80], hint=hint)) from None
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    if not _turn.acquire(timeout=WAIT_SECONDS):
        raise ProblemError(Problem(NO_PRINTER, said("too many screens are being printed; try again")))
    try:
        return bytes(weasyprint.HTML(string=page, url_fetcher=_refuse).write_pdf())
    finally:
        _turn.release()


def _drawn(content: bytes) -> bytes:
    """The first sheet of a PDF as PNG. Raises ProblemError OVW-114."""
    import pypdfium2

    if not _turn.acquire(timeout=WAIT_SECONDS):
        raise ProblemError(Problem(NO_PRINTER, said("too many screens are being printed; try again")))
    try:
        document = pypdfium2.PdfDocument(content)
        try:
            picture = document[0].render(scale=ZOOM * 96 / 72).to_pil().convert("RGB")
        finally:
            document.close()
    finally:
        _turn.release()
    written = BytesIO()
    picture.save(written, "PNG", optimize=True)
    return written.getvalue()
