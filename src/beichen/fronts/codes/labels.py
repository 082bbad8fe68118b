"""Sheets of labels: how many stand on a page and how large they are, and the page itself as HTML for
paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import segno
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Layout:
    """A sheet: its size, its labels in millimetres, the margins that centre them, and where words stand."""

    key: str
    name: str | Promise
    page: tuple[float, float]
    columns: int
    rows: int
    label: tuple[float, float]
    is_wide: bool = True

    @property
    def count(self) -> int:
        """Labels on a page."""
        return self.columns * self.rows

    @property
    def margins(self) -> tuple[float, float]:
        """Left and top, so that the labels stand in the middle."""
        return (
            round((self.page[0] - self.columns * self.label[0]) / 2, 3),
            round((self.page[1] - self.rows * self.label[1]) / 2, 3),
        )

    @property
    def code_size(self) -> float:
        """The side of the QR code, with its quiet zone."""
        wide, high = self.label
        return round(min(high - 4, wide * 0.45) if self.is_wide else min(wide - 4, high - 14), 2)


A4 = (210.0, 297.0)
LAYOUTS = {
    one.key: one
    for one in (
        Layout("a4-3x8", _("A4, 3 × 8 labels of 70 × 37 mm"), A4, 3, 8, (70, 37)),
        Layout("a4-2x5", _("A4, 2 × 5 labels of 99 × 57 mm"), A4, 2, 5, (99, 57)),
        Layout("a4-5x13", _("A4, 5 × 13 labels of 38 × 21 mm"), A4, 5, 13, (38.1, 21.2)),
        Layout("a4-2x2", _("A4, 4 signs of 100 × 140 mm"), A4, 2, 2, (100, 140), is_wide=False),
        Layout("roll-60x40", _("Roll, labels of 60 × 40 mm"), (60, 40), 1, 1, (60, 40)),
    )
}


@dataclass(frozen=True, slots=True)
class Label:
    """What a label says, and the address in its code."""

    code: str
    name: str
    about: str
    address: str


@dataclass(frozen=True, slots=True)
class _Placed:
    label: Label
    left: float
    top: float
    side: int
    path: str


def _path(address: str) -> tuple[int, str]:
    """The dark modules of a QR code as one path of runs, and how many modules its side has."""
    code = segno.make(address, error="m", micro=False)
    rows = [bytes(row) for row in code.matrix_iter(border=4)]
    parts = []
    for y, row in enumerate(rows):
        start = -1
        for x, is_dark in enumerate((*row, 0)):
            if is_dark and start < 0:
                start = x
            elif not is_dark and start >= 0:
                parts.append(f"M{start} {y}h{x - start}v1H{start}z")
                start = -1
    return len(rows), "".join(parts)


def sheets(layout: Layout, labels: Sequence[Label], city: str, words: str) -> str:
    """The pages of these labels as HTML."""
    left, top = layout.margins
    pages = []
    for first in range(0, len(labels), layout.count):
        placed = []
        for number, label in enumerate(labels[first : first + layout.count]):
            row, column = divmod(number, layout.columns)
            side, path = _path(label.address)
            placed.append(
                _Placed(label, left + column * layout.label[0], top + row * layout.label[1], side, path)
            )
        pages.append(placed)
    context = {"layout": layout, "pages": pages, "city": city, "words": words}
    return render_to_string("codes/sheet.html", context)
