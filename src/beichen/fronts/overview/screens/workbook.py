"""All figures of a screen as a workbook: what it is, a line for each widget, a sheet for whoever has more."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook

from beichen.fronts.overview.screens.content import Content
from beichen.fronts.overview.screens.looking import Looking
from beichen.fronts.overview.screens.printing import About, Filled
from beichen.fronts.overview.screens.shelf import Shelved
from beichen.web.exports import plain
from beichen.web.status import SURENESS

_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
NAME_LENGTH = 31  # of a sheet


def as_workbook(found: Shelved, looking: Looking, about: About, widgets: Sequence[Filled]) -> bytes:
    """The file."""
    book = Workbook(write_only=True)
    _sheet(book, _("About this screen"), _about(found, looking, about))
    _sheet(book, _("Figures"), _figures(widgets))
    names = {_("About this screen"), _("Figures")}
    for one in widgets:
        rows = list(_rows(one.content))
        if len(rows) > 1:
            name = _free(one, names)
            names.add(name)
            _sheet(book, name, rows)
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def _sheet(book: Workbook, name: str, rows: Iterable[Sequence[Any]]) -> None:
    sheet = book.create_sheet(name)
    for row in rows:
        sheet.append([plain(cell) for cell in row])


def _free(one: Filled, names: set[str]) -> str:
    """A name that spreadsheets take, with the widget's number, so that none stands twice."""
    name = f"{one.number + 1} {_FORBIDDEN.sub(' ', one.title)}"[:NAME_LENGTH].strip()
    return name if name not in names else f"{one.number + 1}"


def _about(found: Shelved, looking: Looking, about: About) -> list[tuple[str, Any]]:
    return [
        (_("Screen"), found.screen.named(looking.language)),
        (_("Region"), looking.region_name),
        (_("Moment"), timezone.localtime(looking.moment)),
        (_("Snapshot"), _("yes") if looking.at else _("no")),
        (_("Level"), f"L{found.screen.level}"),
        (_("Exported by"), about.who),
        (_("Exported at"), timezone.localtime(about.when)),
        (_("Address"), about.address),
        (_("Demonstration"), _("yes") if about.is_demo else _("no")),
    ]


def _figures(widgets: Sequence[Filled]) -> Iterable[Sequence[Any]]:
    yield (
        _("Widget"), _("Value"), _("Unit"), _("Period"), _("Target"), _("Status"), _("Time of the figure"),
        _("Source"), _("Demo"), _("Note"),
    )  # fmt: skip
    for one in widgets:
        content = one.content
        yield (
            one.title,
            _number(content.headline),
            content.unit,
            content.period,
            content.verdict.target if content.verdict else "",
            str(SURENESS.get(content.status, content.status)),
            timezone.localtime(content.at) if content.at else "",
            content.source,
            _("yes") if content.is_demo else "",
            " · ".join(part for part in (content.missing, *content.notes) if part),
        )


def _number(shown: str) -> Any:
    """A headline as a number where it is one, so that a spreadsheet can count with it."""
    try:
        return float(shown.replace(",", "").replace("−", "-"))
    except ValueError:
        return shown


def _rows(content: Content) -> Iterable[Sequence[Any]]:
    """What stands behind a chart, a ranking, a list, a map or a table."""
    if content.chart is not None:
        chart = content.chart
        unit = f" ({chart.unit})" if chart.unit else ""
        yield [chart.first_heading, *(f"{one.name}{unit}" for one in chart.series)]
        yield from chart.rows()
    elif content.rows:
        yield [heading for heading, _is_number in content.headings]
        for row in content.rows:
            yield [_number(cell) if is_number else cell for cell, is_number in row]
    elif content.bars:
        yield [_("Name"), _("Value"), _("Note")]
        for bar in content.bars:
            yield [bar.label, _number(bar.shown), bar.note]
